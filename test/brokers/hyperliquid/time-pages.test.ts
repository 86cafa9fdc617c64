/** Paging to completion over lists that are cut at either end. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { BrokerUnavailable } from '#brokers/errors.ts'
import { type Interval, type PageSource, readAllPages } from '#brokers/hyperliquid/time-pages.ts'

interface Row {
  readonly id: string
  readonly time: number
}
const PAGE = 5

/** A venue list that answers at most a page, keeping its oldest or its newest rows. */
function listOf(rows: readonly Row[], keeps: 'oldest' | 'newest'): PageSource<Row> & { readonly asked: Interval[] } {
  const asked: Interval[] = []
  return {
    name: 'rows',
    asked,
    pageSize: PAGE,
    timeOf: (row) => row.time,
    idOf: (row) => row.id,
    fetch: (interval) => {
      asked.push(interval)
      const inside = rows.filter((row) => row.time >= interval.from && row.time <= interval.through)
      return Promise.resolve(keeps === 'oldest' ? inside.slice(0, PAGE) : inside.slice(-PAGE))
    },
  }
}

const rowsOf = (times: readonly number[]): Row[] =>
  times.toSorted((a, b) => a - b).map((time, index) => ({ id: `r${index}`, time }))

test('B1: every row of the interval arrives once, in time order, whichever end the venue cuts', async () => {
  // At most four rows share a ms here, so that a page can always be made small enough.
  const counts = fc.array(fc.integer({ min: 0, max: PAGE - 1 }), { maxLength: 40 })
  await fc.assert(
    fc.asyncProperty(counts, fc.constantFrom('oldest' as const, 'newest' as const), async (perMs, keeps) => {
      const rows = rowsOf(perMs.flatMap((count, time) => Array.from({ length: count }, () => time)))
      const read = await readAllPages(listOf(rows, keeps), { from: 0, through: 50 })
      assert.deepEqual(new Set(read.rows.map((row) => row.id)), new Set(rows.map((row) => row.id)))
      assert.equal(read.rows.length, rows.length)
      assert.deepEqual(
        read.rows.map((row) => row.time),
        rows.map((row) => row.time),
      )
    }),
  )
})

test('rows of one ms keep the venue order across a page border', async () => {
  const rows = rowsOf([1, 2, 3, 4, 4, 4, 4, 5, 6])
  const read = await readAllPages(listOf(rows, 'oldest'), { from: 0, through: 9 })
  assert.deepEqual(read.rows, rows)
})

test('B3: more rows in one ms than a page holds is unavailable, not a short list', async () => {
  const rows = rowsOf([1, 7, 7, 7, 7, 7, 7, 9])
  for (const keeps of ['oldest', 'newest'] as const) {
    await assert.rejects(readAllPages(listOf(rows, keeps), { from: 0, through: 10 }), (error) => {
      assert.ok(error instanceof BrokerUnavailable)
      assert.match(error.message, /one millisecond 7/)
      return true
    })
  }
})

test('a page that is not full ends the reading after one request', async () => {
  const source = listOf(rowsOf([1, 2, 3, 4]), 'oldest')
  assert.deepEqual(await readAllPages(source, { from: 0, through: 10 }), { rows: rowsOf([1, 2, 3, 4]), pages: 1 })
  assert.deepEqual(source.asked, [{ from: 0, through: 10 }])
})

test('a row outside of what was asked for is unavailable', async () => {
  const source = { ...listOf([], 'oldest'), fetch: () => Promise.resolve([{ id: 'x', time: 11 }]) }
  await assert.rejects(readAllPages(source, { from: 0, through: 10 }), BrokerUnavailable)
})

test('a page that fails fails the reading', async () => {
  const source = { ...listOf([], 'oldest'), fetch: () => Promise.reject(new BrokerUnavailable('HTTP 502')) }
  await assert.rejects(readAllPages(source, { from: 0, through: 10 }), BrokerUnavailable)
})
