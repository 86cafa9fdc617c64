/** What the board shows of the book: each number from its rows, and nothing invented where there is none. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BookUnavailable } from '#book/errors.ts'
import type { Book } from '#book/book.ts'
import { openEmbeddedBook } from '#book/embedded/open.ts'
import { type AccountRows, type BookRows, readingsOf } from '#telemetry/metrics/book-readings.ts'
import { bookGauges } from '#telemetry/metrics/book-gauges.ts'
import { bookReader } from '#telemetry/metrics/read-book.ts'
import { Registry } from 'prom-client'

const NOW = 1_763_800_000_000
const NOTHING: AccountRows = { account: 'a', row: null, equity: null, sweep: null, unsettled: [], open: [] }
const rows = (account: Partial<Record<keyof AccountRows, unknown>>): BookRows => ({
  accounts: [{ ...NOTHING, ...account } as AccountRows],
  alerts: [],
  outbox: [],
  control: new Map(),
})
const reading = (account: Partial<Record<keyof AccountRows, unknown>>) => {
  const [first] = readingsOf(rows(account), NOW).accounts
  assert.ok(first !== undefined)
  return first
}

test('an account without rows is active, and its equity, sweep and remainder are not known', () => {
  assert.deepEqual(reading({}), {
    account: 'a',
    state: 'active',
    locks: 0,
    drift: new Map(),
    brokerEquity: null,
    unexplained: null,
    sweepAge: null,
    sweepComplete: null,
    unknownOrders: 0,
    oldestUnknown: 0,
    open: 0,
    naked: 0,
    longestNaked: 0,
  })
})

test('unexplained equity that is unknown is not 0', () => {
  const known = reading({ equity: { brokerEquity: '1000.5', unexplained: '-0.25' } })
  assert.deepEqual([known.brokerEquity, known.unexplained], [1000.5, -0.25])
  assert.equal(reading({ equity: { brokerEquity: '1000.5', unexplained: null } }).unexplained, null)
})

test('drift, locks and state are counted; a sweep that could not read everything says so', () => {
  const { drift, locks, state, sweepAge, sweepComplete } = reading({
    row: { state: 'quarantined', locks: { '*': {}, 'BTC-PERP': {} } },
    sweep: {
      finishedAt: NOW - 4_000,
      complete: false,
      findings: [{ kind: 'size-drift' }, { kind: 'size-drift' }, { kind: 'orphan' }],
    },
  })
  assert.deepEqual(
    [...drift],
    [
      ['size-drift', 2],
      ['orphan', 1],
    ],
  )
  assert.deepEqual([locks, state, sweepAge, sweepComplete], [2, 'quarantined', 4, false])
})

test('only orders whose outcome is unknown count, by when they were sent; a clock ahead of ours makes no negative age', () => {
  const { unknownOrders, oldestUnknown } = reading({
    unsettled: [
      { state: 'unknown', sentAt: NOW - 9_000, createdAt: NOW - 20_000 },
      { state: 'unknown', sentAt: NOW + 5_000, createdAt: NOW },
      { state: 'ready', sentAt: null, createdAt: NOW - 60_000 },
    ],
  })
  assert.deepEqual([unknownOrders, oldestUnknown], [2, 9])
})

test('naked time is that of the position that has stood longest without a stop', () => {
  const { open, naked, longestNaked } = reading({
    open: [{ nakedSince: null }, { nakedSince: NOW - 3_000 }, { nakedSince: NOW - 12_500 }],
  })
  assert.deepEqual([open, naked, longestNaked], [3, 2, 12.5])
})

test('alerts count by severity and whether somebody has seen them; debts by stage; switches by scope', () => {
  const alert = (severity: string, acknowledged?: object | null) => ({ severity, acknowledged })
  const readings = readingsOf(
    {
      ...rows({}),
      alerts: [alert('critical'), alert('critical', null), alert('critical', { by: 'x' }), alert('info')],
      outbox: [
        { stage: 'place', createdAt: NOW - 5_000 },
        { stage: 'place', createdAt: NOW - 1_000 },
      ],
      control: new Map([['account.a', { tradingEnabled: false }]]),
    } as unknown as BookRows,
    NOW,
  )
  assert.deepEqual(readings.alerts.get('critical'), { acknowledged: 1, unacknowledged: 2 })
  assert.deepEqual(readings.alerts.get('warning'), { acknowledged: 0, unacknowledged: 0 })
  assert.deepEqual(readings.outbox.get('place'), { rows: 2, oldest: 5 })
  assert.deepEqual(readings.outbox.get('close'), { rows: 0, oldest: 0 })
  assert.deepEqual(
    [...readings.trading],
    [
      ['global', true],
      ['account.a', false],
    ],
  )
})

test('all gauges of one scrape, and several scrapers, share one read; a later scrape reads again', async () => {
  await using book = Object.assign(await openEmbeddedBook({ file: ':memory:' }), {
    [Symbol.asyncDispose]: async () => await book.close(),
  })
  let asked = 0
  let now = NOW
  const counting: Pick<Book, 'load' | 'loadMany' | 'list'> = {
    load: (kind, id) => book.load(kind, id),
    loadMany: (kind, ids) => book.loadMany(kind, ids),
    list: (kind, query) => {
      asked += 1
      assert.ok(query.limit !== undefined, `an unbounded query on ${kind}`)
      return book.list(kind, query)
    },
  }
  const registry = new Registry()
  bookGauges(registry, bookReader({ book: counting, accountIds: ['a', 'b'], now: () => now }))
  await Promise.all([registry.metrics(), registry.metrics()])
  const once = asked
  assert.ok(once > 0)
  assert.match(await registry.metrics(), /^truebook_book_up 1$/m)
  assert.equal(asked, once)
  now += 60_000
  await registry.metrics()
  assert.equal(asked, 2 * once)
})

test('a book that does not answer is told as such, and all that it would say is absent', async () => {
  const away = (): Promise<never> => Promise.reject(new BookUnavailable('away'))
  const registry = new Registry()
  const view = { book: { load: away, loadMany: away, list: away }, accountIds: ['a'], now: () => NOW }
  bookGauges(registry, bookReader(view))
  const series = (await registry.metrics()).split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  assert.deepEqual(series, ['truebook_book_up 0'])
})
