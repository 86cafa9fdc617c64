/** Working orders against the synthetic market: takers at once, resting limits when the price reaches them, stops when it passes them. */
import { Decimal } from '#domain/decimal.ts'
import { ORDER_TYPE, SIDE, STATUS } from './codes.ts'
import { bookFill } from './fill.ts'
import { bestAsk, bestBid, nextLevel, takeDepth } from './liquidity.ts'
import { finishOrder } from './orders.ts'
import type { ContractState, Order, VenueState } from './state.ts'
import { orderChanged } from './step.ts'

/** Lets every working order of a contract do what the market allows, until nothing moves any more. */
export function workContract(state: VenueState, contract: ContractState): void {
  for (let moved = true; moved;) {
    moved = false
    for (const order of contract.working) {
      if (order.status === STATUS.open && work(state, order)) moved = true
    }
  }
}

/** Fills an order by force at the best price, whatever the depth: the firm's own liquidation. */
export function fillByForce(state: VenueState, order: Order): void {
  const { contract } = order
  bookFill(state, order, order.size - order.filled, order.side === SIDE.buy ? bestAsk(contract) : bestBid(contract))
  finishOrder(state, order)
}

/** Moves the trailing stops of a contract behind its last price. */
export function followTrails(state: VenueState, contract: ContractState): void {
  for (const order of contract.working) {
    if (order.type !== ORDER_TYPE.trailingStop || order.trail === null || order.stopPrice === null) continue
    const wanted =
      order.side === SIDE.sell
        ? Decimal.max(order.stopPrice, contract.last.minus(order.trail))
        : Decimal.min(order.stopPrice, contract.last.plus(order.trail))
    if (wanted.eq(order.stopPrice)) continue
    order.stopPrice = wanted
    orderChanged(state, order)
  }
}

/** Whether the last price has reached a stop. */
export function isStopReached(order: Order): boolean {
  const { stopPrice, contract } = order
  if (stopPrice === null) return false
  return order.side === SIDE.buy ? contract.last.gte(stopPrice) : contract.last.lte(stopPrice)
}

/** Whether the order waits for its stop price. */
export function isStop({ type }: Pick<Order, 'type'>): boolean {
  return type === ORDER_TYPE.stop || type === ORDER_TYPE.trailingStop || type === ORDER_TYPE.stopLimit
}

function work(state: VenueState, order: Order): boolean {
  if (isStop(order) && !order.triggered) {
    if (!isStopReached(order)) return false
    order.triggered = true
  }
  const filledBefore = order.filled
  const limit = limitOf(order)
  if (limit === null) take(state, order, () => true)
  else workLimit(state, order, limit)
  if (order.filled === filledBefore) return false
  if (order.filled === order.size) finishOrder(state, order)
  else orderChanged(state, order)
  return true
}

/** A limit takes what is better or equal, then rests; at rest it trades at its own price once a later price step touches it. */
function workLimit(state: VenueState, order: Order, limit: Decimal): void {
  const { contract } = order
  const isWithin = (price: Decimal) => (order.side === SIDE.buy ? price.lte(limit) : price.gte(limit))
  if (order.restingSince === null) {
    take(state, order, isWithin)
    order.restingSince = contract.steps
    return
  }
  const market = order.side === SIDE.buy ? bestAsk(contract) : bestBid(contract)
  const isTouched = contract.steps > order.restingSince && isWithin(contract.last)
  if (isTouched || isWithin(market)) take(state, order, () => true, limit)
}

/** Takes depth while `accepts` the price; at `price` instead of the level's when given. */
function take(state: VenueState, order: Order, accepts: (price: Decimal) => boolean, price?: Decimal): void {
  const { contract, side } = order
  while (order.filled < order.size) {
    const level = nextLevel(contract, side)
    if (level === undefined || !accepts(level.price)) return
    const size = Math.min(level.size, order.size - order.filled)
    takeDepth(contract, side, size)
    bookFill(state, order, size, price ?? level.price)
  }
}

function limitOf(order: Order): Decimal | null {
  return order.type === ORDER_TYPE.market || order.type === ORDER_TYPE.stop || order.type === ORDER_TYPE.trailingStop
    ? null
    : order.limitPrice
}
