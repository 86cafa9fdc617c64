/**
 * One look at an account: working orders and positions first, then every fill since the cursor into the book. Looks that
 * are wanted at the same moment share one set of venue calls. The cursor moves only after a complete read.
 */
import type { Book, Stored, Write } from '#book/book.ts'
import type { AccountSnapshot, Broker } from '#brokers/broker.ts'
import type { AccountId } from '#domain/ids.ts'
import type { BrokerOrder } from '#domain/order.ts'
import type { CursorRow } from '#domain/records.ts'
import { retryStale } from './retry-stale.ts'
import type { Tools } from './worker.ts'

export interface AccountView {
  readonly snapshot: AccountSnapshot
  readonly openOrders: readonly BrokerOrder[]
  /** The fill history of the book after this look. */
  readonly cursor: CursorRow
}

/** Fills may become visible a little after newer ones; every read goes back this far, ms. */
export const FILL_OVERLAP_MS = 10_000
/** A cursor that only time moved is written this seldom, ms. */
const CURSOR_IDLE_MS = 60_000

interface Look {
  readonly startedAt: number
  readonly view: Promise<AccountView>
}
const looks = new WeakMap<Broker, Look>()

/** A view whose reads all started at or after `notBefore`. @throws BrokerUnavailable, BookUnavailable */
export async function viewAccount(tools: Tools, account: AccountId, notBefore: number): Promise<AccountView> {
  const { broker } = tools.account(account)
  const current = looks.get(broker)
  if (current !== undefined && current.startedAt >= notBefore) return await current.view
  const look: Look = { startedAt: tools.now(), view: lookAt(tools, broker) }
  looks.set(broker, look)
  look.view.catch(() => {
    if (looks.get(broker) === look) looks.delete(broker)
  })
  return await look.view
}

async function lookAt(tools: Tools, broker: Broker): Promise<AccountView> {
  const openOrders = await broker.listOpenOrders()
  const snapshot = await broker.readAccount()
  const cursor = await readFills(tools, broker)
  return { snapshot, openOrders, cursor }
}

const seenFills = new WeakMap<Book, Map<string, number>>()
const SEEN_MAX = 50_000

/** Reads what the venue has since the cursor into the book; answers the cursor after it. @throws BrokerUnavailable, BookUnavailable */
export async function readFills(tools: Tools, broker: Broker): Promise<CursorRow> {
  return await retryStale(async () => {
    const stored = await tools.book.load('cursors', broker.account)
    const now = tools.now()
    const from = stored === null ? 0 : Math.max(0, stored.row.fillsThrough - FILL_OVERLAP_MS)
    const read = await broker.listFills({ from, through: now })
    const seen = seenIn(tools.book)
    const fresh = read.fills.filter((fill) => !seen.has(fill.fillId))
    const row: CursorRow = {
      account: broker.account,
      fillsThrough: read.coverage.complete || stored === null ? read.coverage.through : stored.row.fillsThrough,
      fundingThrough: stored?.row.fundingThrough ?? 0,
      since: stored?.row.since ?? read.coverage.from,
      updatedAt: now,
    }
    const idle = stored !== null && fresh.length === 0 && row.fillsThrough - stored.row.fillsThrough < CURSOR_IDLE_MS
    if (idle) return stored.row
    await commitFills(tools.book, fresh.map((fill): Write => ({ op: 'put', kind: 'fills', id: fill.fillId, row: fill })), stored, row)
    for (const fill of fresh) seen.set(fill.fillId, fill.time)
    return row
  })
}

/** Fills of one commit; far below every store's limit. */
const FILLS_PER_COMMIT = 200

async function commitFills(book: Book, writes: readonly Write[], stored: Stored<CursorRow> | null, row: CursorRow): Promise<void> {
  const cut = Math.max(0, writes.length - FILLS_PER_COMMIT)
  for (let start = 0; start < cut; start += FILLS_PER_COMMIT) await book.commit(writes.slice(start, Math.min(start + FILLS_PER_COMMIT, cut)))
  // The cursor moves with the last rows, never before all of them are in.
  const cursor: Write =
    stored === null
      ? { op: 'create', kind: 'cursors', id: row.account, row }
      : { op: 'replace', kind: 'cursors', id: row.account, revision: stored.revision, row }
  await book.commit([...writes.slice(cut), cursor])
}

function seenIn(book: Book): Map<string, number> {
  const seen = seenFills.get(book) ?? new Map<string, number>()
  seenFills.set(book, seen)
  if (seen.size > SEEN_MAX) for (const id of [...seen.keys()].slice(0, SEEN_MAX / 2)) seen.delete(id)
  return seen
}
