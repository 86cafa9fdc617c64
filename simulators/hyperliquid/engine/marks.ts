/** The mark price of a coin moves: quotes follow, triggers fire, accounts below maintenance are liquidated. */
import { type Decimal, toDecimalString } from '#domain/decimal.ts'
import { liquidateHolders } from './liquidation.ts'
import { refreshQuotes, staleQuotes } from './quotes.ts'
import type { CoinState, VenueState } from './state.ts'
import { emit } from './step.ts'
import { fireTriggers } from './triggers.ts'

const MARKS_KEPT = 5_000

/** Sets mark and oracle to a positive price. Returns the oids of the triggers that fired. */
export function moveMark(state: VenueState, coin: CoinState, px: Decimal): readonly number[] {
  coin.mark = px
  coin.oracle = px
  coin.markSteps++
  coin.marks.push({ time: state.time, px: toDecimalString(px) })
  if (coin.marks.length > 2 * MARKS_KEPT) coin.marks.splice(0, MARKS_KEPT)
  emit(state, () => ({ type: 'market', coin: coin.instrument.name }))
  staleQuotes(state, coin)
  const fired = fireTriggers(state, coin)
  if (coin.holders.size > 0) {
    refreshQuotes(state, coin)
    liquidateHolders(state, coin)
  }
  return fired
}
