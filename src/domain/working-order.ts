/**
 * Which orders of ours work at the venue, as far as the book knows. An order's row is what the venue said of it once; its end is told by its
 * position, which knows its native stop, whether its entry is settled and which exit is under way. Pure.
 */
import type { OrderRow } from './order.ts'
import type { PositionRow } from './position.ts'

/** Whether an order is still to do its work. `position`: the one that it is for; null where the book has none. */
export function isWorking(order: Pick<OrderRow, 'clientOrderId' | 'event'>, position: PositionRow | null): boolean {
  if (position === null || !position.open || position.state === 'unresolved') return false
  switch (order.event) {
    case 'entry':
      return !position.entrySettled
    case 'stop':
      // A stop that rides with its entry waits at the venue before the position knows it.
      return position.nativeStop?.clientOrderId === order.clientOrderId || !position.entrySettled
    case 'exit':
      return (
        position.exit !== null &&
        position.orders.findLast(({ event }) => event === 'exit')?.clientOrderId === order.clientOrderId
      )
    case 'take-profit':
    case 'cancel':
      return false
  }
}
