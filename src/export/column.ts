/** Columns of an export: their names and order are stable, new ones come last. Pure. */

/**
 * What a column holds, and so how each format writes it. `amount`: an exact decimal. `instant`: ms since epoch. `count`: a whole number.
 * `text`: words of ours. `foreign`: text that may come from outside. `json`: a structure, as JSON text.
 */
export type ColumnType = 'text' | 'foreign' | 'amount' | 'instant' | 'count' | 'flag' | 'json'

/** A value as the book has it; null where there is none. */
export type Cell = string | number | boolean | null

export interface Column<Row> {
  readonly name: string
  readonly type: ColumnType
  cell(row: Row): Cell
}

/** A column as writers know it: whatever it was made of. */
export type ColumnHead = Pick<Column<never>, 'name' | 'type'>

type Value = string | number | boolean | null | undefined

export function column<Row>(name: string, type: Exclude<ColumnType, 'json'>, value: (row: Row) => Value): Column<Row> {
  return { name, type, cell: (row) => value(row) ?? null }
}

export function jsonColumn<Row>(name: string, value: (row: Row) => unknown): Column<Row> {
  return {
    name,
    type: 'json',
    cell(row) {
      const structure = value(row)
      return structure === undefined || structure === null ? null : JSON.stringify(structure)
    },
  }
}
