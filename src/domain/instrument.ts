/** A tradable at a venue and the rounding its venue demands. Specifications come from the venue, never from memory. */
import type { InstrumentId } from './ids.ts'
import { Decimal, type DecimalString, decimal, toDecimalString } from './decimal.ts'

/** Contract specification as the venue states it. */
export interface Instrument {
  readonly instrument: InstrumentId
  /** The venue's own name, e.g. coin `BTC`. */
  readonly venueSymbol: string
  /** The product behind an expiring contract, e.g. `NQ` of `NQZ6`; null for what never expires. Signals may name it. */
  readonly root: InstrumentId | null
  /** Last trading instant of an expiring contract, ms; null for what never expires. */
  readonly expiresAt: number | null
  /** From when entries go to the next contract, ms; null for what never expires. */
  readonly rollsAt: number | null
  /** Trading hours it follows; null where trading never pauses. */
  readonly calendar: 'cme-equity-index' | null
  /** Whether the venue takes entries in it: its front contract, not halted, not delisted. */
  readonly active: boolean
  /** Smallest size step, in contracts. */
  readonly lot: DecimalString
  /** Most contracts of one order; null where the venue has no limit. */
  readonly maxSize: DecimalString | null
  /** Smallest price step; null where decimals and significant figures rule. */
  readonly tick: DecimalString | null
  /** Most decimals a price may have. */
  readonly priceDecimals: number
  /** Most significant figures a non-integer price may have; null where the venue has no such rule. */
  readonly priceSignificant: number | null
  /** Smallest order value, USD. */
  readonly minNotional: DecimalString
  /** USD value of one contract per unit of price. */
  readonly multiplier: DecimalString
  readonly maxLeverage: number
}

/**
 * The instrument that an entry by this name goes to: the one of that name, else the only active contract of that product.
 * Null when there is none, or when several are active and nobody could say which.
 */
export function frontContract(listed: ReadonlyMap<InstrumentId, Instrument>, name: InstrumentId): Instrument | null {
  const exact = listed.get(name)
  if (exact !== undefined) return exact
  const front = [...listed.values()].filter((instrument) => instrument.root === name && instrument.active)
  return front.length === 1 ? (front[0] ?? null) : null
}

/** Rounds a size down to the instrument's lot; "0" when it is below one lot. */
export function roundSizeDown(instrument: Instrument, size: Decimal): DecimalString {
  const lot = decimal(instrument.lot)
  return toDecimalString(size.div(lot).floor().times(lot))
}

/** Rounds a price onto the venue's grid in the given direction. Integers are always legal where significant figures rule. */
export function roundPrice(instrument: Instrument, price: Decimal, direction: 'up' | 'down'): DecimalString {
  const mode = direction === 'up' ? Decimal.ROUND_CEIL : Decimal.ROUND_FLOOR
  if (instrument.tick !== null) {
    return toDecimalString(price.div(instrument.tick).toDecimalPlaces(0, mode).times(instrument.tick))
  }
  const byDecimals = price.toDecimalPlaces(instrument.priceDecimals, mode)
  if (instrument.priceSignificant === null || byDecimals.isInteger()) return toDecimalString(byDecimals)
  const integerDigits = Math.max(0, price.abs().toFixed(0, Decimal.ROUND_FLOOR).replace(/^0+/, '').length)
  if (integerDigits >= instrument.priceSignificant) return toDecimalString(price.toDecimalPlaces(0, mode))
  return toDecimalString(byDecimals.toSignificantDigits(instrument.priceSignificant, mode))
}
