/** A desk whose decisions go to a topic and whose signals come from a subscription, on the real emulator. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { after, before } from 'node:test'
import { type ExecutionEvent, executionEventSchema } from '#domain/events/event-schema.ts'
import type { Role } from '#compose.ts'
import type { Emulator } from '#test/support/java-emulator.ts'
import { type Desk, openDesk } from '#test/support/desk.ts'
import { eventually } from '#test/support/eventually.ts'
import { type Delivered, otherSideOf, type OtherSide, startPubsubEmulator } from '#test/support/pubsub-emulator.ts'

export interface PubsubDesk extends AsyncDisposable {
  readonly desk: Desk
  readonly other: OtherSide
  /** All events that were delivered since the last call, each checked; waits until there is one of each record of the book. */
  allEvents(
    subscription?: string,
  ): Promise<{ readonly events: readonly ExecutionEvent[]; readonly delivered: readonly Delivered[] }>
  recordIds(): Promise<string[]>
}

/** One emulator for the tests of a file; processes of ours find it by its variable. */
export function useEmulator(): void {
  let emulator: Emulator | null = null
  before(async () => {
    emulator = await startPubsubEmulator()
    process.env['PUBSUB_EMULATOR_HOST'] = emulator.host
  })
  after(() => emulator?.stop())
}

let projects = 0

export async function openPubsubDesk(role: Role): Promise<PubsubDesk> {
  await using opened = new AsyncDisposableStack()
  const host = process.env['PUBSUB_EMULATOR_HOST']
  if (host === undefined) throw new Error('Expected useEmulator() to have started an emulator, saw none.')
  projects += 1
  const projectId = `truebook-${process.pid}-${projects}`
  const other = otherSideOf(host, projectId)
  await other.createTopic('events')
  await other.createSubscription('everything', 'events', { enableMessageOrdering: true })
  await other.createTopic('signals')
  await other.createSubscription('signals-in', 'signals', { ackDeadlineSeconds: 10 })
  const pubsub = {
    project_id: projectId,
    events: { topic: 'events' },
    signals: { subscription: 'signals-in', sender: 'strategies' },
  }
  const desk = opened.use(await openDesk({ role, config: { pubsub } }))
  const recordIds = async (): Promise<string[]> => {
    const rows = await desk.truebook.book.list('audit', { orderBy: { field: 'at', direction: 'ascending' } })
    return rows.map(({ id }) => id)
  }
  const all = opened.move()
  return {
    desk,
    other,
    recordIds,
    async allEvents(subscription = 'everything') {
      const delivered: Delivered[] = []
      await eventually(
        async () => {
          delivered.push(...(await other.take(subscription)))
          const told = new Set(delivered.map(({ attributes }) => attributes['idempotency_key']))
          const missing = (await recordIds()).filter((id) => !told.has(id))
          if (missing.length > 0) throw new Error(`not told of: ${missing.join(', ')}`)
          return true
        },
        { what: 'every record to be told of', withinMs: 30_000 },
      )
      return { events: delivered.map(({ data }) => executionEventSchema.parse(JSON.parse(data))), delivered }
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}

/** Starts a process that is to die at a moment, and waits until it has. */
export async function dieAt(moment: 'told' | 'accepted', configFile: string): Promise<void> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'doomed-worker.ts'), configFile, moment], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  const exited = once(child, 'exit')
  try {
    await eventually(() => said.includes(`killed ${moment}`), {
      what: `the process to die ${moment}`,
      withinMs: 30_000,
    })
  } finally {
    child.kill('SIGKILL')
    await exited
  }
}
