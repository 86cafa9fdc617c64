/** Moving a symbol's prices: quotes follow the mark, the book fills, triggers fire, broke accounts are liquidated. */
import type { Decimal } from '#domain/decimal.ts'
import { liquidateBroke } from './liquidation.ts'
import { fillResting } from './match.ts'
import { priceView } from './price-view.ts'
import type { MarketState, VenueState } from './state.ts'
import { emit } from './step.ts'
import { fireArmed } from './triggers.ts'

/** New prices of a symbol; what is absent stays. USDT. */
export interface PriceMove {
  readonly mark?: Decimal
  readonly last?: Decimal
  readonly index?: Decimal
}

/** Moves prices and lets happen what follows from it. */
export function movePrices(state: VenueState, market: MarketState, move: PriceMove): void {
  market.mark = move.mark ?? market.mark
  market.last = move.last ?? market.last
  market.index = move.index ?? market.index
  market.steps++
  emit(state, () => ({ type: 'ticker', prices: priceView(state, market) }))
  fillResting(state, market)
  state.armed.add(market)
  fireArmed(state)
  liquidateBroke(state)
}
