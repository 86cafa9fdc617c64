/** POST /v1/signals: durable before acknowledged, once, and every refusal says what was wrong. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Book } from '#book/book.ts'
import { BookUnavailable } from '#book/errors.ts'
import type { ErrorAnswer, SignalAnswer } from '#http/wire.ts'
import {
  bearer,
  type HttpFixture,
  openSignal,
  OPERATOR_TOKEN,
  SCOPED_TOKEN,
  SETTINGS,
  SIGNAL_TOKEN,
  startHttp,
} from './http-fixture.ts'

async function post(
  http: HttpFixture,
  payload: unknown,
  token = SIGNAL_TOKEN,
): Promise<{ status: number; body: unknown }> {
  const body = typeof payload === 'string' ? payload : JSON.stringify(payload)
  const headers = { ...bearer(token), 'content-type': 'application/json' }
  const answer = await http.server.fastify.inject({ method: 'POST', url: '/v1/signals', headers, payload: body })
  return { status: answer.statusCode, body: answer.json() }
}

function errorOf(answer: { body: unknown }): ErrorAnswer['error'] {
  return (answer.body as ErrorAnswer).error
}

test('an accepted signal is in the book, queued for every routed account, and pending', async () => {
  await using http = await startHttp()
  const { status, body } = await post(http, openSignal())
  const answer = body as SignalAnswer
  assert.equal(status, 202)
  assert.deepEqual(
    answer.accounts.map((entry) => [entry.account, entry.status]),
    [
      ['alpha', 'pending'],
      ['beta', 'pending'],
    ],
  )
  assert.equal((await http.book.load('signals', answer.signal_key))?.row.signal.signal_id, 's-1')
  assert.deepEqual(
    http.enqueued.map((envelope) => envelope.position_id),
    answer.accounts.map((entry) => entry.position_id),
  )
})

test('A23: a repeat answers 200 with the first outcome and queues nothing', async () => {
  await using http = await startHttp()
  const first = (await post(http, openSignal())).body as SignalAnswer
  const position = first.accounts[0]!
  const outcome = { result: 'denied', detail: 'too many', gate: 'max-positions', limit: '1', observed: '1' } as const
  const processed = {
    idempotencyKey: http.enqueued[0]!.idempotency_key,
    stage: 'route',
    account: position.account,
    positionId: http.enqueued[0]!.position_id,
    outcome,
    at: http.now,
  } as const
  await http.book.commit([{ op: 'create', kind: 'processed', id: processed.idempotencyKey, row: processed }])
  const { status, body } = await post(http, openSignal())
  const repeat = body as SignalAnswer
  assert.equal(status, 200)
  assert.deepEqual(repeat.accounts[0], {
    account: 'alpha',
    position_id: position.position_id,
    status: 'denied',
    detail: 'too many',
    gate: 'max-positions',
    limit: '1',
    observed: '1',
  })
  assert.equal(http.enqueued.length, 2)
  const read = await http.server.fastify.inject({
    url: `/v1/signals/${first.signal_key}`,
    headers: bearer(SIGNAL_TOKEN),
  })
  assert.deepEqual(read.json(), repeat)
})

test('A16: the same id with other content is a conflict and changes nothing', async () => {
  await using http = await startHttp()
  await post(http, openSignal())
  const answer = await post(http, openSignal({ side: 'short' }))
  assert.equal(answer.status, 409)
  assert.equal(errorOf(answer).code, 'conflict')
  assert.equal(http.enqueued.length, 2)
})

test('A23: twenty simultaneous sendings of one signal are accepted once', async () => {
  await using http = await startHttp()
  const answers = await Promise.all(Array.from({ length: 20 }, () => post(http, openSignal())))
  assert.deepEqual(
    answers.map((answer) => answer.status).toSorted((a, b) => a - b),
    [...Array.from({ length: 19 }, () => 200), 202],
  )
  assert.equal(http.enqueued.length, 2)
})

test('a mistake names its path, what was expected and what was seen; nothing is stored', async () => {
  await using http = await startHttp()
  const cases: [Record<string, unknown>, string, RegExp, RegExp][] = [
    [openSignal({ size: { type: 'contracts', value: 0.5 } }), 'size.value', /text in quotes/, /the number 0\.5/],
    [openSignal({ size: { type: 'contracts', value: '-1' } }), 'size.value', /positive plain decimal/, /"-1"/],
    [openSignal({ size: { type: 'contract', value: '1' } }), 'size.type', /one of "contracts"/, /"contract"/],
    [openSignal({ kind: 'opne' }), 'kind', /one of "open"/, /"opne"/],
    [openSignal({ sides: 'long' }), 'sides', /did you mean "side"/, /unknown key "sides"/],
    [openSignal({ ts: undefined }), 'ts', /a number/, /nothing/],
    [openSignal({ accounts: ['gamma'] }), '', /^$/, /^$/],
  ]
  for (const [signal, path, expected, seen] of cases) {
    const answer = await post(http, signal)
    assert.equal(answer.status, 400, JSON.stringify(answer.body))
    if (path === '') {
      assert.match(errorOf(answer).message, /expected only configured accounts \(alpha, beta\), saw gamma/)
      continue
    }
    assert.equal(errorOf(answer).path, path)
    assert.match(errorOf(answer).expected ?? '', expected)
    assert.match(errorOf(answer).seen ?? '', seen)
  }
  assert.deepEqual(await http.book.list('signals', { orderBy: { field: 'receivedAt', direction: 'ascending' } }), [])
})

test('a body that is no JSON, too large or of another type is refused with its own status', async () => {
  await using http = await startHttp()
  assert.equal((await post(http, '{"kind":')).status, 400)
  assert.equal((await post(http, openSignal({ source: 'x'.repeat(70_000) }))).status, 413)
  const form = { ...bearer(SIGNAL_TOKEN), 'content-type': 'application/x-www-form-urlencoded' }
  const answer = await http.server.fastify.inject({
    method: 'POST',
    url: '/v1/signals',
    headers: form,
    payload: 'kind=open',
  })
  assert.equal(answer.statusCode, 415)
})

test('a token signals only for its strategies, and reads only their outcomes', async () => {
  await using http = await startHttp()
  const refused = await post(http, openSignal(), SCOPED_TOKEN)
  assert.equal(refused.status, 403)
  assert.equal(errorOf(refused).path, 'strategy')
  const own = await post(http, openSignal({ strategy: 'carry', signal_id: 's-2' }), SCOPED_TOKEN)
  assert.equal(own.status, 202)
  const foreign = (await post(http, openSignal())).body as SignalAnswer
  const read = await http.server.fastify.inject({
    url: `/v1/signals/${foreign.signal_key}`,
    headers: bearer(SCOPED_TOKEN),
  })
  assert.equal(read.statusCode, 404)
})

test('only the operator flattens', async () => {
  await using http = await startHttp()
  const flatten = {
    kind: 'flatten',
    signal_id: 'f-1',
    source: 'desk',
    strategy: 'trend',
    ts: http.now,
    reason: 'end of day',
  }
  assert.equal((await post(http, flatten)).status, 403)
  assert.equal((await post(http, flatten, OPERATOR_TOKEN)).status, 202)
})

test('while the book is down nothing is acknowledged: 503, and the same signal is accepted later', async () => {
  await using real = await startHttp()
  let down = true
  const flaky: Book = {
    load: (kind, id) => real.book.load(kind, id),
    loadMany: (kind, ids) => real.book.loadMany(kind, ids),
    list: (kind, query) => real.book.list(kind, query),
    commit: async (writes) => {
      if (down) throw new BookUnavailable('planted outage of /secret/path')
      return await real.book.commit(writes)
    },
    close: async () => {},
  }
  await using http = await startHttp({ book: flaky })
  const refused = await post(http, openSignal())
  assert.equal(refused.status, 503)
  assert.equal(errorOf(refused).code, 'unavailable')
  assert.doesNotMatch(JSON.stringify(refused.body), /secret/)
  assert.equal(http.enqueued.length, 0)
  down = false
  assert.equal((await post(http, openSignal())).status, 202)
})

test('a sender in a loop is answered 429 until the next minute', async () => {
  await using http = await startHttp({
    settings: { ...SETTINGS, requestsPerMinute: 2 },
  })
  await post(http, openSignal())
  await post(http, openSignal())
  assert.equal((await post(http, openSignal())).status, 429)
  assert.equal((await post(http, openSignal(), OPERATOR_TOKEN)).status, 200)
  http.now += 60_000
  assert.equal((await post(http, openSignal())).status, 200)
})
