/**
 * Names and rounding rules of the venue's tradables: canonical `BTC-PERP` is the venue's coin `BTC` and its place in
 * the universe is the asset number that orders carry. Rules come from the venue's `meta` answer, never from memory.
 */
import { Decimal, type DecimalString, decimalString, toDecimalString } from '#domain/decimal.ts'
import { isSpotCoin } from '#domain/fill.ts'
import type { InstrumentId } from '#domain/ids.ts'
import type { Instrument } from '#domain/instrument.ts'
import type { Meta } from './info-schema.ts'

const PERP = '-PERP'
const PERP_PRICE_DECIMALS = 6
const PRICE_SIGNIFICANT = 5
// Smallest order value of perpetuals, in USD: "Order must have minimum value of $10."
const MIN_NOTIONAL = decimalString('10')
const ONE_UNIT = decimalString('1')

/** A perpetual as orders address it. */
export interface Market {
  readonly asset: number
  readonly coin: string
  readonly delisted: boolean
  readonly instrument: Instrument
}

/** Canonical instrument of a venue coin. Spot pairs and coins of builder-deployed exchanges (`dex:COIN`) keep their name. */
export function instrumentOf(coin: string): InstrumentId {
  return isSpotCoin(coin) || coin.includes(':') ? coin : coin + PERP
}

/** All perpetuals of a `meta` answer by canonical instrument. */
export function marketsOf(meta: Meta): ReadonlyMap<InstrumentId, Market> {
  const markets = meta.universe.map((row, asset): [InstrumentId, Market] => {
    const instrument = instrumentOf(row.name)
    return [
      instrument,
      {
        asset,
        coin: row.name,
        delisted: row.isDelisted ?? false,
        instrument: {
          instrument,
          venueSymbol: row.name,
          root: null,
          expiresAt: null,
          rollsAt: null,
          calendar: null,
          active: !(row.isDelisted ?? false),
          maxSize: null,
          tick: null,
          lot: lotOf(row.szDecimals),
          priceDecimals: PERP_PRICE_DECIMALS - row.szDecimals,
          priceSignificant: PRICE_SIGNIFICANT,
          minNotional: MIN_NOTIONAL,
          multiplier: ONE_UNIT,
          maxLeverage: row.maxLeverage,
        },
      },
    ]
  })
  return new Map(markets)
}

function lotOf(szDecimals: number): DecimalString {
  return toDecimalString(new Decimal(10).pow(-szDecimals))
}
