/** Coarser price levels of l2Book: prices to `nSigFigs` figures, steps of `mantissa` in the last one; bids round down, asks up. */
import { Decimal, toDecimalString } from '#domain/decimal.ts'
import type { BookLevel, BookSnapshot } from '#simulators/hyperliquid/engine/instrument.ts'

/** Merges levels whose prices fall on the same coarser step. */
export function aggregateBook(book: BookSnapshot, nSigFigs: number, mantissa: number): BookSnapshot {
  return {
    ...book,
    bids: merge(book.bids, nSigFigs, mantissa, Decimal.ROUND_DOWN),
    asks: merge(book.asks, nSigFigs, mantissa, Decimal.ROUND_UP),
  }
}

function merge(
  levels: readonly BookLevel[],
  nSigFigs: number,
  mantissa: number,
  rounding: typeof Decimal.ROUND_DOWN | typeof Decimal.ROUND_UP,
): readonly BookLevel[] {
  const merged = new Map<string, BookLevel>()
  for (const level of levels) {
    const price = new Decimal(level.px)
    const step = new Decimal(10).pow(price.e - nSigFigs + 1).times(mantissa)
    const px = toDecimalString(price.dividedBy(step).toDecimalPlaces(0, rounding).times(step))
    const same = merged.get(px)
    const sz = toDecimalString(new Decimal(same?.sz ?? 0).plus(level.sz))
    merged.set(px, { px, sz, n: (same?.n ?? 0) + level.n })
  }
  return [...merged.values()]
}
