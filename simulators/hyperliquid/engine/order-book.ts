/** The price-time ordered book of one coin: insertion, removal, best prices. */
import type { Decimal } from '#domain/decimal.ts'
import type { CoinState, Order, VenueState } from './state.ts'
import { touchBook } from './step.ts'

function sideOf(coin: CoinState, isBuy: boolean): Order[] {
  return isBuy ? coin.bids : coin.asks
}

/** Index of the first order with a strictly worse price: where an order of this price queues. */
function queueIndex(side: readonly Order[], isBuy: boolean, px: Decimal): number {
  let low = 0
  let high = side.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const order = side[middle]
    const worse = order !== undefined && (isBuy ? order.limitPx.lt(px) : order.limitPx.gt(px))
    if (worse) high = middle
    else low = middle + 1
  }
  return low
}

/** Queues the order behind all of its price. */
export function addToBook(state: VenueState, coin: CoinState, order: Order): void {
  const side = sideOf(coin, order.isBuy)
  side.splice(queueIndex(side, order.isBuy, order.limitPx), 0, order)
  if (order.user !== state.house.address) coin.realResting++
  touchBook(state, coin.instrument.name)
}

/** Takes the order out of the book; nothing when it is not there. */
export function removeFromBook(state: VenueState, coin: CoinState, order: Order): void {
  const side = sideOf(coin, order.isBuy)
  const index = side[0] === order ? 0 : side.lastIndexOf(order)
  if (index < 0) return
  side.splice(index, 1)
  if (order.user !== state.house.address) coin.realResting--
  touchBook(state, coin.instrument.name)
}

/** Best order an incoming order of this side could trade with. */
export function bestOpposite(coin: CoinState, isBuy: boolean): Order | undefined {
  return isBuy ? coin.asks[0] : coin.bids[0]
}

/** Whether an incoming price reaches a resting one. */
export function crosses(isBuy: boolean, px: Decimal, resting: Decimal): boolean {
  return isBuy ? px.gte(resting) : px.lte(resting)
}

/** Mid price, or undefined while a side is empty. */
export function midPrice(coin: CoinState): Decimal | undefined {
  const bid = coin.bids[0]
  const ask = coin.asks[0]
  return bid === undefined || ask === undefined ? undefined : bid.limitPx.plus(ask.limitPx).div(2)
}
