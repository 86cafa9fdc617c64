/** Rows as CSV and as JSON text, line by line. Amounts keep every digit: they are text in both. Pure. */
import type { Cell, ColumnHead, ColumnType } from './column.ts'

/** The first line of a CSV file. */
export function csvHead(columns: readonly ColumnHead[]): string {
  return `${columns.map(({ name }) => name).join(',')}\r\n`
}

/** One line of a CSV file after RFC 4180; null is nothing between two commas. */
export function csvLine(columns: readonly ColumnHead[], cells: readonly Cell[]): string {
  return `${columns.map(({ type }, place) => csvCell(type, cells[place] ?? null)).join(',')}\r\n`
}

function csvCell(type: ColumnType, cell: Cell): string {
  if (cell === null) return ''
  const text = plainText(type, cell)
  const shown = MAY_BE_FOREIGN.has(type) ? harmless(text) : text
  return /[",\r\n]/.test(shown) ? `"${shown.replaceAll('"', '""')}"` : shown
}

/** Numbers of ours may begin with a minus; text from outside may not begin a formula. */
const MAY_BE_FOREIGN: ReadonlySet<ColumnType> = new Set(['foreign', 'json'])

/** Spreadsheets take text that begins so for a formula and run it: the quote before it makes it text again. */
function harmless(text: string): string {
  return /^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text
}

/** One row as a JSON object; amounts stay text, structures are nested. */
export function jsonObject(columns: readonly ColumnHead[], cells: readonly Cell[]): string {
  const members = columns.map(({ name, type }, place) => {
    const cell = cells[place] ?? null
    // Already JSON: read and written again, its numbers could change.
    const value = type === 'json' && typeof cell === 'string' ? cell : JSON.stringify(jsonValue(type, cell))
    return `${JSON.stringify(name)}:${value}`
  })
  return `{${members.join(',')}}`
}

function jsonValue(type: ColumnType, cell: Cell): Cell {
  return type === 'instant' && cell !== null ? plainText(type, cell) : cell
}

function plainText(type: ColumnType, cell: Exclude<Cell, null>): string {
  return type === 'instant' ? new Date(Number(cell)).toISOString() : String(cell)
}

/** A whole CSV file in pieces. */
export async function* csvText(
  columns: readonly ColumnHead[],
  rows: AsyncIterable<readonly Cell[]>,
): AsyncGenerator<string, void, undefined> {
  yield csvHead(columns)
  for await (const cells of rows) yield csvLine(columns, cells)
}

/** A whole JSON file in pieces: one array, a row on each line. */
export async function* jsonText(
  columns: readonly ColumnHead[],
  rows: AsyncIterable<readonly Cell[]>,
): AsyncGenerator<string, void, undefined> {
  let before = '[\n'
  for await (const cells of rows) {
    yield `${before}${jsonObject(columns, cells)}`
    before = ',\n'
  }
  yield before === '[\n' ? '[]\n' : '\n]\n'
}
