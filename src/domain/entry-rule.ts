/**
 * How an entry price follows from fills: size-weighted average on opens, unchanged on closes. Recomputing the closed
 * PnL from prices is the check on the venue's own figure; it needs the venue's rounding to agree to the last digit.
 */
import { Decimal, ZERO } from './decimal.ts'

/** Entry of one position from flat to flat. Sizes and prices unsigned. */
export interface Entry {
  open(size: Decimal, price: Decimal): void
  /** Takes `size` off and answers the entry price it had, USD per contract. */
  close(size: Decimal): Decimal
}

/** Makes the entry of a position that starts flat. */
export type EntryRule = () => Entry

/** The exact average, rounded nowhere but in the last of 80 digits. */
export function exactEntry(): Entry {
  let notional: Decimal = ZERO
  let held: Decimal = ZERO
  return {
    open(size, price) {
      notional = notional.plus(size.times(price))
      held = held.plus(size)
    },
    close(size) {
      const entry = notional.div(held)
      held = held.minus(size)
      notional = held.isZero() ? ZERO : entry.times(held)
      return entry
    },
  }
}

/**
 * Hyperliquid's entry. Its books hold whole lots (10^-sizeDecimals contracts), whole price ticks (10^-(6-sizeDecimals)
 * USD) and hence whole micro-dollars of entry notional. A close scales the notional by the remaining fraction, computed
 * in binary floating point and cut to whole micro-dollars; the entry price is notional / lots, cut to a whole tick.
 * Source: measured; this rule gives every closedPnl of 1,341 recorded mainnet closes (29 chains) to the last printed
 * digit, where the exact average misses most by up to a tick per contract. Floating point is the venue's here, imitated
 * to check its figures; nothing computed with it is ever booked.
 */
export function hyperliquidEntry(sizeDecimals: number): EntryRule {
  const lotsPerContract = new Decimal(10).pow(sizeDecimals)
  const ticksPerUsd = new Decimal(10).pow(6 - sizeDecimals)
  return () => {
    let microUsd: Decimal = ZERO
    let lots: Decimal = ZERO
    return {
      open(size, price) {
        const opened = size.times(lotsPerContract)
        microUsd = microUsd.plus(opened.times(price).times(ticksPerUsd))
        lots = lots.plus(opened)
      },
      close(size) {
        const entry = microUsd.divToInt(lots).div(ticksPerUsd)
        const left = lots.minus(size.times(lotsPerContract))
        const fraction = left.toNumber() / lots.toNumber()
        microUsd = new Decimal(Math.trunc(microUsd.toNumber() * fraction))
        lots = left
        return entry
      },
    }
  }
}
