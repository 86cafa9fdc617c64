/** Parquet holds what the book holds: read back by another library's reader, to the last digit. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet'
import { type DecimalString, sumDecimals, toDecimalString } from '#domain/decimal.ts'
import type { Cell } from '#export/column.ts'
import { writeParquet } from '#export/parquet.ts'
import { COLUMNS, each } from './columns.ts'

const folder = mkdtempSync(join(tmpdir(), 'truebook-parquet-'))
after(() => rmSync(folder, { recursive: true, force: true }))

async function readBack(name: string): Promise<Record<string, unknown>[]> {
  return await parquetReadObjects({ file: await asyncBufferFromFile(join(folder, name)) })
}

test('each type comes back as it was, null as null, and formulas are left as they are: no spreadsheet runs them here', async () => {
  const at = 1_800_000_000_123
  await writeParquet(
    join(folder, 'types.parquet'),
    COLUMNS,
    each([
      [at, '-0.000000000000000000000000001', '=1+1', '{"a":[1]}', 9_007_199_254_740_991, false],
      [null, null, null, null, null, null],
    ]),
  )
  assert.deepEqual(await readBack('types.parquet'), [
    {
      at: new Date(at),
      net: '-0.000000000000000000000000001',
      note: '=1+1',
      inputs: '{"a":[1]}',
      count: 9_007_199_254_740_991n,
      flag: false,
    },
    { at: null, net: null, note: null, inputs: null, count: null, flag: null },
  ])
})

test('more rows than a group: all come back in order, and their sum is exact', async () => {
  const rows = Array.from({ length: 12_345 }, (_, n): Cell[] => [
    n,
    `0.${String(n + 1).padStart(20, '0')}`,
    null,
    null,
    n,
    true,
  ])
  await writeParquet(join(folder, 'many.parquet'), COLUMNS, each(rows))
  const { row_groups } = await parquetMetadataAsync(await asyncBufferFromFile(join(folder, 'many.parquet')))
  assert.deepEqual(
    row_groups.map(({ num_rows }) => Number(num_rows)),
    [5000, 5000, 2345],
  )
  const read = await readBack('many.parquet')
  assert.deepEqual(
    read.map(({ count }) => Number(count)),
    rows.map((_, n) => n),
  )
  const expected = toDecimalString(sumDecimals(rows.map((cells) => cells[1] as DecimalString)))
  assert.equal(toDecimalString(sumDecimals(read.map(({ net }) => net as DecimalString))), expected)
  assert.equal(expected, '0.00000000000076205685')
})

test('no rows are a file with its columns', async () => {
  await writeParquet(join(folder, 'none.parquet'), COLUMNS, each([]))
  const { schema, num_rows } = await parquetMetadataAsync(await asyncBufferFromFile(join(folder, 'none.parquet')))
  assert.equal(Number(num_rows), 0)
  assert.deepEqual(
    schema.slice(1).map(({ name }) => name),
    COLUMNS.map(({ name }) => name),
  )
})
