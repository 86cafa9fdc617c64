/** Places one order: record, execution-stage checks, match, then rest or end. */
import { toDecimalString } from '#domain/decimal.ts'
import type { OrderLegStatus } from './action.ts'
import { ALONE, checkOrder, type Standing } from './check-order.ts'
import type { OrderHistory } from './ledger-oracle.ts'
import { matchOrder, tradableSize } from './match.ts'
import { addToBook } from './order-book.ts'
import { armTrigger, cancelSiblings } from './order-group.ts'
import { closeOrder, openOrder, recordOrder, setStatus, type OrderDraft } from './order-record.ts'
import { averagePrice } from './price-rules.ts'
import { refillQuotes, refreshQuotes } from './quotes.ts'
import type { OrderStatus } from './record.ts'
import { sweepReduceOnly } from './reduce-only.ts'
import type { AccountState, CoinState, Order, VenueState } from './state.ts'

export interface Placement {
  readonly order: Order
  readonly leg: OrderLegStatus
}

/** The coin an order trades in. @throws Error when it is not listed (a bug: the batch check refuses unknown assets) */
export function coinOf(state: VenueState, name: string): CoinState {
  const coin = state.coins.get(name)
  if (coin === undefined) throw new Error(`Expected coin ${name} to be listed.`)
  return coin
}

export function placeOrder(
  state: VenueState,
  account: AccountState,
  draft: OrderDraft,
  origin: OrderHistory['origin'],
  standing: Standing = ALONE,
): Placement {
  const coin = coinOf(state, draft.instrument.name)
  refreshQuotes(state, coin)
  const rejection = checkOrder(state, account, coin, draft, standing)
  const order = recordOrder(state, account, draft, origin)
  if (rejection !== undefined) {
    setStatus(state, order, rejection.status)
    return { order, leg: { kind: 'error', error: rejection.message } }
  }
  if (standing.childOf !== null) {
    openOrder(state, order, 'waiting')
    setStatus(state, order, 'open')
    return { order, leg: { kind: 'waitingForFill' } }
  }
  if (order.trigger !== null) {
    armTrigger(state, coin, order)
    setStatus(state, order, 'open')
  } else {
    executeLimit(state, account, coin, order)
  }
  return { order, leg: legOf(order) }
}

/** Matches a limit order and rests or ends what is left of it. Also used by triggered orders, which have their time in force by then. */
export function executeLimit(state: VenueState, account: AccountState, coin: CoinState, order: Order): void {
  matchOrder(state, coin, order)
  const filled = !order.filledSz.isZero()
  const immediate = order.tif !== 'Gtc' && order.tif !== 'Alo'
  if (order.remaining.isZero() || (immediate && filled)) closeOrder(state, order, 'filled')
  else if (immediate) closeOrder(state, order, unfilledStatus(coin, order))
  else if (tradableSize(state, order).isZero()) closeOrder(state, order, 'reduceOnlyCanceled')
  else rest(state, coin, order)
  if (!filled) return
  // Siblings before the sweep, which would call them reduceOnlyCanceled.
  cancelSiblings(state, order)
  sweepReduceOnly(state, account, coin.instrument.name)
  refillQuotes(state, coin)
}

function rest(state: VenueState, coin: CoinState, order: Order): void {
  openOrder(state, order, 'book')
  addToBook(state, coin, order)
  setStatus(state, order, 'open')
}

/** An immediate order that met nothing: nothing there, or nothing within its price. */
function unfilledStatus(coin: CoinState, order: Order): OrderStatus {
  const empty = (order.isBuy ? coin.asks : coin.bids).length === 0
  return empty ? 'marketOrderNoLiquidityRejected' : 'iocCancelRejected'
}

/** The leg the wire shows for a placed order. */
function legOf(order: Order): OrderLegStatus {
  const ids = { oid: order.oid, ...(order.cloid === null ? {} : { cloid: order.cloid }) }
  if (order.place !== 'none' || order.filledSz.isZero()) return { kind: 'resting', ...ids }
  const avgPx = averagePrice(order.filledNotional, order.filledSz, order.instrument.szDecimals)
  return { kind: 'filled', totalSz: toDecimalString(order.filledSz), avgPx: toDecimalString(avgPx), ...ids }
}
