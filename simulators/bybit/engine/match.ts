/** Matching: orders against the market maker's quotes. Two accounts never meet; the market maker is between them. */
import { Decimal, ZERO } from '#domain/decimal.ts'
import { closableQty } from './account.ts'
import { bookTrade } from './execution.ts'
import { attachExits, endPair, followPosition } from './exits.ts'
import { bestQuote, crossing, depthOf, type Level, toTick } from './ladder.ts'
import { isResting, reduces } from './order-status.ts'
import { endOrder, noteOrder } from './order.ts'
import type { MarketState, Order, VenueState } from './state.ts'
import type { RejectReason, Side, TimeInForce } from './vocabulary.ts'

const RESTING: ReadonlySet<TimeInForce> = new Set(['GTC', 'PostOnly', 'RPI'])
const MAKER_ONLY: ReadonlySet<TimeInForce> = new Set(['PostOnly', 'RPI'])

/** Brings an order to the market: it trades at once, rests, or ends. */
export function placeOrder(state: VenueState, order: Order): void {
  const { market, side } = order
  if (!fitToPosition(order)) return endOrder(state, order, 'CancelByReduceOnly')
  if (order.orderType === 'Market' && order.price.isZero()) order.price = guardPrice(state, market, side)
  const offers = crossing(state, market, side, order.price)
  const refused = refusedBy(order, offers)
  if (refused !== undefined) return endOrder(state, order, 'UNKNOWN', refused)
  const rests = order.orderType === 'Limit' && RESTING.has(order.timeInForce)
  order.status = 'New'
  if (rests) noteOrder(state, order)
  take(state, order, offers)
  if (!rests && order.leaves.gt(0)) endOrder(state, order, 'UNKNOWN', 'EC_NoImmediateQtyToFill')
  followTrades(state, order)
}

/** Why the market as it is ends the order before it trades. */
function refusedBy({ timeInForce, leaves }: Order, offers: readonly Level[]): RejectReason | undefined {
  if (MAKER_ONLY.has(timeInForce) && offers.length > 0) return 'EC_PostOnlyWillTakeLiquidity'
  return timeInForce === 'FOK' && depthOf(offers).lt(leaves) ? 'EC_NoEnoughQtyToFill' : undefined
}

/** An amended order in the book may cross now. */
export function rematch(state: VenueState, order: Order): void {
  if (!fitToPosition(order)) return endOrder(state, order, 'CancelByReduceOnly')
  const offers = crossing(state, order.market, order.side, order.price)
  const refused = refusedBy(order, offers)
  if (refused !== undefined) return endOrder(state, order, 'UNKNOWN', refused)
  take(state, order, offers)
  if (offers.length > 0) followTrades(state, order)
}

/** Fills orders in the book that the quotes have come to, at their own prices, as far as the quotes are deep. */
export function fillResting(state: VenueState, market: MarketState): void {
  for (const order of market.open) {
    if (!isResting(order)) continue
    const offered = depthOf(crossing(state, market, order.side, order.price))
    if (offered.gt(0)) fillMaker(state, order, offered)
  }
}

/** Fills at most `qty` of an order in the book at its own price. */
export function fillMaker(state: VenueState, order: Order, qty: Decimal): void {
  if (!fitToPosition(order)) return endOrder(state, order, 'CancelByReduceOnly')
  bookTrade(state, order, { price: order.price, qty: Decimal.min(order.leaves, qty), isMaker: true })
  followTrades(state, order)
}

/** How far a market order may go: the venue makes it an immediate limit order (reference section B3). */
export function guardPrice(state: VenueState, market: MarketState, side: Side, tolerance?: Decimal): Decimal {
  const { instrument, mark } = market
  const best = bestQuote(state, market, side)?.price ?? mark
  const away = tolerance ?? best.times(instrument.priceLimitRatioX)
  return side === 'Buy'
    ? toTick(best.plus(away), instrument.tickSize, 'down')
    : Decimal.max(toTick(best.minus(away), instrument.tickSize, 'up'), instrument.tickSize)
}

function take(state: VenueState, order: Order, offers: readonly Level[]): void {
  for (const offer of offers) {
    if (order.leaves.isZero()) return
    bookTrade(state, order, { price: offer.price, qty: Decimal.min(order.leaves, offer.qty), isMaker: false })
  }
}

/** A reducing order is cut to its position, and one of quantity zero takes all of it. False when nothing can be reduced. */
function fitToPosition(order: Order): boolean {
  if (!reduces(order)) return true
  const closable = closableQty(order)
  if (closable.isZero()) return false
  const isWhole = order.qty.isZero()
  if (!isWhole && order.leaves.lte(closable)) return true
  const { maxMktOrderQty } = order.market.instrument
  order.leaves = isWhole ? Decimal.min(closable, maxMktOrderQty) : closable
  order.qty = order.cumQty.plus(order.leaves)
  return true
}

function followTrades(state: VenueState, order: Order): void {
  if (order.cumQty.eq(ZERO)) return
  followPosition(state, order.account, order.market)
  attachExits(state, order)
  endPair(state, order)
  state.armed.add(order.market)
}
