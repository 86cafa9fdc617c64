/** The end of an order in the book's copy of it: what the venue says works no more is not shown as working. Pure. */
import { type Decimal, ZERO_STRING, decimal } from './decimal.ts'
import type { ClientOrderId } from './ids.ts'
import type { BrokerOrder, OrderRow, OrderStatus } from './order.ts'

/** How an order ended, in our word and the venue's, and when (ms). */
export interface OrderEnd {
  readonly status: Exclude<OrderStatus, 'working' | 'triggered'>
  readonly venueStatus: string
  readonly at: number
}

/** The row of an order that has ended: nothing of it is left to fill. */
export function endedOrder(row: OrderRow, { status, venueStatus, at }: OrderEnd, now: number): OrderRow {
  return { ...row, status, venueStatus, leavesSize: ZERO_STRING, working: false, statusAt: at, updatedAt: now }
}

/** The end that the venue's own record tells; null while the order stands. */
export function endOf({ status, venueStatus, statusAt }: BrokerOrder): OrderEnd | null {
  return status === 'working' || status === 'triggered' ? null : { status, venueStatus, at: statusAt }
}

/** What is known of a position's orders once the position has ended. */
export interface Aftermath {
  /** Working orders of the account, as the venue lists them. */
  readonly openOrders: readonly BrokerOrder[]
  /** Contracts that fills tell of an order. */
  readonly filled: (clientOrderId: ClientOrderId) => Decimal
  readonly at: number
}

/** Orders of an ended position that the venue lists no more: filled as far as fills say so, canceled otherwise. */
export function endedUnlisted(rows: readonly OrderRow[], { openOrders, filled, at }: Aftermath): OrderRow[] {
  const ids = new Set(openOrders.flatMap((order) => [order.clientOrderId, order.venueOrderId]))
  return rows
    .filter(({ working, clientOrderId, venueOrderId }) => working && !ids.has(clientOrderId) && !ids.has(venueOrderId))
    .map((row) => {
      const isFilled = filled(row.clientOrderId).gte(decimal(row.originalSize))
      return endedOrder(row, { status: isFilled ? 'filled' : 'canceled', venueStatus: 'not listed', at }, at)
    })
}
