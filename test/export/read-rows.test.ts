/** Every row once, in order of time over all accounts, page by page; only what was asked for. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Book, Write } from '#book/book.ts'
import { openEmbeddedBook } from '#book/embedded/open.ts'
import { newAccountRow } from '#domain/account.ts'
import { type DecimalString, decimalString } from '#domain/decimal.ts'
import type { LedgerRow } from '#domain/records.ts'
import type { Cell } from '#export/column.ts'
import { DATASETS, DATASET_NAMES, type DatasetName } from '#export/datasets.ts'
import { readRows, type Wanted } from '#export/read-rows.ts'
import { EXPORT_NAMES } from '#cli/export-declaration.ts'
import { liveOnce } from '#test/audit/whole-life.ts'
import { NOW } from '#test/domain/samples.ts'

const ALL = { account: null, from: null, to: null }

async function rows(
  book: Book,
  wanted: Partial<Wanted> & { readonly dataset: DatasetName },
): Promise<(readonly Cell[])[]> {
  const found: (readonly Cell[])[] = []
  for await (const cells of readRows(book, { ...ALL, ...wanted })) found.push(cells)
  return found
}

function cellsOf(name: DatasetName, found: readonly (readonly Cell[])[], column: string): Cell[] {
  const place = DATASETS[name].columns.findIndex((one) => one.name === column)
  assert.ok(place >= 0, column)
  return found.map((cells) => cells[place] ?? null)
}

function ledgerRow(account: string, n: number, at: number): LedgerRow {
  const net = decimalString(`0.${String(n).padStart(12, '0')}1`)
  const zero = '0' as DecimalString
  return {
    ledgerId: `ledger-${account}-${String(n).padStart(5, '0')}`,
    account,
    kind: 'funding',
    instrument: null,
    positionId: null,
    gross: net,
    fees: zero,
    net,
    evidence: [],
    at,
  }
}

/** Two accounts with so many rows each, many of them in the same millisecond. */
async function twoAccounts(count: number): Promise<Book> {
  const book = await openEmbeddedBook({ file: ':memory:' })
  for (const account of ['alpha', 'beta']) {
    const writes: Write[] = Array.from({ length: count }, (_, n) => {
      const row = ledgerRow(account, n, NOW + Math.floor(n / 250) * 10 + (account === 'beta' ? 5 : 0))
      return { op: 'create', kind: 'ledger', id: row.ledgerId, row }
    })
    writes.push({ op: 'create', kind: 'accounts', id: account, row: newAccountRow(account, 'hyperliquid', NOW) })
    await book.commit(writes)
  }
  return book
}

test('the command line names the datasets that there are', () => {
  assert.deepEqual([...EXPORT_NAMES], [...DATASET_NAMES])
  assert.deepEqual(Object.keys(DATASETS), [...DATASET_NAMES])
})

test('more rows than a page, with ties larger than a page, are read once each and in order of time over all accounts', async () => {
  const book = await twoAccounts(1001)
  const found = await rows(book, { dataset: 'ledger' })
  const ids = cellsOf('ledger', found, 'ledger_id')
  assert.equal(ids.length, 2002)
  assert.equal(new Set(ids).size, 2002)
  const times = cellsOf('ledger', found, 'at').map(Number)
  assert.deepEqual(
    times,
    times.toSorted((a, b) => a - b),
  )
  assert.deepEqual(new Set(cellsOf('ledger', found, 'account')), new Set(['alpha', 'beta']))
  await book.close()
})

test('bounds are inclusive, and an account is alone', async () => {
  const book = await twoAccounts(600)
  const found = await rows(book, { dataset: 'ledger', account: 'beta', from: NOW + 15, to: NOW + 15 })
  assert.equal(found.length, 250)
  assert.deepEqual(new Set(cellsOf('ledger', found, 'account')), new Set(['beta']))
  assert.deepEqual(new Set(cellsOf('ledger', found, 'at')), new Set([NOW + 15]))
  await book.close()
})

test('nothing is read ahead of whoever writes: after the first row only the first pages were asked for', async () => {
  const book = await twoAccounts(1001)
  const limits: number[] = []
  const watched: Book = {
    load: (kind, id) => book.load(kind, id),
    loadMany: (kind, ids) => book.loadMany(kind, ids),
    commit: (writes) => book.commit(writes),
    close: () => book.close(),
    async list(kind, query) {
      if (kind === 'ledger') limits.push(query.limit ?? Infinity)
      return await book.list(kind, query)
    },
  }
  for await (const _ of readRows(watched, { ...ALL, dataset: 'ledger' })) break
  assert.deepEqual(limits, [200, 200])
  await book.close()
})

test('a life is exported: its records, its position, its ledger row and its fills agree', async () => {
  const book = await openEmbeddedBook({ file: ':memory:' })
  await using desk = await liveOnce(book)
  const position = await desk.position()
  const positions = await rows(book, { dataset: 'positions' })
  const [net] = cellsOf('positions', positions, 'net')
  assert.equal(net, position.realised?.net)
  assert.deepEqual(cellsOf('ledger', await rows(book, { dataset: 'ledger' }), 'net'), [net])
  assert.equal((await rows(book, { dataset: 'fills' })).length, 2)
  const records = await rows(book, { dataset: 'audit' })
  const named = await rows(book, { dataset: 'audit', account: 'account' })
  assert.ok(records.length > 10)
  assert.deepEqual(named, records)
  assert.deepEqual(await rows(book, { dataset: 'audit', account: 'other' }), [])
})

test('every dataset is ordered by a column that is exported, and no name is given twice', () => {
  for (const name of DATASET_NAMES) {
    const names = DATASETS[name].columns.map((one) => one.name)
    assert.equal(new Set(names).size, names.length, name)
    assert.ok(names.includes(DATASETS[name].orderBy.replace('At', '_at')), name)
  }
})
