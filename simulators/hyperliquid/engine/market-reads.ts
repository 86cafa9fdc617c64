/** Market data reads over the state. */
import { type Decimal, ZERO, toDecimalString } from '#domain/decimal.ts'
import type { BookLevel, BookSnapshot, MarketContext } from './instrument.ts'
import { midPrice } from './order-book.ts'
import { refreshQuotes } from './quotes.ts'
import type { CoinState, Order, VenueState } from './state.ts'
import type { MarketReads } from './venue.ts'

const DEFAULT_DEPTH = 20
const TRADES_SHOWN = 500

export function createMarketReads(state: VenueState): MarketReads {
  return {
    perps: () => [...state.perps],
    spotPairs: () => [...state.spotPairs],
    contexts: () => [...state.coins.values()].map((coin) => contextOf(state, coin)),
    context: (name) => {
      const coin = state.coins.get(name)
      return coin === undefined ? undefined : contextOf(state, coin)
    },
    mids: () => {
      const mids = new Map<string, ReturnType<typeof toDecimalString>>()
      for (const [name, coin] of state.coins) {
        refreshQuotes(state, coin)
        mids.set(name, toDecimalString(midPrice(coin) ?? coin.mark))
      }
      return mids
    },
    book: (name, depth = DEFAULT_DEPTH) => bookOf(state, name, depth),
    trades: (name) => state.coins.get(name)?.trades.slice(-TRADES_SHOWN).toReversed() ?? [],
    fundingHistory: (name, startTime, endTime = Number.POSITIVE_INFINITY) =>
      (state.coins.get(name)?.fundingHistory ?? [])
        .filter(({ time }) => time >= startTime && time <= endTime)
        .slice(0, state.limits.ledgerPerAnswer),
    marks: (name) => [...(state.coins.get(name)?.marks ?? [])],
  }
}

function contextOf(state: VenueState, coin: CoinState): MarketContext {
  refreshQuotes(state, coin)
  const mid = midPrice(coin)
  return {
    coin: coin.instrument.name,
    markPx: toDecimalString(coin.mark),
    oraclePx: toDecimalString(coin.oracle),
    midPx: mid === undefined ? null : toDecimalString(mid),
    prevDayPx: toDecimalString(coin.openPx),
    funding: toDecimalString(coin.fundingRate),
    openInterest: toDecimalString(openInterest(state, coin.instrument.name)),
    dayNtlVlm: toDecimalString(coin.volumeNotional),
    dayBaseVlm: toDecimalString(coin.volumeBase),
  }
}

function openInterest(state: VenueState, coin: string): Decimal {
  let long = ZERO
  for (const account of [state.house, ...state.accounts.values()]) {
    const szi = account.positions.get(coin)?.szi ?? ZERO
    if (szi.gt(0)) long = long.plus(szi)
  }
  return long
}

function bookOf(state: VenueState, name: string, depth: number): BookSnapshot | undefined {
  const coin = state.coins.get(name)
  if (coin === undefined) return undefined
  refreshQuotes(state, coin)
  return { coin: name, time: state.time, bids: levelsOf(coin.bids, depth), asks: levelsOf(coin.asks, depth) }
}

function levelsOf(side: readonly Order[], depth: number): BookLevel[] {
  const levels: { px: Decimal; sz: Decimal; n: number }[] = []
  for (const order of side) {
    const last = levels.at(-1)
    if (last !== undefined && last.px.eq(order.limitPx)) {
      last.sz = last.sz.plus(order.remaining)
      last.n++
    } else {
      if (levels.length === depth) break
      levels.push({ px: order.limitPx, sz: order.remaining, n: 1 })
    }
  }
  return levels.map(({ px, sz, n }) => ({ px: toDecimalString(px), sz: toDecimalString(sz), n }))
}
