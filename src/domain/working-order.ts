/**
 * Which orders of ours work at the venue, as far as the book knows. An order's row is what the venue said of it once; its end is told by its
 * position, which knows its native stop, whether its entry is settled and which exit is under way. Pure.
 */
import type { OrderRow } from './order.ts'
import type { PositionRow } from './position.ts'

/** Whether an order is still to do its work. `position`: the one that it is for; null where the book has none. */
export function isWorking(order: Pick<OrderRow, 'clientOrderId' | 'event'>, position: PositionRow | null): boolean {
  if (position === null || !position.open || position.state === 'unresolved') return false
  if (!position.entrySettled && order.event !== 'exit') return IN_AN_ENTRY.has(order.event)
  // What rode with its entry waits at the venue before the position knows it; after that there is one stop, and one exit under way.
  if (order.event === 'stop') return position.nativeStop?.clientOrderId === order.clientOrderId
  if (order.event !== 'exit' || position.exit === null) return false
  return position.orders.findLast(({ event }) => event === 'exit')?.clientOrderId === order.clientOrderId
}

const IN_AN_ENTRY: ReadonlySet<OrderRow['event']> = new Set<OrderRow['event']>(['entry', 'stop'])
