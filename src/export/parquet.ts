/**
 * Rows as Apache Parquet. Amounts are text there too: they have no common scale (a rebate has eleven places, an average sixty), decimal128
 * holds 38 digits, and readers commonly turn DECIMAL into binary floating point. `CAST(net AS DECIMAL(38, 18))` is up to who reads it.
 */
import { fileWriter, parquetWriteRows } from 'hyparquet-writer'
import type { Cell, ColumnHead, ColumnType } from './column.ts'

/** Rows that are held at once. */
const GROUP = 5000

const TYPES = {
  text: 'STRING',
  foreign: 'STRING',
  amount: 'STRING',
  json: 'STRING',
  instant: 'TIMESTAMP',
  count: 'INT64',
  flag: 'BOOLEAN',
} as const satisfies Readonly<Record<ColumnType, string>>

/** Writes them all into a new file. @throws the system's error when it cannot be written */
export async function writeParquet(
  file: string,
  columns: readonly ColumnHead[],
  rows: AsyncIterable<readonly Cell[]>,
): Promise<void> {
  await parquetWriteRows({
    writer: fileWriter(file),
    columns: columns.map(({ name, type }) => ({ name, type: TYPES[type], nullable: true })),
    rows: objects(columns, rows),
    rowGroupSize: GROUP,
    createdBy: 'truebook',
  })
}

async function* objects(
  columns: readonly ColumnHead[],
  rows: AsyncIterable<readonly Cell[]>,
): AsyncGenerator<Record<string, unknown>, void, undefined> {
  for await (const cells of rows) {
    yield Object.fromEntries(columns.map(({ name, type }, place) => [name, valueOf(type, cells[place] ?? null)]))
  }
}

function valueOf(type: ColumnType, cell: Cell): string | boolean | bigint | Date | null {
  if (cell === null) return null
  if (type === 'instant') return new Date(Number(cell))
  return typeof cell === 'number' ? BigInt(cell) : cell
}
