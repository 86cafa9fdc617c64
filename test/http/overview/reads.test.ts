/** What operators read over HTTP: the first screen, a position's whole story, orders, ledger, records, latency. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openEmbeddedBook } from '#book/embedded/open.ts'
import type {
  AlertAnswer,
  AuditAnswer,
  LatencyAnswer,
  LedgerAnswer,
  OrdersAnswer,
  OverviewAnswer,
  PositionAnswer,
} from '#http/overview-wire.ts'
import type { ErrorAnswer } from '#http/wire.ts'
import { put } from '#test/book/rows.ts'
import { LIFE, liveOnce } from '#test/audit/whole-life.ts'
import { GATES } from '#test/domain/samples.ts'
import { type HttpFixture, OPERATOR_TOKEN, SIGNAL_TOKEN, bearer, startHttp } from '../http-fixture.ts'

const ACCOUNT = 'account'

/** A server on the book of a position that was accepted, entered, adjusted, closed and booked. */
async function aWholeLife(): Promise<HttpFixture> {
  const book = await openEmbeddedBook({ file: ':memory:' })
  const desk = await liveOnce(book)
  await desk.sweep()
  return await startHttp({
    book,
    accountIds: [ACCOUNT],
    seats: [{ id: ACCOUNT, venue: 'hyperliquid', site: null, gates: GATES }],
  })
}

async function read<T>(http: HttpFixture, url: string): Promise<T> {
  const answer = await http.server.fastify.inject({ url, headers: bearer(OPERATOR_TOKEN) })
  assert.equal(answer.statusCode, 200, answer.body)
  return answer.json<T>()
}

test('the overview holds every account with its last sweep, and the switch that nobody touched', async () => {
  await using http = await aWholeLife()
  const { mode, accounts, trading, dead_jobs: dead, workers } = await read<OverviewAnswer>(http, '/v1/overview')
  assert.deepEqual([mode, dead, workers], ['paper', 0, null])
  assert.deepEqual(
    trading.map(({ scope, trading_enabled: enabled }) => [scope, enabled]),
    [['global', true]],
  )
  const [account] = accounts
  assert.deepEqual([account?.id, account?.sides, account?.last_sweep?.complete], [ACCOUNT, [], true])
  assert.equal(typeof account?.broker_as_of, 'number')
})

test('a venue that fails for many sweeps keeps the age of the last look that saw it', async () => {
  await using http = await startHttp()
  const sweep = (at: number, more: object) =>
    put('sweeps', `sweep-${at}`, { account: 'alpha', startedAt: at, finishedAt: at, findings: [], detail: '', ...more })
  await http.book.commit([
    sweep(100, { complete: true, compared: [], brokerAsOf: 99 }),
    ...Array.from({ length: 9 }, (_, index) => sweep(200 + index, { complete: false })),
  ])
  const alpha = async () => (await read<OverviewAnswer>(http, '/v1/overview')).accounts[0]
  for (const look of ['from the book', 'remembered']) assert.equal((await alpha())?.broker_as_of, 99, look)
  assert.equal((await alpha())?.last_sweep?.complete, false)
})

test('a position is told from signal to ledger row, in order, and never shows what was signed', async () => {
  await using http = await aWholeLife()
  const answer = await read<PositionAnswer>(http, `/v1/positions/${LIFE}`)
  const what = answer.events.map((event) => event.what)
  for (const one of ['decision', 'intent', 'sent', 'evidence', 'order', 'fill', 'ledger'] as const)
    assert.ok(what.includes(one), `Expected ${one}, saw ${what.join()}`)
  const times = answer.events.map(({ at }) => at)
  assert.deepEqual(
    times,
    times.toSorted((a, b) => a - b),
  )
  assert.deepEqual([answer.broken, answer.position?.state], [null, 'closed'])
  assert.ok(answer.events.filter((event) => event.what === 'fill').every(({ ours }) => ours))
  assert.doesNotMatch(JSON.stringify(answer), /"body":/)
  const none = await http.server.fastify.inject({ url: '/v1/positions/pos-none', headers: bearer(OPERATOR_TOKEN) })
  assert.equal(none.statusCode, 404)
})

test('an alert is found by its id, also when it has ended', async () => {
  await using http = await startHttp()
  await http.book.commit([
    put('alerts', 'alert-1', { alertId: 'alert-1', active: false, raisedAt: 1, positionId: null }),
  ])
  assert.equal((await read<AlertAnswer>(http, '/v1/alerts/alert-1')).alert.alertId, 'alert-1')
  const none = await http.server.fastify.inject({ url: '/v1/alerts/alert-2', headers: bearer(OPERATOR_TOKEN) })
  assert.deepEqual([none.statusCode, none.json<ErrorAnswer>().error.message], [404, 'There is no alert alert-2.'])
})

test('orders, ledger and records are lists with bounds; strategies are those of the positions behind the rows', async () => {
  await using http = await aWholeLife()
  const { unsettled } = await read<OrdersAnswer>(http, '/v1/orders')
  assert.deepEqual(
    unsettled.map(({ event, request }) => [event, request]),
    [['cancel', null]],
  )
  assert.ok((await read<OrdersAnswer>(http, '/v1/orders?state=all')).orders.length > 0)
  const { ledger } = await read<LedgerAnswer>(http, '/v1/ledger')
  const realised = ledger.find(({ kind }) => kind === 'realised')
  assert.deepEqual([realised?.positionId, realised?.strategy], [LIFE, 'test'])
  assert.equal((await read<LedgerAnswer>(http, '/v1/ledger?strategy=other')).ledger.length, 0)
  assert.equal((await read<LedgerAnswer>(http, `/v1/ledger?to=${(realised?.at ?? 0) - 1}`)).ledger.length, 0)
  const { records } = await read<AuditAnswer>(http, `/v1/audit?subject=${LIFE}&limit=2`)
  assert.deepEqual(
    records.map(({ subject }) => subject),
    [LIFE, LIFE],
  )
  const wrong = await http.server.fastify.inject({ url: '/v1/orders?limit=0', headers: bearer(OPERATOR_TOKEN) })
  assert.equal(wrong.statusCode, 400)
  assert.match(wrong.json<ErrorAnswer>().error.message, /limit/)
})

test('latency is measured from the rows of the book', async () => {
  await using http = await aWholeLife()
  const { venues } = await read<LatencyAnswer>(http, '/v1/latency')
  assert.deepEqual(
    venues.map(({ venue, entries }) => [venue, entries]),
    [['hyperliquid', 1]],
  )
  assert.equal(typeof venues[0]?.signal_to_sent.p50, 'number')
})

test('signal senders read none of it', async () => {
  await using http = await aWholeLife()
  for (const url of [
    '/v1/overview',
    `/v1/positions/${LIFE}`,
    '/v1/orders',
    '/v1/ledger',
    '/v1/latency',
    '/v1/events',
  ]) {
    const answer = await http.server.fastify.inject({ url, headers: bearer(SIGNAL_TOKEN) })
    assert.equal(answer.statusCode, 403, url)
  }
})

test('the console is a page and files that hold no data, cached for ever by their content', async () => {
  await using http = await startHttp()
  const page = await http.server.fastify.inject({ url: '/' })
  assert.deepEqual([page.statusCode, page.headers['cache-control']], [200, 'no-cache'])
  assert.match(String(page.headers['content-security-policy']), /default-src 'none'.*script-src 'self'/)
  assert.doesNotMatch(String(page.headers['content-security-policy']), /unsafe/)
  assert.match(page.body, /<html lang="en" data-mode="paper">/)
  const names = [...page.body.matchAll(/\/assets\/[\w.-]+/g)].map(([name]) => name)
  assert.deepEqual(names.map((name) => name.split('.').at(-1) ?? '').toSorted(), ['css', 'js', 'svg'])
  for (const url of names) {
    const asset = await http.server.fastify.inject({ url })
    assert.deepEqual([asset.statusCode, asset.headers['cache-control']], [200, 'public, max-age=31536000, immutable'])
  }
  assert.equal((await http.server.fastify.inject({ url: '/assets/console-old.js' })).statusCode, 404)
})

test('the console is small', async () => {
  const { gzipSync } = await import('node:zlib')
  const { bundleConsole } = await import('#http/console-bundle.ts')
  // Both at once: neither ends the bundler under the other.
  const [{ assets }] = await Promise.all([bundleConsole('live'), bundleConsole('paper')])
  const bytes = [...assets.values()].reduce((sum, { body }) => sum + gzipSync(body).length, 0)
  assert.ok(bytes < 60_000, `Expected less than 60 kB, saw ${bytes} bytes.`)
})
