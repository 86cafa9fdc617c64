/**
 * What one fill does to one position (pure): average cost, kept as value so that only a partial close rounds. The venue's
 * published closed PnL row fixes the rule: 3 x 1194.97516667 is not its entry value, 3584.9255 is.
 */
import { Decimal, ZERO } from '#domain/decimal.ts'

/** Decimals of the venue's money. */
const MONEY_DECIMALS = 8

export interface Holding {
  /** Signed quantity, positive long. */
  readonly size: Decimal
  /** Unsigned USDT paid or received for what is held. */
  readonly cost: Decimal
  /** USDT of fees paid to open what is held. */
  readonly openFees: Decimal
}

export interface FillEffect {
  readonly holding: Holding
  readonly closedQty: Decimal
  /** Values of the closed part, USDT; zero for an opening fill. */
  readonly entryValue: Decimal
  readonly exitValue: Decimal
  /** Realised, USDT, before fees. */
  readonly gross: Decimal
  /** Fees of the closed part, at its opening and now. */
  readonly openFee: Decimal
  readonly closeFee: Decimal
}

export interface Fill {
  readonly isBuy: boolean
  readonly price: Decimal
  readonly qty: Decimal
  /** USDT. */
  readonly fee: Decimal
}

export const FLAT: Holding = { size: ZERO, cost: ZERO, openFees: ZERO }

/** Money, rounded as the venue keeps it. */
export function money(value: Decimal): Decimal {
  return value.toDecimalPlaces(MONEY_DECIMALS, Decimal.ROUND_HALF_EVEN)
}

/** Average entry price; zero when flat. */
export function averagePrice({ size, cost }: Holding): Decimal {
  return size.isZero() ? ZERO : money(cost.div(size.abs()))
}

/** Signed result at a price, USDT. */
export function unrealised({ size, cost }: Holding, price: Decimal): Decimal {
  const value = size.times(price)
  return money(size.isNegative() ? value.plus(cost) : value.minus(cost))
}

/** Applies a fill; one that goes through zero closes and opens. */
export function applyFill(holding: Holding, { isBuy, price, qty, fee }: Fill): FillEffect {
  const { size, cost, openFees } = holding
  const after = isBuy ? size.plus(qty) : size.minus(qty)
  if (size.isZero() || size.isNegative() !== isBuy) {
    const opened = { size: after, cost: cost.plus(price.times(qty)), openFees: openFees.plus(fee) }
    return {
      holding: opened,
      closedQty: ZERO,
      entryValue: ZERO,
      exitValue: ZERO,
      gross: ZERO,
      openFee: ZERO,
      closeFee: ZERO,
    }
  }
  const held = size.abs()
  const closedQty = Decimal.min(qty, held)
  const share = (whole: Decimal, part: Decimal, of: Decimal) => (part.eq(of) ? whole : money(whole.times(part).div(of)))
  const entryValue = share(cost, closedQty, held)
  const openFee = share(openFees, closedQty, held)
  const closeFee = share(fee, closedQty, qty)
  const exitValue = price.times(closedQty)
  const openedQty = qty.minus(closedQty)
  const rest = openedQty.isZero()
    ? { size: after, cost: cost.minus(entryValue), openFees: openFees.minus(openFee) }
    : { size: after, cost: price.times(openedQty), openFees: fee.minus(closeFee) }
  const gross = isBuy ? entryValue.minus(exitValue) : exitValue.minus(entryValue)
  return { holding: rest, closedQty, entryValue, exitValue, gross, openFee, closeFee }
}
