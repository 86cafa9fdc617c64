/** The prices of a symbol as the public sees them. */
import { toDecimalString, ZERO } from '#domain/decimal.ts'
import { bestQuote } from './ladder.ts'
import type { PriceView } from './record.ts'
import type { MarketState, VenueState } from './state.ts'

/** A symbol's prices and best quotes. */
export function priceView(state: VenueState, market: MarketState): PriceView {
  const [bid, ask] = [bestQuote(state, market, 'Sell'), bestQuote(state, market, 'Buy')]
  return {
    symbol: market.instrument.symbol,
    mark: toDecimalString(market.mark),
    last: toDecimalString(market.last),
    index: toDecimalString(market.index),
    bid: toDecimalString(bid?.price ?? ZERO),
    bidQty: toDecimalString(bid?.qty ?? ZERO),
    ask: toDecimalString(ask?.price ?? ZERO),
    askQty: toDecimalString(ask?.qty ?? ZERO),
    fundingRate: toDecimalString(market.fundingRate),
    nextFundingTime: state.nextFundingAt,
  }
}
