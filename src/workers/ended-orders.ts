/** Records the end of orders that rested: as a cancel's outcome, a record of the venue, the end of their position or a sweep tells it. */
import type { Book, Stored, Write } from '#book/book.ts'
import { ZERO } from '#domain/decimal.ts'
import { filledOf } from '#domain/entry-settlement.ts'
import type { Episode } from '#domain/episode.ts'
import type { AccountId } from '#domain/ids.ts'
import type { BrokerOrder, IntentRow, OrderRow } from '#domain/order.ts'
import { endOf, endedOrder, endedUnlisted } from '#domain/order-end.ts'
import type { PositionRow } from '#domain/position.ts'
import type { AccountView } from './account-view.ts'
import { retryStale } from './retry-stale.ts'
import type { Conclusion } from './submit.ts'
import type { Tools } from './worker.ts'

/** The target of a cancel that was taken, where the venue says that it has ended. @throws BookUnavailable */
export async function endedTarget(
  { command }: IntentRow,
  conclusion: Conclusion,
  book: Book,
  now: number,
): Promise<Write[]> {
  if (command.type !== 'cancel-order' || conclusion.kind !== 'accepted') return []
  const report = conclusion.reports.find(({ clientOrderId }) => clientOrderId === command.target)
  if (report?.result !== 'accepted' || (report.status !== 'canceled' && report.status !== 'filled')) return []
  const stored = await book.load('orders', command.target)
  if (stored === null || !stored.row.working) return []
  const { status } = report
  return [put(endedOrder(stored.row, { status, venueStatus: status, at: conclusion.evidence.at }, now))]
}

/** Orders whose records say that they have ended. A record of a child may not name it: whoever asked for it knows which it is. */
export function endedByRecords(
  orders: readonly OrderRow[],
  records: readonly (readonly [id: OrderRow['clientOrderId'], record: BrokerOrder | null])[],
  now: number,
): Write[] {
  return records.flatMap(([id, record]) => {
    const row = orders.find(({ clientOrderId, working }) => clientOrderId === id && working)
    const end = record === null ? null : endOf(record)
    return row === undefined || end === null ? [] : [put(endedOrder(row, end, now))]
  })
}

/** Orders of a position that ends with this commit. @throws BookUnavailable */
export async function endedWithExit(
  { positionId }: PositionRow,
  episode: Episode,
  { openOrders }: Pick<AccountView, 'openOrders'>,
  book: Book,
  now: number,
): Promise<Write[]> {
  const stored = await book.list('orders', { where: { positionId } })
  const rows = stored.map(({ row }) => row)
  return endedUnlisted(rows, { openOrders, filled: (id) => filledOf(episode, id), at: now }).map(put)
}

/**
 * What no other stage has told: orders of ended positions that neither of two looks of a sweep lists. An order that was recorded after
 * the first of them may be newer than the venue's answer. @throws BookUnavailable
 */
export async function endForgotten(
  account: AccountId,
  looks: readonly Pick<AccountView, 'openOrders'>[],
  askedAt: number,
  tools: Tools,
): Promise<void> {
  await retryStale(async () => {
    const working = await tools.book.list('orders', { where: { account, working: true } })
    const older = working.filter(({ row }) => row.updatedAt < askedAt)
    const positions = await tools.book.loadMany('positions', [...new Set(older.map(({ row }) => row.positionId))])
    const over = new Set(positions.flatMap((entry) => (entry === null || entry.row.open ? [] : [entry.id])))
    const candidates = older.filter(({ row }) => over.has(row.positionId))
    const now = tools.now()
    const openOrders = looks.flatMap((look) => look.openOrders)
    const rows = candidates.map(({ row }) => row)
    const ended = endedUnlisted(rows, { openOrders, filled: () => ZERO, at: now })
    if (ended.length > 0) await tools.book.commit(ended.map((row) => replaced(row, candidates)))
  })
}

function replaced(row: OrderRow, candidates: readonly Stored<OrderRow>[]): Write {
  const { id, revision } = candidates.find((entry) => entry.id === row.clientOrderId) as Stored<OrderRow>
  return { op: 'replace', kind: 'orders', id, revision, row }
}

function put(row: OrderRow): Write {
  return { op: 'put', kind: 'orders', id: row.clientOrderId, row }
}
