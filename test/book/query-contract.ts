/** The part of the book's contract that is about queries: every declared shape against a model, and no other shape. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Book, Kind, Query, Write } from '#book/book.ts'
import { UndeclaredQuery } from '#book/errors.ts'
import { KINDS } from '#book/kinds.ts'
import { QUERY_SHAPES, type QueryShape, indexedFieldsOf } from '#book/queries.ts'
import type { StoreFactory } from './book-contract.ts'
import { create, put } from './rows.ts'
import { openStore } from './store-spec.ts'

type Row = Readonly<Record<string, string | number | boolean | null>>
interface Placed {
  readonly id: string
  readonly row: Row
}
type Direction = 'ascending' | 'descending'

const ROWS_PER_KIND = 36
/** More than Firestore sends in one message, and far more than any limit. */
const LARGE = 2500

export function queryContract(freshStore: StoreFactory): void {
  let book: Book
  before(async () => {
    book = await openStore(freshStore())
    for (const kind of KINDS) await book.commit(placedRows(kind).map(({ id, row }) => create(kind, id, row)))
  })
  after(() => book.close())

  for (const shape of QUERY_SHAPES) {
    const title = `${shape.kind} where (${shape.where.join(', ')}) order by ${shape.orderBy}`
    test(`${title} answers what the model answers`, async () => {
      let answered = 0
      for (const query of queriesOf(shape)) {
        const found = await book.list(shape.kind, query)
        const expected = modelAnswer(shape.kind, query)
        assert.deepEqual(
          found.map(({ id }) => id),
          expected.map(({ id }) => id),
          JSON.stringify(query),
        )
        assert.deepEqual(
          found.map(({ row }) => row as unknown),
          expected.map(({ row }) => row),
        )
        answered += found.length
      }
      assert.ok(answered > 0, 'no query of this shape found anything')
    })
  }

  test('a listed row carries the revision that load gives', async () => {
    const [listed] = await book.list('cursors', { limit: 1 })
    assert.ok(listed)
    assert.deepEqual(listed, await book.load('cursors', listed.id))
  })

  test('a row leaves the answer when it is replaced or deleted', async () => {
    const [revision] = await book.commit([
      put('orders', 'moving', { account: 'mover', working: true, positionId: 'p' }),
    ])
    assert.ok(revision)
    const query: Query<'orders'> = { where: { account: 'mover', working: true } }
    assert.equal((await book.list('orders', query)).length, 1)
    const row = { account: 'mover', working: false, positionId: 'p' }
    await book.commit([{ op: 'replace', kind: 'orders', id: 'moving', row, revision } as unknown as Write])
    assert.deepEqual(await book.list('orders', query), [])
    assert.equal((await book.list('orders', { where: { account: 'mover', working: false } })).length, 1)
    await book.commit([{ op: 'delete', kind: 'orders', id: 'moving' }])
    assert.deepEqual(await book.list('orders', { where: { account: 'mover', working: false } }), [])
  })

  test('a query of no declared shape is refused', async () => {
    await assert.rejects(book.list('positions', { where: { strategy: 'x' } }), UndeclaredQuery)
    await assert.rejects(book.list('fills', { orderBy: { field: 'price', direction: 'ascending' } }), UndeclaredQuery)
    await assert.rejects(book.list('accounts', { from: 1 }), UndeclaredQuery)
    await assert.rejects(book.list('accounts', { limit: 0 }), RangeError)
    await assert.rejects(book.list('accounts', { limit: 1.5 }), RangeError)
  })

  test('a large answer is complete', async () => {
    const numbers = Array.from({ length: LARGE }, (_, index) => index)
    for (let start = 0; start < LARGE; start += 500) {
      await book.commit(
        numbers
          .slice(start, start + 500)
          .map((at) => put('ledger', `large-${at}`, { account: 'large', at, positionId: null })),
      )
    }
    const query: Query<'ledger'> = { where: { account: 'large' }, orderBy: { field: 'at', direction: 'descending' } }
    const found = await book.list('ledger', query)
    assert.deepEqual(
      found.map(({ row }) => row.at),
      numbers.toReversed(),
    )
  })
}

/** Rows with few distinct values, so that filters hit several and orders have ties. Ids are not in order of time. */
function placedRows(kind: Kind): Placed[] {
  return Array.from({ length: ROWS_PER_KIND }, (_, index) => {
    const row: Record<string, string | number | boolean | null> = { index }
    for (const [place, field] of indexedFieldsOf(kind).entries()) row[field] = valueOf(field, index + place)
    return { id: `row-${(index * 7) % ROWS_PER_KIND}`, row }
  })
}

function valueOf(field: string, seed: number): string | number | boolean | null {
  if (['open', 'settled', 'working', 'active'].includes(field)) return seed % 2 === 0
  if (['createdAt', 'time', 'at', 'raisedAt', 'startedAt', 'receivedAt', 'placedAt', 'day'].includes(field))
    return 1000 + (seed % 10)
  return field === 'positionId' && seed % 3 === 0 ? null : `${field}-${seed % 3}`
}

function* queriesOf(shape: QueryShape): Generator<Record<string, unknown>> {
  const filters = placedRows(shape.kind)
    .slice(0, 3)
    .map(({ row }) => Object.fromEntries(shape.where.map((field) => [field, row[field]])))
  for (const where of filters) {
    if (shape.orderBy === null) {
      yield { where }
      yield { where, limit: 3 }
      continue
    }
    for (const direction of ['ascending', 'descending'] satisfies Direction[]) {
      const ordered = { where, orderBy: { field: shape.orderBy, direction } }
      yield ordered
      yield { ...ordered, from: 1003, to: 1007 }
      yield { ...ordered, from: 1004, limit: 5 }
      yield { ...ordered, to: 1004, limit: 1 }
      yield { ...ordered, from: 5000 }
    }
  }
}

function modelAnswer(kind: Kind, query: Record<string, unknown>): Placed[] {
  const { where, orderBy, from, to, limit } = query as {
    where: Row
    orderBy?: { field: string; direction: Direction }
    from?: number
    to?: number
    limit?: number
  }
  const field = orderBy?.field
  const sign = orderBy?.direction === 'descending' ? -1 : 1
  return placedRows(kind)
    .filter(({ row }) => Object.entries(where).every(([name, value]) => row[name] === value))
    .filter(
      ({ row }) => field === undefined || (Number(row[field]) >= (from ?? 0) && Number(row[field]) <= (to ?? 9999)),
    )
    .toSorted((a, b) => {
      const byField = field === undefined ? 0 : Number(a.row[field]) - Number(b.row[field])
      return sign * (byField === 0 ? (a.id < b.id ? -1 : 1) : byField)
    })
    .slice(0, limit)
}
