/**
 * What a spreadsheet did to the numbers of a fill file, derived from the digits it prints. The recorded files carry at
 * most 10 significant digits, so a value with more was rounded to the 10th; anything shorter is as the venue wrote it.
 */
import { Decimal, type DecimalString, ZERO, decimal, toDecimalString } from '#domain/decimal.ts'
import { type Fill, effectOf } from '#domain/fill.ts'

const PRINTED_DIGITS = 10
/** The venue states PnL in whole micro-dollars. */
const VENUE_PNL_DECIMALS = 6

/** Digits after the point. */
export function decimalsOf(value: DecimalString): number {
  const point = value.indexOf('.')
  return point === -1 ? 0 : value.length - point - 1
}

/**
 * Most by which the file's closedPnl may be off the venue's: half of the 10th significant digit, when that is coarser
 * than the venue's micro-dollar; else 0, the printed figure is the venue's. A file that prints more digits is not rounded.
 */
export function pnlResolution(fills: readonly Fill[]): (fill: Fill) => Decimal {
  if (fills.some((fill) => significantDigits(fill.closedPnl) > PRINTED_DIGITS)) return () => ZERO
  return ({ closedPnl }) => {
    const decimals = PRINTED_DIGITS - integerDigits(closedPnl)
    return decimals >= VENUE_PNL_DECIMALS ? ZERO : new Decimal(10).pow(-decimals).div(2)
  }
}

/**
 * Gives start positions back the digits that printing 10 of them cost: where the position before, in file order, rounds to
 * the printed one. Only positions so long that the coin's lot did not fit are touched. Answers how many were.
 */
export function restorePositions(
  fills: readonly Fill[],
  sizeDecimals: number,
): { readonly fills: readonly Fill[]; readonly restored: readonly Fill[] } {
  const restored: Fill[] = []
  if (!fills.some(({ startPosition }) => PRINTED_DIGITS - integerDigits(startPosition) < sizeDecimals))
    return { fills, restored }
  let before: Decimal | null = null
  const result = fills.map((fill) => {
    const exact = before !== null && isRounded(fill.startPosition, before, sizeDecimals) ? before : null
    const whole = exact === null ? fill : { ...fill, startPosition: toDecimalString(exact) }
    if (exact !== null) restored.push(whole)
    before = effectOf(whole).after
    return whole
  })
  return { fills: result, restored }
}

function isRounded(printed: DecimalString, before: Decimal, sizeDecimals: number): boolean {
  const decimals = PRINTED_DIGITS - integerDigits(printed)
  if (decimals >= sizeDecimals || significantDigits(printed) > PRINTED_DIGITS) return false
  const offset = decimal(printed).minus(before).abs()
  return !offset.isZero() && offset.lessThanOrEqualTo(new Decimal(10).pow(-decimals).div(2))
}

/** Digits before the point; a number below 1 has none to count, a spreadsheet still prints its zero. */
function integerDigits(value: DecimalString): number {
  const text = value.startsWith('-') ? value.slice(1) : value
  const point = text.indexOf('.')
  return point === -1 ? text.length : point
}

function significantDigits(value: DecimalString): number {
  return value.replace(/^-?0?\.?0*/, '').replace('.', '').length
}
