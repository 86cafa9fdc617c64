/** The synthetic market maker: seeded depth around every mark, as ordinary resting orders of the house account. */
import { Decimal } from '#domain/decimal.ts'
import { matchOrder } from './match.ts'
import { addToBook, removeFromBook } from './order-book.ts'
import { openOrder, recordOrder } from './order-record.ts'
import { roundPrice } from './price-rules.ts'
import { mix32 } from './random.ts'
import type { CoinState, Order, VenueState } from './state.ts'
import { touchBook } from './step.ts'

const BPS = 10_000

/** Marks the coin's quotes for renewal; done at once when real orders rest (they may be crossed), else before the next use. */
export function staleQuotes(state: VenueState, coin: CoinState): void {
  coin.quotesStale = true
  touchBook(state, coin.instrument.name)
  if (coin.realResting > 0) refreshQuotes(state, coin)
}

/** Depth that an order ate is restored, unless the venue is set to keep it eaten until the next price step. */
export function refillQuotes(state: VenueState, coin: CoinState): void {
  if (state.quotes.refill === 'action') staleQuotes(state, coin)
}

/** Renews the quotes when they are stale. New quotes that cross real resting orders trade with them first. */
export function refreshQuotes(state: VenueState, coin: CoinState): void {
  if (!coin.quotesStale) return
  coin.quotesStale = false
  const sameMark = coin.quoting && coin.ladderMark?.eq(coin.mark) === true
  const kept = sameMark ? coin.ladder.filter((order) => isWhole(order)) : []
  const eaten = sameMark ? coin.ladder.filter((order) => !isWhole(order)) : []
  for (const order of sameMark ? eaten : coin.ladder) dropQuote(state, coin, order)
  const added = sameMark ? eaten.map((order) => quoteAgain(state, order)) : coin.quoting ? newLadder(state, coin) : []
  coin.ladder = [...kept, ...added]
  coin.ladderMark = coin.quoting ? coin.mark : null
  for (const order of added) placeQuote(state, coin, order)
}

/** Live and untouched: it can stay as it is. */
function isWhole(order: Order): boolean {
  return order.place === 'book' && order.remaining.eq(order.origSz)
}

function dropQuote(state: VenueState, coin: CoinState, order: Order): void {
  if (order.place !== 'book') return
  removeFromBook(state, coin, order)
  order.place = 'none'
}

function placeQuote(state: VenueState, coin: CoinState, order: Order): void {
  if (coin.realResting > 0) matchOrder(state, coin, order)
  if (order.remaining.isZero()) return
  openOrder(state, order, 'book')
  addToBook(state, coin, order)
}

function newLadder(state: VenueState, coin: CoinState): Order[] {
  const ladder: Order[] = []
  for (let level = 0; level < state.quotes.levels; level++) {
    ladder.push(quoteAt(state, coin, true, level), quoteAt(state, coin, false, level))
  }
  return ladder.filter((order) => !order.remaining.isZero() && !order.limitPx.isZero())
}

function quoteAt(state: VenueState, coin: CoinState, isBuy: boolean, level: number): Order {
  const { halfSpreadBps, stepBps, levelUsd, jitter } = state.quotes
  const { szDecimals } = coin.instrument
  const away = new Decimal(halfSpreadBps).plus(new Decimal(stepBps).times(level)).div(BPS)
  const raw = coin.mark.times(isBuy ? new Decimal(1).minus(away) : new Decimal(1).plus(away))
  const limitPx = roundPrice(raw, szDecimals, isBuy ? 'down' : 'up')
  // -1..1, from the seed and the number of price steps only, so quotes do not depend on who traded before.
  const noise = new Decimal(mix32(state.seed, coin.markSteps, level, isBuy ? 1 : 0) % 2001).minus(1000).div(1000)
  const usd = new Decimal(levelUsd).times(level + 1).times(noise.times(jitter).plus(1))
  return quote(state, { coin, isBuy, limitPx, sz: usd.div(coin.mark).toDecimalPlaces(szDecimals, Decimal.ROUND_DOWN) })
}

function quoteAgain(state: VenueState, eaten: Order): Order {
  const coin = { instrument: eaten.instrument }
  return quote(state, { coin, isBuy: eaten.isBuy, limitPx: eaten.limitPx, sz: eaten.origSz })
}

function quote(
  state: VenueState,
  terms: {
    readonly coin: Pick<CoinState, 'instrument'>
    readonly isBuy: boolean
    readonly limitPx: Decimal
    readonly sz: Decimal
  },
): Order {
  const draft = {
    instrument: terms.coin.instrument,
    isBuy: terms.isBuy,
    limitPx: terms.limitPx,
    sz: terms.sz,
    reduceOnly: false,
    tif: 'Gtc' as const,
    trigger: null,
    isPositionTpsl: false,
    cloid: null,
    builder: null,
  }
  return recordOrder(state, state.house, draft, { kind: 'venue' })
}
