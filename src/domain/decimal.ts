/**
 * Exact decimals: the only type for prices, quantities and money.
 *
 * Rows, messages and files carry `DecimalString` (plain JSON, canonical, never exponential); arithmetic happens on
 * `Decimal`. Sums and products are exact up to 80 significant digits, far beyond any venue's precision; only division
 * rounds, so divide last and say how to round.
 */
import { Decimal as DecimalJs } from 'decimal.js'

/** Exact decimal arithmetic (decimal.js at 80 significant digits, never exponential in text). */
export const Decimal = DecimalJs.clone({
  precision: 80,
  toExpNeg: -9e15,
  toExpPos: 9e15,
  rounding: DecimalJs.ROUND_HALF_EVEN,
})
export type Decimal = DecimalJs

declare const decimalBrand: unique symbol
/** A canonical decimal in text: optional minus, digits, optional fraction without trailing zeros; `"0"` is never `"-0"`. */
export type DecimalString = string & { readonly [decimalBrand]: true }

export const ZERO: Decimal = new Decimal(0)
export const ZERO_STRING = '0' as DecimalString

// No two parts can match the same digits, so that a long text that fits almost is refused as fast as it is read.
const PLAIN_DECIMAL = /^[+-]?(\d+(\.\d*)?|\.\d+)$/
/** Longest text of a number; no venue, file or sender writes one as long, and all our own results are shorter. */
const LENGTH_MAX = 100

/** Thrown when a text that must be an exact plain decimal is not one. */
export class DecimalError extends Error {
  override readonly name = 'DecimalError'
}

/** Parses a plain decimal text. Exponents, blanks, NaN and infinities are refused: they are signs of lost digits. @throws DecimalError */
export function parseDecimal(text: string): Decimal {
  if (!isDecimalText(text)) {
    const seen = JSON.stringify(text.slice(0, LENGTH_MAX))
    throw new DecimalError(`Expected a plain decimal such as "12.5" of at most ${LENGTH_MAX} characters, saw ${seen}.`)
  }
  return new Decimal(text)
}

/** Whether a text is a plain decimal that `parseDecimal` accepts. */
export function isDecimalText(text: string): boolean {
  return text.length <= LENGTH_MAX && PLAIN_DECIMAL.test(text)
}

/** Renders the canonical text of an exact decimal. */
export function toDecimalString(value: Decimal): DecimalString {
  return (value.isZero() ? '0' : value.toFixed()) as DecimalString
}

/** Canonical `DecimalString` of a plain decimal text. @throws DecimalError */
export function decimalString(text: string): DecimalString {
  return toDecimalString(parseDecimal(text))
}

/** Reads a canonical decimal back for arithmetic. */
export function decimal(value: DecimalString): Decimal {
  return new Decimal(value)
}

/** Exact sum of canonical decimals. */
export function sumDecimals(values: Iterable<DecimalString>): Decimal {
  let total: Decimal = ZERO
  for (const value of values) total = total.plus(value)
  return total
}
