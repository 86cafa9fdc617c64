/** What every measurement stands on: a simulator in a process of its own, private Redis, and Truebook whole in this process. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Book } from '#book/book.ts'
import { withCommit } from '#book/with-commit.ts'
import { ALL_IN_ONE, startTruebook } from '#compose.ts'
import { loadConfig } from '#config/load-config.ts'
import type { PositionId } from '#domain/ids.ts'
import { type Signal, signalSchema } from '#domain/signal.ts'
import { type RedisServer, startRedisServer } from '#embedded/redis-server.ts'
import { acceptSignal } from '#ingest/accept-signal.ts'
import { install } from '#simulators/installation/install.ts'
import { createLog } from '#telemetry/log.ts'

export interface Rig extends AsyncDisposable {
  readonly redis: RedisServer
  readonly venueUrl: string
  readonly coins: readonly string[]
  /** Commits of the book so far. */
  commits(): CommitCounts
  /** Accepts a signal durably, as the API does. */
  accept(signal: object): Promise<PositionId>
  /** Waits until a position of the book is in a state. */
  until(id: PositionId, state: string): Promise<void>
  /** Waits until no work is owed: what one life left behind does not count for the next. */
  rest(): Promise<void>
}

/** One rich account without the ceilings that a burst of signals would meet. */
const INSTALLATION = {
  seed: 'bench',
  accounts: ['bench'],
  usdc: '100000000',
  account: {
    gates: {
      instruments: ['*'],
      max_positions: 1000,
      max_order_notional: '50000',
      max_exposure: '100',
      max_drawdown: null,
      max_entries_per_minute: null,
      stop_required: false,
    },
  },
}

export async function openRig(coins: number): Promise<Rig> {
  await using opened = new AsyncDisposableStack()
  const dir = mkdtempSync(join(tmpdir(), 'truebook-bench-'))
  opened.defer(() => rmSync(dir, { recursive: true, force: true }))
  const venueUrl = await startVenue(opened)
  const redis = await startRedisServer({ dataDir: join(dir, 'redis') })
  opened.defer(() => redis.stop())
  const installation = await install({
    ...INSTALLATION,
    dir,
    venueUrl,
    config: { redis: { url: redis.url }, sweep: { every_ms: 60_000 } },
  })
  const names = Array.from({ length: coins }, (_, index) => `B${index}`)
  for (const name of names)
    await installation.control.call('addInstrument', { name, szDecimals: 2, maxLeverage: 20, markPx: '100' })
  const counted: CommitCounts = { life: 0, upkeep: 0, naming: new Map() }
  const config = loadConfig(installation.configFile)
  const truebook = await startTruebook(config, ALL_IN_ONE, {
    log: createLog({ level: 'error', secrets: [] }),
    aroundBook: (book) => countingBook(book, counted),
  })
  opened.defer(async () => {
    await truebook.close(2000)
  })
  const { book, queue } = truebook
  const all = opened.move()
  return {
    redis,
    venueUrl,
    coins: names,
    commits: () => ({ ...counted }),
    async accept(input) {
      const signal: Signal = signalSchema.parse({ source: 'bench', strategy: 'bench', ts: Date.now(), ...input })
      const tools = {
        book,
        queue,
        accounts: config.accounts.map(({ policy }) => policy),
        onEnqueueFailed: (error: unknown) => {
          throw error
        },
      }
      const { accounts } = await acceptSignal(tools, signal, Date.now())
      return accounts[0]?.positionId as PositionId
    },
    async until(id, state) {
      while ((await book.load('positions', id))?.row.state !== state) await delay(2)
    },
    async rest() {
      while (
        (await book.list('outbox', { orderBy: { field: 'createdAt', direction: 'ascending' }, limit: 1 })).length > 0
      )
        await delay(2)
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}

/** Commits so far: of signals' lives, of upkeep, and how many named a certain position. */
export interface CommitCounts {
  life: number
  upkeep: number
  readonly naming: Map<string, number>
}

const UPKEEP: ReadonlySet<string> = new Set(['cursors', 'fills', 'sweeps', 'equity', 'equityDays'])

function countingBook(book: Book, counts: CommitCounts): Book {
  return withCommit(book, async (writes) => {
    const revisions = await book.commit(writes)
    if (writes.every((write) => UPKEEP.has(write.kind))) counts.upkeep++
    else counts.life++
    const named = new Set(
      writes.flatMap((write) => ('row' in write && 'positionId' in write.row ? [String(write.row.positionId)] : [])),
    )
    for (const id of named) counts.naming.set(id, (counts.naming.get(id) ?? 0) + 1)
    return revisions
  })
}

async function startVenue(opened: AsyncDisposableStack): Promise<string> {
  const main = join(import.meta.dirname, '..', 'simulators', 'main.ts')
  const child = spawn(
    process.execPath,
    [main, 'hyperliquid', '--port', '0', '--network', 'testnet', '--rate-limits', 'off'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const exited = once(child, 'exit')
  opened.defer(async () => {
    child.kill('SIGTERM')
    await exited
  })
  const [line] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string]
  return (JSON.parse(line) as { readonly url: string }).url
}
