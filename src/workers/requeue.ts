/** Makes sure that everything owed is queued: the outbox is the to-do list, Redis only hurries it along. */
import type { Book, Stored } from '#book/book.ts'
import { monitorEnvelope } from '#domain/envelopes.ts'
import { type Stage, STAGES } from '#domain/message.ts'
import type { OutboxRow, SweepRow } from '#domain/records.ts'
import type { Tools } from './worker.ts'
import { owed } from './writes.ts'

/** Work younger than this is most likely still on its way into a queue, ms. */
const GRACE_MS = 2000
/** Rows looked at in one sweep; the next goes on where it stopped, so that work nobody can do keeps no other work waiting. */
export const OWED_MAX = 10_000
/** Where the next sweep of this process goes on, ms; absent: at the oldest row. */
const resumeAt = new WeakMap<Book, number>()

/** Answers how many jobs were made or made again. At a boot nothing is on its way: Redis may have just lost it. @throws BookUnavailable */
export async function requeueOwed(tools: Tools, trigger: SweepRow['trigger'] = 'scheduled'): Promise<number> {
  const now = tools.now()
  await watchEveryPosition(tools, now)
  const rows = await tools.book.list('outbox', {
    orderBy: { field: 'createdAt', direction: 'ascending' },
    ...(trigger !== 'boot' && { from: resumeAt.get(tools.book) ?? 0, to: now - GRACE_MS }),
    limit: OWED_MAX,
  })
  const last = rows.length < OWED_MAX ? undefined : rows.at(-1)
  if (last === undefined) resumeAt.delete(tools.book)
  else resumeAt.set(tools.book, last.row.createdAt)
  let count = 0
  const before = last === undefined ? [] : await behindTellings(tools.book, rows)
  for (const { row } of [...before, ...rows]) if (await tools.queue.ensure(row.envelope)) count++
  return count
}

/** Stages that only tell. */
const TELLING: readonly Stage[] = ['publish', 'alerts']

/** A topic or a sink that is away for long leaves more debts than one sweep looks at: what trades never waits behind those. */
async function behindTellings(book: Book, rows: readonly Stored<OutboxRow>[]): Promise<Stored<OutboxRow>[]> {
  if (!rows.some(({ row }) => TELLING.includes(row.stage))) return []
  const known = new Set(rows.map(({ id }) => id))
  const stages = STAGES.filter((stage) => !TELLING.includes(stage))
  const oldest = { orderBy: { field: 'createdAt', direction: 'ascending' }, limit: OWED_MAX / 10 } as const
  const found = await Promise.all(stages.map((stage) => book.list('outbox', { where: { stage }, ...oldest })))
  return found.flat().filter(({ id }) => !known.has(id))
}

/** An entered position without a monitor would be watched by nobody: owe one. */
async function watchEveryPosition(tools: Tools, now: number): Promise<void> {
  const open = await tools.book.list('positions', { where: { open: true } })
  const watched = open.filter(({ row }) => row.state !== 'pending' && row.state !== 'unresolved')
  const envelopes = watched.map(({ row }) => monitorEnvelope(row, 'sweep', now))
  const rows = await tools.book.loadMany(
    'outbox',
    envelopes.map((envelope) => envelope.idempotency_key),
  )
  const missing = envelopes.filter((_, index) => rows[index] === null)
  if (missing.length === 0) return
  await tools.book.commit(owed(missing, now - GRACE_MS))
}
