/**
 * Takes a position's working orders down before its exit goes out, where the venue has no reduce-only orders: an exit and a stop that both
 * fill would open the other side. The time without a stop is measured and alerted as for any other reason.
 */
import type { Stored } from '#book/book.ts'
import { sealed } from '#book/seal.ts'
import { liveStops } from '#domain/monitor.ts'
import type { OrderEvent } from '#domain/ids.ts'
import type { Envelope } from '#domain/message.ts'
import type { PositionRow } from '#domain/position.ts'
import { viewAccount } from './account-view.ts'
import { oweIntent, planCancel, venueIdsOf } from './protective-intents.ts'
import type { Tools } from './worker.ts'
import { type Effects, audited } from './writes.ts'

/** `clear`: nothing of the position works at the venue any more, as read after the question. Else cancels are on their way. */
export type Way = { readonly kind: 'clear' } | { readonly kind: 'clearing'; readonly next: readonly Envelope[] }

/** Orders that reduce the position: landing after the exit, they would open the other side. */
const LANDS_LATE: ReadonlySet<OrderEvent> = new Set<OrderEvent>(['stop', 'exit'])

/** @throws BrokerUnavailable, BookUnavailable, StaleWrite when the position moved meanwhile */
export async function clearWay(position: Stored<PositionRow>, tools: Tools): Promise<Way> {
  const { row } = position
  const now = tools.now()
  const [view, intents] = await Promise.all([
    viewAccount(tools, row.account, now),
    tools.book.list('intents', { where: { positionId: row.positionId } }),
  ])
  const own = new Set(row.orders.map((order) => order.clientOrderId))
  const isOurs = ({
    clientOrderId,
  }: {
    clientOrderId: PositionRow['orders'][number]['clientOrderId'] | null
  }): boolean => clientOrderId !== null && own.has(clientOrderId)
  // A stop or an earlier, partial exit that is being sent may land any moment: what became of it must be proven first.
  const sending = intents.some(({ row: intent }) => LANDS_LATE.has(intent.event) && !intent.settled)
  if (!sending && !view.openOrders.some(isOurs)) return { kind: 'clear' }
  const targets = liveStops({
    position: row,
    openOrders: view.openOrders,
    intents: intents.map((stored) => stored.row),
  })
  if (targets.length === 0) return { kind: 'clearing', next: [] }
  return { kind: 'clearing', next: await cancelAll(position, targets, venueIdsOf(view.openOrders), tools) }
}

async function cancelAll(
  { id, row, revision }: Stored<PositionRow>,
  targets: ReturnType<typeof liveStops>,
  venueIds: ReturnType<typeof venueIdsOf>,
  tools: Tools,
): Promise<readonly Envelope[]> {
  const now = tools.now()
  const effects: Effects = { writes: [], next: [] }
  let position = row
  for (const target of targets) {
    const cancel = planCancel(position, target, venueIds.get(target) ?? null, now)
    const debt = oweIntent(cancel.intent, 'close', now)
    position = cancel.position
    effects.writes.push(...debt.writes)
    effects.next.push(debt.envelope)
  }
  const record = audited(row.positionId, {
    at: now,
    actor: 'close',
    decision: 'protective orders taken down',
    inputs: { targets, before: 'an exit that cannot be reduce-only' },
  })
  await tools.book.commit(
    sealed([{ op: 'replace', kind: 'positions', id, revision, row: position }, ...effects.writes, record]),
  )
  return effects.next
}
