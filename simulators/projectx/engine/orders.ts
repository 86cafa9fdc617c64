/** The life of an order: made, resting, filled, cancelled; and what its end means for its bracket (reference C4, bracket lifecycle). */
import { type Decimal, ZERO } from '#domain/decimal.ts'
import { ORDER_TYPE, SIDE, STATUS, type Side } from './codes.ts'
import { HALF_EVEN, onTick } from './liquidity.ts'
import type { AccountState, ContractState, Order, VenueState } from './state.ts'
import { orderChanged } from './step.ts'

/** Terms of a new order. */
export interface OrderTerms {
  readonly account: AccountState
  readonly contract: ContractState
  readonly type: number
  readonly side: Side
  readonly size: number
  readonly limitPrice?: Decimal | null
  readonly stopPrice?: Decimal | null
  readonly trail?: Decimal | null
  readonly customTag?: string | null
  readonly origin: Order['origin']
  readonly parent?: Order
  readonly ticks?: number
}

/** Enters a new order under the next id. It is pending, or suspended when it has a parent. */
export function newOrder(state: VenueState, terms: OrderTerms): Order {
  const id = state.next.order++
  const order: Order = {
    id,
    account: terms.account,
    contract: terms.contract,
    type: terms.type,
    side: terms.side,
    size: terms.size,
    limitPrice: terms.limitPrice ?? null,
    stopPrice: terms.stopPrice ?? null,
    trail: terms.trail ?? null,
    customTag: terms.customTag ?? null,
    created: state.moment,
    updated: state.moment,
    status: terms.parent === undefined ? STATUS.pending : STATUS.suspended,
    filled: 0,
    notional: ZERO,
    parent: terms.parent ?? null,
    ticks: terms.ticks ?? 0,
    linkedOrderId: null,
    children: [],
    sibling: null,
    triggered: false,
    restingSince: null,
    rejection: null,
    origin: terms.origin,
    history: [],
  }
  terms.account.orders.push(order)
  state.orders.set(id, order)
  if (order.customTag !== null) terms.account.tags.add(order.customTag)
  return order
}

/** Refuses a new order: its row stays, and its tag is used up. */
export function rejectOrder(state: VenueState, order: Order, reason: string): void {
  order.status = STATUS.rejected
  order.rejection = reason
  orderChanged(state, order)
}

/** Has the order work in the market. */
export function openOrder(state: VenueState, order: Order): void {
  order.status = STATUS.open
  order.contract.working.add(order)
  orderChanged(state, order)
}

/** Marks the order as filled; its bracket wakes up, or its other leg goes. */
export function finishOrder(state: VenueState, order: Order): void {
  order.status = STATUS.filled
  order.contract.working.delete(order)
  orderChanged(state, order)
  wakeChildren(state, order)
  const { sibling } = order
  if (sibling !== null && (sibling.status === STATUS.open || sibling.status === STATUS.suspended)) {
    cancelOrder(state, sibling)
  }
}

/** Cancels a living order. What it filled keeps its protection; a bracket without any fill may be left behind (G8). */
export function cancelOrder(
  state: VenueState,
  order: Order,
  status: typeof STATUS.cancelled | typeof STATUS.expired = STATUS.cancelled,
): void {
  order.status = status
  order.contract.working.delete(order)
  orderChanged(state, order)
  if (order.filled > 0) {
    wakeChildren(state, order)
    return
  }
  if (state.rules.entryCancelLeavesChildren) return
  for (const child of order.children) if (child.status === STATUS.suspended) cancelOrder(state, child)
}

/** Opens the suspended children of an entry, with prices counted from what it was filled at and the size that filled. */
function wakeChildren(state: VenueState, entry: Order): void {
  for (const child of entry.children) {
    if (child.status !== STATUS.suspended) continue
    const { contract } = child
    const { tickSize } = contract.spec.product
    const filledAt = onTick(contract, entry.notional.div(entry.filled), HALF_EVEN)
    const price = filledAt.plus(tickSize.times(child.ticks))
    child.size = entry.filled
    if (child.type === ORDER_TYPE.limit) child.limitPrice = price
    else child.stopPrice = price
    if (child.type === ORDER_TYPE.trailingStop) child.trail = tickSize.times(Math.abs(child.ticks))
    openOrder(state, child)
  }
}

/** The other side. */
export function opposite(side: Side): Side {
  return side === SIDE.buy ? SIDE.sell : SIDE.buy
}
