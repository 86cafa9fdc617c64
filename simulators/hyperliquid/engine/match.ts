/** Matching: an incoming order against the book, price then time, one trade per resting order met. */
import { Decimal, ZERO, toDecimalString } from '#domain/decimal.ts'
import { accountOf, heldSize } from './account.ts'
import { bookFill, type TradeNature } from './fill.ts'
import { canCarry } from './margin.ts'
import { bestOpposite, crosses, removeFromBook } from './order-book.ts'
import { cancelByVenue, cancelSiblings, followParentFill } from './order-group.ts'
import { closeOrder, setStatus } from './order-record.ts'
import { tradeId } from './random.ts'
import type { CoinState, Order, VenueState } from './state.ts'
import { currentHash, emit } from './step.ts'
import { sweepReduceOnly } from './reduce-only.ts'

const TRADES_KEPT = 500

/** How much of the order's remaining size may trade now: a reduce-only order never more than the position it reduces. */
export function tradableSize(state: VenueState, order: Order): Decimal {
  if (!order.reduceOnly) return order.remaining
  const held = heldSize(accountOf(state, order.user), order.instrument.name)
  if (held.isZero() || held.isNegative() !== order.isBuy) return ZERO
  return Decimal.min(order.remaining, held.abs())
}

/** Trades the order with the book while prices cross. What is left in `remaining` is the caller's to rest or cancel. */
export function matchOrder(state: VenueState, coin: CoinState, taker: Order, nature: TradeNature = {}): void {
  const filledMakers: Order[] = []
  for (;;) {
    const want = tradableSize(state, taker)
    const maker = bestOpposite(coin, taker.isBuy)
    if (want.isZero() || maker === undefined || !crosses(taker.isBuy, taker.limitPx, maker.limitPx)) break
    if (maker.user === taker.user) {
      cancelByVenue(state, maker, 'selfTradeCanceled')
      continue
    }
    const offered = tradableSize(state, maker)
    if (offered.isZero()) {
      cancelByVenue(state, maker, 'reduceOnlyCanceled')
      continue
    }
    const sz = Decimal.min(want, offered)
    if (!canCarry(state, accountOf(state, maker.user), maker.instrument, maker.isBuy ? sz : sz.neg())) {
      cancelByVenue(state, maker, 'marginCanceled')
      continue
    }
    trade(state, coin, { taker, maker, px: maker.limitPx, sz, nature })
    if (maker.user !== state.house.address) filledMakers.push(maker)
  }
  settleMakers(state, coin, filledMakers)
}

interface Deal {
  readonly taker: Order
  readonly maker: Order
  readonly px: Decimal
  readonly sz: Decimal
  readonly nature: TradeNature
}

function trade(state: VenueState, coin: CoinState, deal: Deal): void {
  const { taker, maker, sz } = deal
  taker.remaining = taker.remaining.minus(sz)
  maker.remaining = maker.remaining.minus(sz)
  recordTrade(state, coin, deal)
  if (!maker.remaining.isZero()) {
    // A partial fill changes what openOrders shows, without a status of its own.
    if (maker.user !== state.house.address) setStatus(state, maker, 'open')
    return
  }
  removeFromBook(state, coin, maker)
  closeOrder(state, maker, 'filled')
}

/** Books both sides of a trade and the public print. `maker` need not be in the book (auto-deleveraging, backstop). */
export function recordTrade(state: VenueState, coin: CoinState, deal: Deal): void {
  const { taker, maker, px, sz, nature } = deal
  const [buyer, seller] = taker.isBuy ? [taker, maker] : [maker, taker]
  const tid = tradeId(state.seed, buyer.oid, seller.oid)
  bookFill(state, coin, { order: taker, px, sz, crossed: true, tid, nature })
  bookFill(state, coin, { order: maker, px, sz, crossed: false, tid, nature })
  coin.volumeNotional = coin.volumeNotional.plus(px.times(sz))
  coin.volumeBase = coin.volumeBase.plus(sz)
  const print = {
    coin: coin.instrument.name,
    side: taker.isBuy ? ('B' as const) : ('A' as const),
    px: toDecimalString(px),
    sz: toDecimalString(sz),
    hash: currentHash(state),
    time: state.time,
    tid,
    users: [buyer.user, seller.user] as const,
  }
  coin.trades.push(print)
  if (coin.trades.length > 2 * TRADES_KEPT) coin.trades.splice(0, TRADES_KEPT)
  emit(state, () => ({ type: 'trade', trade: print }))
}

/** After the match: resting parents wake their children, and reduce-only orders without a position go. */
function settleMakers(state: VenueState, coin: CoinState, makers: readonly Order[]): void {
  for (const maker of new Set(makers)) {
    if (maker.place === 'none') followParentFill(state, coin, maker)
    cancelSiblings(state, maker)
    sweepReduceOnly(state, accountOf(state, maker.user), coin.instrument.name)
  }
}
