/** The header of a fill file: which columns it must have, in any order and letter case. */
import { FillFileError } from './lines.ts'

/** Columns of the recorded Hyperliquid fills, as their header names them. */
export const COLUMNS = [
  'Account',
  'Coin',
  'Execution Price',
  'Size Tokens',
  'Size USD',
  'Side',
  'Timestamp IST',
  'Start Position',
  'Direction',
  'Closed PnL',
  'Transaction Hash',
  'Order ID',
  'Crossed',
  'Fee',
  'Trade ID',
  'Timestamp',
] as const
export type Column = (typeof COLUMNS)[number]

const OPTIONAL: ReadonlySet<Column> = new Set(['Size USD', 'Transaction Hash', 'Timestamp IST', 'Timestamp'])

export interface Header {
  /** Cells a row must have. */
  readonly width: number
  /** Where each known column stands. */
  readonly at: ReadonlyMap<Column, number>
  readonly names: readonly string[]
  /** Columns we do not know; their cells are not used. */
  readonly unknown: readonly string[]
}

/** Reads the header. @throws FillFileError naming every missing or doubled column */
export function parseHeader(cells: readonly string[]): Header {
  const at = new Map<Column, number>()
  const unknown: string[] = []
  const doubled: string[] = []
  for (const [index, name] of cells.entries()) {
    const column = COLUMNS.find((known) => known.toLowerCase() === name.toLowerCase())
    if (column === undefined) unknown.push(name)
    else if (at.has(column)) doubled.push(column)
    else at.set(column, index)
  }
  const missing: string[] = COLUMNS.filter((column) => !OPTIONAL.has(column) && !at.has(column))
  if (!at.has('Timestamp IST') && !at.has('Timestamp')) missing.push('Timestamp IST or Timestamp')
  if (missing.length > 0 || doubled.length > 0) {
    const problems = [
      ...(missing.length > 0 ? [`missing: ${missing.join(', ')}`] : []),
      ...(doubled.length > 0 ? [`more than once: ${doubled.join(', ')}`] : []),
    ]
    const seen = cells.join(',').slice(0, 300)
    throw new FillFileError(
      `Line 1, header: ${problems.join('; ')}. Expected comma-separated columns ${COLUMNS.join(', ')}; saw ${JSON.stringify(seen)}.`,
    )
  }
  return { width: cells.length, at, names: cells, unknown }
}
