/** What is measured between a signal and the venue, and that measuring changes nothing that passes. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Book, Write } from '#book/book.ts'
import { openEmbeddedBook } from '#book/embedded/open.ts'
import { BookUnavailable, StaleWrite } from '#book/errors.ts'
import type { HttpOutcome } from '#brokers/http-request.ts'
import { SOCKETS } from '#brokers/transport.ts'
import type { Envelope } from '#domain/message.ts'
import { bookMetrics } from '#telemetry/metrics/book-metrics.ts'
import { stageMetrics } from '#telemetry/metrics/stage-metrics.ts'
import { venueMetrics } from '#telemetry/metrics/venue-metrics.ts'
import { observedBook } from '#telemetry/observed-book.ts'
import { observedHandlers } from '#telemetry/observed-handlers.ts'
import { observedTransport } from '#telemetry/observed-transport.ts'
import { OrderPath } from '#telemetry/order-path.ts'
import { eventually } from '#test/support/eventually.ts'
import { type StageWorker, type Tools, Unworkable } from '#workers/worker.ts'
import { Registry } from 'prom-client'

const NOW = 1_763_800_000_000
const ANSWER: HttpOutcome = { kind: 'answer', status: 200, body: '{}', serverDate: null }

/** A desk of measurements: what the venue is sent, and the text that a scraper would read. */
function measured(answers: (path: string) => HttpOutcome = () => ANSWER) {
  const registry = new Registry()
  const metrics = venueMetrics(registry)
  const rows: Readonly<Record<string, object>> = {
    'positions pos-1': { signalKey: 'sig-1' },
    'signals sig-1': { receivedAt: NOW - 250, signal: { kind: 'open' } },
  }
  const load = async (kind: string, id: string) => {
    const row = rows[`${kind} ${id}`]
    return row === undefined ? null : { id, row, revision: '1' }
  }
  const orders = new OrderPath({ metrics, book: { load } as unknown as Pick<Book, 'load'>, now: () => NOW })
  const sent: string[] = []
  const client = {
    post: async (path: string, body: string) => {
      sent.push(`${path} ${body}`)
      return answers(path)
    },
    get: async (path: string) => answers(path),
    close: async () => undefined,
  }
  const transport = observedTransport({ ...SOCKETS, http: () => client }, { venue: 'v', metrics, orders })
  return { registry, orders, sent, http: transport.http('http://venue') }
}

const sending = (changes: object): Write =>
  ({
    op: 'replace',
    kind: 'intents',
    id: 'i',
    revision: '1',
    row: { state: 'sending', positionId: 'pos-1', event: 'entry', request: { body: 'signed' }, ...changes },
  }) as unknown as Write

const series = async (registry: Registry, name: string): Promise<string[]> =>
  (await registry.metrics()).split('\n').filter((line) => line.startsWith(name) && !line.includes('_bucket'))

test('an entry is measured from its signal to its first byte and from there to the answer, once', async () => {
  const { registry, orders, http, sent } = measured()
  const write = sending({})
  assert.ok(write.op === 'replace' && write.kind === 'intents')
  orders.sending(write.row)
  assert.deepEqual(await http.post('/exchange', 'signed', 1000), ANSWER)
  await eventually(async () => (await series(registry, 'truebook_signal_to_first_byte_seconds_count')).length === 1)
  assert.deepEqual(await series(registry, 'truebook_signal_to_first_byte_seconds'), [
    'truebook_signal_to_first_byte_seconds_sum{venue="v",signal="open"} 0.25',
    'truebook_signal_to_first_byte_seconds_count{venue="v",signal="open"} 1',
  ])
  // The same bytes again: a question about the first ones, not another order.
  await http.post('/exchange', 'signed', 1000)
  assert.deepEqual(await series(registry, 'truebook_first_byte_to_ack_seconds_count'), [
    'truebook_first_byte_to_ack_seconds_count{venue="v",event="entry"} 1',
  ])
  assert.deepEqual(sent, ['/exchange signed', '/exchange signed'])
})

test('an order without an answer has no acknowledgement; other requests are no orders', async () => {
  const { registry, orders, http } = measured(() => ({ kind: 'lost', detail: 'reset' }))
  const write = sending({ event: 'exit' })
  assert.ok(write.op === 'replace' && write.kind === 'intents')
  orders.sending(write.row)
  await http.post('/exchange', 'signed', 1000)
  await http.post('/info', 'question', 1000)
  assert.deepEqual(await series(registry, 'truebook_first_byte_to_ack_seconds_count'), [])
  assert.deepEqual(await series(registry, 'truebook_venue_requests_total'), [
    'truebook_venue_requests_total{venue="v",endpoint="/exchange",outcome="lost"} 1',
    'truebook_venue_requests_total{venue="v",endpoint="/info",outcome="lost"} 1',
  ])
})

test('requests count by endpoint without their query, and by how they ended', async () => {
  const status = (path: string): number => (path.startsWith('/a') ? 429 : path.startsWith('/b') ? 503 : 400)
  const { registry, http } = measured((path) => ({ ...ANSWER, status: status(path) }))
  for (const path of ['/a?account=7', '/a?account=8', '/b', '/c']) await http.get(path, 1000)
  assert.deepEqual(await series(registry, 'truebook_venue_requests_total'), [
    'truebook_venue_requests_total{venue="v",endpoint="/a",outcome="429"} 2',
    'truebook_venue_requests_total{venue="v",endpoint="/b",outcome="5xx"} 1',
    'truebook_venue_requests_total{venue="v",endpoint="/c",outcome="4xx"} 1',
  ])
})

test('endpoints without end are one series', async () => {
  const { registry, http } = measured()
  for (let index = 0; index < 500; index++) await http.get(`/order/${index}`, 1000)
  assert.ok((await series(registry, 'truebook_venue_requests_total')).length < 100)
  assert.match(await registry.metrics(), /endpoint="other",outcome="2xx"\} 436/)
})

test('commits count with what they decided; those that change nothing by why, and their error passes on', async () => {
  const plain = await openEmbeddedBook({ file: ':memory:' })
  try {
    const registry = new Registry()
    const noted: string[] = []
    const orders = { sending: ({ positionId }: { positionId: string }) => void noted.push(positionId) }
    let failure: Error | null = null
    const breaking: Book = {
      ...plain,
      load: (kind, id) => plain.load(kind, id),
      loadMany: (kind, ids) => plain.loadMany(kind, ids),
      list: (kind, query) => plain.list(kind, query),
      close: () => plain.close(),
      commit: async () => {
        if (failure !== null) throw failure
        return []
      },
    }
    const observer = { metrics: bookMetrics(registry), orders: orders as unknown as OrderPath, tracer: null }
    const book = observedBook(breaking, observer)
    const outcome = { result: 'denied', gate: 'exposure', detail: 'd' }
    await book.commit([
      { op: 'create', kind: 'signals', id: 's', row: { signal: { kind: 'open' } } },
      { op: 'create', kind: 'processed', id: 'p', row: { stage: 'route', outcome } },
      { op: 'create', kind: 'processed', id: 'q', row: { stage: 'close', outcome } },
      sending({}),
    ] as unknown as Write[])
    assert.deepEqual(noted, ['pos-1'])
    for (const error of [new StaleWrite('positions', 'x'), new BookUnavailable('away'), new Error('a bug')]) {
      failure = error
      await assert.rejects(book.commit([sending({})]), (thrown) => thrown === error)
    }
    assert.deepEqual(noted, ['pos-1'], 'a commit that changed nothing sends nothing')
    assert.deepEqual(await series(registry, 'truebook_book_commit_failures_total'), [
      'truebook_book_commit_failures_total{reason="stale"} 1',
      'truebook_book_commit_failures_total{reason="unavailable"} 1',
      'truebook_book_commit_failures_total{reason="other"} 1',
    ])
    assert.deepEqual(await series(registry, 'truebook_signals_'), [
      'truebook_signals_accepted_total{kind="open"} 1',
      'truebook_signals_decided_total{result="denied",gate="exposure"} 1',
    ])
    assert.match(await registry.metrics(), /^truebook_book_commit_seconds_count 1$/m)
  } finally {
    await plain.close()
  }
})

test('runs of a stage count by how they ended; what a worker says or throws passes on', async () => {
  const registry = new Registry()
  const verdict = { kind: 'again', afterMs: 5, detail: 'later' } as const
  const failure = new Error('venue away')
  const handlers: Readonly<Record<'route' | 'place' | 'close', StageWorker>> = {
    route: async () => verdict,
    place: async () => Promise.reject(failure),
    close: async () => Promise.reject(new Unworkable('no intent')),
  }
  const observed = observedHandlers(handlers, { metrics: stageMetrics(registry), tracer: null })
  const [envelope, tools] = [{} as Envelope, {} as Tools]
  assert.equal(await observed.route(envelope, tools), verdict)
  await assert.rejects(observed.place(envelope, tools), (thrown) => thrown === failure)
  await assert.rejects(observed.close(envelope, tools), Unworkable)
  assert.deepEqual(
    (await series(registry, 'truebook_stage_run_seconds_count')).map((line) => /\{(.*)\}/.exec(line)?.[1]),
    ['stage="route",result="again"', 'stage="place",result="error"', 'stage="close",result="unworkable"'],
  )
})
