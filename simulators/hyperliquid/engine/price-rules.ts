/** Tick and lot rules of perpetuals (reference section 1.5): 5 significant figures, 6 - szDecimals decimals, integers always legal. */
import { Decimal } from '#domain/decimal.ts'

const MAX_PERP_DECIMALS = 6
const MAX_SIGNIFICANT = 5

/** Decimals a perpetual's price may have. */
export function priceDecimals(szDecimals: number): number {
  return Math.max(0, MAX_PERP_DECIMALS - szDecimals)
}

/** Whether a price is on the tick grid. */
export function isTickPrice(px: Decimal, szDecimals: number): boolean {
  if (px.isInteger()) return true
  return px.decimalPlaces() <= priceDecimals(szDecimals) && px.precision() <= MAX_SIGNIFICANT
}

/** Whether a size is a whole number of lots. */
export function isLotSize(sz: Decimal, szDecimals: number): boolean {
  return sz.decimalPlaces() <= szDecimals
}

/** Nearest legal price at or beyond `px` in the given direction. */
export function roundPrice(px: Decimal, szDecimals: number, direction: 'up' | 'down'): Decimal {
  const mode = direction === 'up' ? Decimal.ROUND_UP : Decimal.ROUND_DOWN
  const whole = px.truncated()
  const significant = whole.isZero() ? priceDecimals(szDecimals) : Math.max(0, MAX_SIGNIFICANT - whole.precision(true))
  // Below 1 the leading zeros do not count as significant figures.
  const figures = whole.isZero() && !px.isZero() ? MAX_SIGNIFICANT - 1 - px.e : significant
  return px.toDecimalPlaces(Math.min(priceDecimals(szDecimals), figures), mode)
}

/** Rounds an amount of money to whole micro-USDC, towards zero. */
export function truncateUsd(amount: Decimal): Decimal {
  return amount.toDecimalPlaces(6, Decimal.ROUND_DOWN)
}

/** Average price of a fill, cut to the instrument's price decimals as the venue does. */
export function averagePrice(notional: Decimal, sz: Decimal, szDecimals: number): Decimal {
  return notional.div(sz).toDecimalPlaces(priceDecimals(szDecimals), Decimal.ROUND_DOWN)
}
