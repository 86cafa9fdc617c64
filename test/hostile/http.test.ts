/** Requests of any form: no answer is a 5xx, nothing has an effect without a token, and a signal is accepted exactly once or refused with one 4xx. */
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import type { InjectOptions } from 'fastify'
import fc from 'fast-check'
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
} from '#test/http/http-fixture.ts'
import { hostileDocument, hostileText, mutationsOf } from './hostile-values.ts'
import { runs } from './runs.ts'

let http: HttpFixture

before(async () => {
  http = await startHttp({
    settings: { ...SETTINGS, requestsPerMinute: 1e9 },
  })
})
after(() => http[Symbol.asyncDispose]())

const PATHS = [
  '/v1/signals',
  `/v1/signals/sig-${'0'.repeat(40)}`,
  '/v1/positions',
  '/v1/alerts',
  '/v1/equity',
  '/v1/sweeps',
  '/v1/control',
  '/v1/actions',
  '/v1/dead-jobs',
  '/v1/sites',
  '/v1/session',
  '/v1/openapi.json',
  '/v1/login-links',
  '/login',
  '/logout',
  '/queues',
  '/livez',
  '/readyz',
]
const path = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...PATHS) },
  fc.webPath().map((text) => `/${text}`),
  fc.constantFrom('/%', '/%00', '/..%2f..%2fetc/passwd', '//', '/v1/signals/%ff', `/v1/signals/${'a'.repeat(3_000)}`),
)
const query = fc.oneof(
  { weight: 2, arbitrary: fc.constant('') },
  fc.webQueryParameters().map((text) => `?${text}`),
  fc.constantFrom(
    '?limit=0',
    '?limit=1e9',
    '?state=all&limit=2',
    '?limit=1&limit=2',
    '?__proto__=1',
    '?account=',
    '?account=%ff',
    '?token=x',
  ),
)
const method = fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS')
const contentType = fc.constantFrom(
  'application/json',
  'application/json; charset=utf-16',
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  '',
)
const header = fc.dictionary(
  fc.constantFrom(
    'x-forwarded-for',
    'cookie',
    'sec-fetch-site',
    'accept',
    'content-encoding',
    'x-http-method-override',
    'if-none-match',
  ),
  fc.oneof(fc.string({ maxLength: 30 }), fc.constantFrom('truebook=x', 'gzip', 'same-origin', 'DELETE')).map(latin),
)
const request = fc.record({
  method,
  path,
  query,
  contentType,
  header,
  body: fc.oneof(hostileDocument, fc.constant('')),
})

/** What a header can carry. */
function latin(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '')
}

type Request = typeof request extends fc.Arbitrary<infer Value> ? Value : never

function injection(one: Request, token: string | null): InjectOptions {
  const authorization = token === null ? {} : bearer(token)
  return {
    method: one.method,
    url: one.path + one.query,
    headers: { ...one.header, ...authorization, ...(one.contentType !== '' && { 'content-type': one.contentType }) },
    ...(one.method !== 'GET' && one.method !== 'HEAD' && one.body !== '' && { payload: one.body }),
  }
}

async function effects(): Promise<unknown> {
  const { book, enqueued } = http
  const kinds = ['signals', 'outbox', 'control', 'audit', 'processed'] as const
  const rows = await Promise.all(kinds.map((kind) => book.list(kind, {}).catch(() => null)))
  return [rows, enqueued.length]
}

test('without a token of ours nothing has an effect and nothing is a 5xx', async () => {
  const untouched = await effects()
  const token = fc.constantFrom(
    null,
    'Bearer',
    'x'.repeat(32),
    OPERATOR_TOKEN.slice(1),
    `${SIGNAL_TOKEN} ${OPERATOR_TOKEN}`,
  )
  await fc.assert(
    fc.asyncProperty(request, token, async (one, wrong) => {
      const answer = await http.server.fastify.inject(injection(one, wrong))
      assert.ok(answer.statusCode < 500, `${answer.statusCode} ${answer.body}`)
      const open = /^\/(livez|readyz|login|login\.css|favicon\.ico|assets\/[^/]*)?$/.test(one.path)
      assert.ok(open || answer.statusCode >= 400, `${one.method} ${one.path}: ${answer.statusCode}`)
    }),
    runs(400),
  )
  assert.deepEqual(await effects(), untouched)
})

test('with a token every request is answered below 500, in the one shape that errors have', async () => {
  const token = fc.constantFrom(OPERATOR_TOKEN, SIGNAL_TOKEN, SCOPED_TOKEN)
  await fc.assert(
    fc.asyncProperty(request, token, async (one, known) => {
      const answer = await http.server.fastify.inject(injection(one, known))
      assert.ok(answer.statusCode < 500, `${answer.statusCode} ${answer.body}`)
      if (answer.statusCode < 400 || one.method === 'HEAD' || one.path.startsWith('/queues')) return
      const { error } = answer.json<ErrorAnswer>()
      assert.ok(error.code.length > 0 && error.message.length > 0 && error.message.length < 1_000)
      assert.doesNotMatch(answer.body, /node_modules|\.ts:\d+|SyntaxError/)
    }),
    runs(400),
  )
})

const SIGNALS: readonly Record<string, unknown>[] = [
  openSignal({
    entry: { type: 'limit', price: '100000', timeout_ms: 1_000 },
    trail: { distance_bps: 10 },
    max_hold_ms: 5,
  }),
  openSignal({ kind: 'reverse', accounts: ['alpha', 'beta'] }),
  { kind: 'close', signal_id: 's', source: 'unit', strategy: 'trend', ts: 1, instrument: 'BTC-PERP' },
  { kind: 'adjust', signal_id: 's', source: 'unit', strategy: 'trend', ts: 1, instrument: 'BTC-PERP', stop_loss: null },
]

test('a signal mutilated in any way is accepted exactly once or refused with one clear 4xx', async () => {
  let run = 0
  const mutation = fc.oneof(...SIGNALS.map((signal) => mutationsOf(JSON.stringify(signal))))
  await fc.assert(
    fc.asyncProperty(mutation, async ({ what, text }) => {
      run += 1
      // Its own id, wherever the mutation left one: a repeat is another question.
      const payload = text.replace(/"signal_id":"s(-1)?"/, `"signal_id":"s-${run}"`)
      const jobs = http.enqueued.length
      const send = () =>
        http.server.fastify.inject({
          method: 'POST',
          url: '/v1/signals',
          headers: { ...bearer(SIGNAL_TOKEN), 'content-type': 'application/json' },
          payload,
        })
      const [first, second] = [await send(), await send()]
      if (first.statusCode !== 202 && first.statusCode !== 200) {
        assert.ok(first.statusCode >= 400 && first.statusCode < 500, `${what}: ${first.statusCode} ${first.body}`)
        assert.match(first.json<ErrorAnswer>().error.message, /[Ee]xpected|may not|larger|accepted before|no account/)
        assert.equal(http.enqueued.length, jobs, what)
        return
      }
      const { signal_key: key, accounts } = first.json<SignalAnswer>()
      assert.equal(second.statusCode, 200, what)
      assert.equal(second.json<SignalAnswer>().signal_key, key)
      assert.notEqual(await http.book.load('signals', key), null)
      assert.equal(http.enqueued.length - jobs, first.statusCode === 202 ? accounts.length : 0, what)
    }),
    runs(500),
  )
})

test('a body beyond the limit, or one that never ends, is refused and the server goes on', async () => {
  const large = await http.server.fastify.inject({
    method: 'POST',
    url: '/v1/signals',
    headers: { ...bearer(SIGNAL_TOKEN), 'content-type': 'application/json' },
    payload: JSON.stringify(openSignal({ signal_id: 'x'.repeat(100_000) })),
  })
  assert.equal(large.statusCode, 413)
})

test('bytes that are no HTTP end their own connection only', async () => {
  await http.server.fastify.listen({ port: 0, host: '127.0.0.1' })
  const { port } = http.server.fastify.server.address() as AddressInfo
  const start = `POST /v1/signals HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${SIGNAL_TOKEN}\r\n`
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((some) => Buffer.from(some)),
    hostileText.map((text) => Buffer.from(`GET /${text} HTTP/1.1\r\nhost: a\r\n\r\n`)),
    hostileText.map((text) => Buffer.from(`${start}x-odd: ${text}\r\ncontent-length: 5\r\n\r\n{}`)),
    fc
      .constantFrom(
        `${start}content-length: -1\r\n\r\n`,
        `${start}content-length: 2\r\ncontent-length: 3\r\n\r\n{}`,
        `${start}transfer-encoding: chunked\r\ncontent-length: 3\r\n\r\n0\r\n\r\n`,
        `${start}transfer-encoding: chunked\r\n\r\nffffffffff\r\n`,
        `${start}${'x: y\r\n'.repeat(5_000)}\r\n`,
        `GET ${'/a'.repeat(40_000)} HTTP/1.1\r\n\r\n`,
      )
      .map((text) => Buffer.from(text)),
  )
  await fc.assert(
    fc.asyncProperty(bytes, async (some) => {
      const answer = await exchange(port, some)
      assert.doesNotMatch(answer, /^HTTP\/1\.1 5/)
    }),
    runs(120),
  )
  const alive = await fetch(`http://127.0.0.1:${port}/livez`)
  assert.equal(alive.status, 200)
})

async function exchange(port: number, bytes: Buffer): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1' })
  let answer = ''
  socket.setEncoding('latin1').on('data', (text: string) => {
    answer += text
  })
  socket.on('error', () => {})
  socket.end(bytes)
  await new Promise((resolve) => socket.once('close', resolve))
  return answer
}

test('found: keys and numbers without end are refused as fast as they are read', async () => {
  const post = (body: object) =>
    http.server.fastify.inject({
      method: 'POST',
      url: '/v1/signals',
      headers: { ...bearer(SIGNAL_TOKEN), 'content-type': 'application/json' },
      payload: JSON.stringify(body),
    })
  // Each of them held the process for seconds: its digits were tried in every split, its keys explained one by one.
  const keys = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`k${index}`, 1]))
  const unknown = await post(openSignal(keys))
  assert.equal(unknown.statusCode, 400)
  assert.ok(unknown.body.length < 10_000, `${unknown.body.length} bytes of answer`)
  const digits = await post(openSignal({ size: { type: 'contracts', value: `${'1'.repeat(60_000)}x` } }))
  assert.equal(digits.statusCode, 400)
  const name = await post(openSignal({ ['k'.repeat(60_000)]: 1 }))
  assert.ok(name.statusCode === 400 && name.body.length < 2_000)
})

test('found: a token of ours in an address or a body is refused and neither stored nor repeated', async () => {
  const bodies = [
    ['/v1/actions', { verb: 'halt', why: `because ${SIGNAL_TOKEN}` }],
    ['/v1/signals', { ...SIGNALS[2], kind: 'flatten', instrument: undefined, reason: OPERATOR_TOKEN }],
    ['/v1/signals', openSignal({ strategy: SCOPED_TOKEN })],
    [`/v1/actions?token=${OPERATOR_TOKEN}`, { verb: 'sweep' }],
  ] as const
  for (const [url, payload] of bodies) {
    const answer = await http.server.fastify.inject({ method: 'POST', url, headers: bearer(OPERATOR_TOKEN), payload })
    assert.equal(answer.statusCode, 400, answer.body)
    assert.match(answer.body, /Expected no token of this server/)
    for (const token of [SIGNAL_TOKEN, OPERATOR_TOKEN, SCOPED_TOKEN]) assert.ok(!answer.body.includes(token))
  }
})
