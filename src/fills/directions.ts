/**
 * Holds the venue's direction text against what the position did. The position decides; the text only raises a remark,
 * so a new word of the venue or a wrong one in a file never loses a fill.
 */
import { type Fill, type FillEffect, effectOf } from '#domain/fill.ts'
import { type RemarkCount, lineOf } from './read-fills.ts'
import type { RowRemark } from './row.ts'

const MEANINGS: Readonly<Record<string, (effect: FillEffect) => boolean>> = {
  'Open Long': (effect) => effect.closed.isZero() && effect.after.greaterThan(0),
  'Open Short': (effect) => effect.closed.isZero() && effect.after.lessThan(0),
  'Close Long': (effect) => effect.opened.isZero() && effect.start.greaterThan(0),
  'Close Short': (effect) => effect.opened.isZero() && effect.start.lessThan(0),
  'Long > Short': (effect) => effect.start.greaterThan(0) && effect.after.lessThan(0),
  'Short > Long': (effect) => effect.start.lessThan(0) && effect.after.greaterThan(0),
  'Liquidated Cross Long': (effect) => effect.start.greaterThan(0),
  'Liquidated Cross Short': (effect) => effect.start.lessThan(0),
  'Liquidated Isolated Long': (effect) => effect.start.greaterThan(0),
  'Liquidated Isolated Short': (effect) => effect.start.lessThan(0),
  'Auto-Deleveraging': () => true,
  Settlement: () => true,
  'Net Child Vaults': () => true,
}

/** Rows whose direction text is unknown or contradicts start position, side and size. */
export function directionRemarks(fills: readonly Fill[]): RemarkCount[] {
  const unknown: number[] = []
  const contradicting: number[] = []
  for (const fill of fills) {
    const meaning = Object.hasOwn(MEANINGS, fill.direction) ? MEANINGS[fill.direction] : undefined
    if (meaning === undefined) unknown.push(lineOf(fill))
    else if (!meaning(effectOf(fill))) contradicting.push(lineOf(fill))
  }
  return [
    ...countRemark({ code: 'unknown-direction', column: 'Direction' }, unknown),
    ...countRemark({ code: 'direction-disagrees', column: 'Direction' }, contradicting),
  ]
}

/** One remark over many lines; none for none. */
export function countRemark(remark: RowRemark, lines: readonly number[]): RemarkCount[] {
  if (lines.length === 0) return []
  return [{ ...remark, rows: lines.length, firstLines: lines.toSorted((a, b) => a - b).slice(0, 5) }]
}
