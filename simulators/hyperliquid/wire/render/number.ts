/** Decimal text as the venue prints it: always with a fraction, so `1` is `"1.0"`. */
import { type DecimalString, sumDecimals, toDecimalString } from '#domain/decimal.ts'

/** Prints a canonical decimal in the venue's form. */
export function wireNumber(value: DecimalString): string {
  return value.includes('.') ? value : `${value}.0`
}

/** Prints an optional decimal; null stays null. */
export function wireNumberOrNull(value: DecimalString | null): string | null {
  return value === null ? null : wireNumber(value)
}

/** Canonical text of a sum. */
export function sumText(values: Iterable<DecimalString>): DecimalString {
  return toDecimalString(sumDecimals(values))
}
