/** Numbers as the venue writes them: texts, prices with the tick's decimals, quantities with the lot's. */
import { Decimal } from '#domain/decimal.ts'
import type { Instrument } from '#simulators/bybit/engine/instrument.ts'

/** A price; the venue writes zero with its decimals, e.g. "0.00". */
export function price(instrument: Instrument, value: string): string {
  return new Decimal(value).toFixed(decimals(instrument.tickSize))
}

/** A quantity, e.g. "0.10". */
export function qty(instrument: Instrument, value: string): string {
  return new Decimal(value).toFixed(decimals(instrument.qtyStep))
}

/** A price that may be absent. */
export function priceOr(instrument: Instrument, value: string | null, absent: string): string {
  return value === null ? absent : price(instrument, value)
}

/** Value over quantity with eight decimals at most; "0" when there is none. */
export function average(value: string, quantity: string): string {
  const count = new Decimal(quantity)
  return count.isZero() ? '0' : new Decimal(value).div(count).toDecimalPlaces(8).toFixed()
}

/** Decimals of the instrument's tick. */
export function decimals(step: string): number {
  return step.split('.')[1]?.length ?? 0
}
