/**
 * Rows that contradict themselves or their neighbours: direction text against what the position did, start position
 * against both neighbours, price and size against the size in USD. Nothing is corrected by it: the position decides, a
 * break stays a break; but the report can say which row to look at.
 */
import { type Fill, type FillEffect, effectOf } from '#domain/fill.ts'
import type { FillChain } from '#domain/fill-chain.ts'
import { toDecimalString } from '#domain/decimal.ts'
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

/** Lines of contradicting rows, by what contradicts. */
export interface Contradictions {
  readonly unknownDirection: readonly number[]
  readonly direction: readonly number[]
  readonly startPosition: readonly number[]
}

/** Finds the contradictions within one chain. */
export function contradictionsOf(chain: FillChain): Contradictions {
  const unknownDirection: number[] = []
  const direction: number[] = []
  for (const fill of chain.fills) {
    const meaning = Object.hasOwn(MEANINGS, fill.direction) ? MEANINGS[fill.direction] : undefined
    if (meaning === undefined) unknownDirection.push(lineOf(fill))
    else if (!meaning(effectOf(fill))) direction.push(lineOf(fill))
  }
  return { unknownDirection, direction, startPosition: chain.gaps.length > 1 ? misstatedStarts(chain) : [] }
}

/** The remarks of all chains together. */
export function contradictionRemarks(parts: readonly Contradictions[]): RemarkCount[] {
  const lines = (of: keyof Contradictions): number[] => parts.flatMap((part) => part[of])
  return [
    ...countRemark({ code: 'unknown-direction', column: 'Direction' }, lines('unknownDirection')),
    ...countRemark({ code: 'direction-disagrees', column: 'Direction' }, lines('direction')),
    ...countRemark({ code: 'start-position-disagrees', column: 'Start Position' }, lines('startPosition')),
  ]
}

/** One remark over many lines; none for none. */
export function countRemark(remark: RowRemark, lines: readonly number[]): RemarkCount[] {
  if (lines.length === 0) return []
  return [{ ...remark, rows: lines.length, firstLines: lines.toSorted((a, b) => a - b).slice(0, 5) }]
}

/** A break before and after a row whose neighbours fit together by its side and size alone. */
function misstatedStarts(chain: FillChain): number[] {
  const broken = new Set(chain.gaps.map((gap) => gap.beforeFillId))
  return chain.fills.flatMap((fill, rank) => {
    const before = chain.fills[rank - 1]
    const next = chain.fills[rank + 1]
    if (before === undefined || next === undefined || !broken.has(fill.fillId) || !broken.has(next.fillId)) return []
    return bridges(before, fill, next) ? [lineOf(fill)] : []
  })
}

function bridges(before: Fill, fill: Fill, next: Fill): boolean {
  const startPosition = toDecimalString(effectOf(before).after)
  return toDecimalString(effectOf({ ...fill, startPosition }).after) === next.startPosition
}
