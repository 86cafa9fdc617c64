/** How a fill changes a holding: lots are matched first in, first out; the average shown is weighted and knows no lots (reference C4). */
import type { Decimal } from '#domain/decimal.ts'
import type { Lot } from './state.ts'

/** What a holding is. */
export interface Holding {
  /** Contracts, positive long. */
  signed: number
  average: Decimal
  /** Oldest first. */
  lots: Lot[]
}

/** A part of a fill: it closes one lot, or opens a new one (`opened` null). */
export interface HalfTurn {
  readonly size: number
  /** Price at which the lot it closes was opened. */
  readonly opened: Decimal | null
}

/** Applies a fill of `signed` contracts at `price`, in place. Returns its half-turns, closing ones first. */
export function applyFill(holding: Holding, signed: number, price: Decimal): readonly HalfTurn[] {
  const direction = Math.sign(signed)
  const turns: HalfTurn[] = []
  let left = Math.abs(signed)
  while (left > 0 && holding.signed * direction < 0) {
    const [lot] = holding.lots
    if (lot === undefined) throw new Error(`Expected lots for ${holding.signed} contracts, saw none.`)
    const size = Math.min(left, lot.size)
    turns.push({ size, opened: lot.price })
    lot.size -= size
    left -= size
    holding.signed += direction * size
    if (lot.size === 0) holding.lots.shift()
  }
  if (left === 0) return turns
  const held = Math.abs(holding.signed)
  holding.average = holding.average
    .times(held)
    .plus(price.times(left))
    .div(held + left)
  holding.lots.push({ size: left, price })
  holding.signed += direction * left
  return [...turns, { size: left, opened: null }]
}
