/** Whether an order lives, for modules that must not know how one is changed. */
import type { Order } from './state.ts'
import { OPEN_STATUSES, type StopOrderType } from './vocabulary.ts'

/** Whether the order can still trade. One whose acknowledgement has not taken effect cannot. */
export function isOpen(order: Order): boolean {
  return order.status !== 'Created' && OPEN_STATUSES.has(order.status)
}

/** Whether the order is in the book. */
export function isResting(order: Order): boolean {
  return order.status === 'New' || order.status === 'PartiallyFilled'
}

/** Whether the order may only make its position smaller. */
export function reduces(order: Pick<Order, 'reduceOnly' | 'closeOnTrigger'>): boolean {
  return order.reduceOnly || order.closeOnTrigger
}

const EXIT_TYPES: ReadonlySet<StopOrderType> = new Set([
  'TakeProfit',
  'StopLoss',
  'PartialTakeProfit',
  'PartialStopLoss',
])

/** Whether the venue made the order as a take profit or stop loss. */
export function isExit({ stopOrderType }: Pick<Order, 'stopOrderType'>): boolean {
  return EXIT_TYPES.has(stopOrderType)
}
