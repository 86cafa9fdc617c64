/** A column of each type, and rows as exports come: one after another. */
import type { Cell, ColumnHead } from '#export/column.ts'

export const COLUMNS: readonly ColumnHead[] = [
  { name: 'at', type: 'instant' },
  { name: 'net', type: 'amount' },
  { name: 'note', type: 'foreign' },
  { name: 'inputs', type: 'json' },
  { name: 'count', type: 'count' },
  { name: 'flag', type: 'flag' },
]

export async function* each(rows: readonly (readonly Cell[])[]): AsyncGenerator<readonly Cell[]> {
  yield* rows
}
