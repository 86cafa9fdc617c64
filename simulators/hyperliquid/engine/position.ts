/**
 * What one fill does to one position (pure). The venue's rules, proven on recorded fills: the entry price is cost / size cut to the
 * price decimals of the instrument; closing pays (price - entry) on what is closed and leaves entry x rest as the cost; a
 * fill through zero closes and opens in one row.
 */
import { Decimal, ZERO } from '#domain/decimal.ts'
import { priceDecimals } from './price-rules.ts'

export interface Holding {
  /** Signed contracts. */
  readonly szi: Decimal
  /** Unsigned USD for what is held. */
  readonly cost: Decimal
}

export interface HoldingChange extends Holding {
  /** Gross of fees. */
  readonly closedPnl: Decimal
  readonly closedSz: Decimal
  readonly openedSz: Decimal
  /** As in the fill row: `Open Long`, `Close Short`, `Long > Short`, … */
  readonly dir: string
}

/** Entry price in USD, cut (not rounded) to the instrument's price decimals; "0" when flat. */
export function entryPrice(holding: Holding, szDecimals: number): Decimal {
  if (holding.szi.isZero()) return ZERO
  return holding.cost.div(holding.szi.abs()).toDecimalPlaces(priceDecimals(szDecimals), Decimal.ROUND_DOWN)
}

/** Signed unrealised result in USD at a mark price. */
export function unrealized(holding: Holding, mark: Decimal): Decimal {
  const value = holding.szi.times(mark)
  return holding.szi.isNegative() ? value.plus(holding.cost) : value.minus(holding.cost)
}

/** Applies a fill of `sz` contracts at `px`. */
export function applyToHolding(
  holding: Holding,
  isBuy: boolean,
  px: Decimal,
  sz: Decimal,
  szDecimals: number,
): HoldingChange {
  const { szi, cost } = holding
  const signed = isBuy ? sz : sz.neg()
  const after = szi.plus(signed)
  if (szi.isZero() || szi.isNegative() !== isBuy) {
    const dir = isBuy ? 'Open Long' : 'Open Short'
    return { szi: after, cost: cost.plus(px.times(sz)), closedPnl: ZERO, closedSz: ZERO, openedSz: sz, dir }
  }
  const wasLong = !szi.isNegative()
  const entry = entryPrice(holding, szDecimals)
  const closedSz = Decimal.min(sz, szi.abs())
  const gain = px.minus(entry).times(closedSz)
  const closedPnl = wasLong ? gain : gain.neg()
  const openedSz = sz.minus(closedSz)
  if (openedSz.isZero()) {
    const dir = wasLong ? 'Close Long' : 'Close Short'
    return { szi: after, cost: entry.times(after.abs()), closedPnl, closedSz, openedSz, dir }
  }
  const dir = wasLong ? 'Long > Short' : 'Short > Long'
  return { szi: after, cost: px.times(openedSz), closedPnl, closedSz, openedSz, dir }
}
