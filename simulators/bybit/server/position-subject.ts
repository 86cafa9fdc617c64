/** Gathers what the row of a position needs. */
import type { PositionView } from '#simulators/bybit/engine/record.ts'
import type { Venue } from '#simulators/bybit/engine/venue.ts'
import type { PositionSubject } from '#simulators/bybit/wire/position-row.ts'
import { type DecimalString, ZERO_STRING } from '#domain/decimal.ts'

/** The position given, or the account's current one in a symbol; a symbol never touched is flat. */
export function positionSubject(venue: Venue, account: string, given: PositionView | string): PositionSubject {
  const symbol = typeof given === 'string' ? given : given.symbol
  const instrument = venue.market.instrument(symbol)
  const prices = venue.market.prices(symbol)
  if (instrument === undefined || prices === undefined)
    throw new RangeError(`Expected a listed symbol, saw "${symbol}".`)
  if (typeof given !== 'string') return { instrument, mark: prices.mark, position: given }
  const current = venue.account.positions(account).find((row) => row.symbol === symbol)
  return { instrument, mark: prices.mark, position: current ?? untouched(symbol) }
}

function untouched(symbol: string): PositionView {
  const zero = ZERO_STRING
  return {
    symbol,
    size: zero,
    avgPrice: zero,
    cost: zero,
    leverage: '10' as DecimalString,
    takeProfit: zero,
    stopLoss: zero,
    curRealisedPnl: zero,
    cumRealisedPnl: zero,
    isReduceOnly: false,
    seq: -1,
    createdTime: 0,
    updatedTime: 0,
  }
}
