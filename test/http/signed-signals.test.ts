/** Senders that sign: the shared vectors, the client, and every way in which a signature does not fit. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { LightMyRequestResponse } from 'fastify'
import { createTruebookClient } from '#client/client.ts'
import { signedHeaders } from '#client/prove.ts'
import type { SignalInput } from '#domain/signal.ts'
import type { ErrorAnswer } from '#http/wire.ts'
import {
  type HttpFixture,
  openSignal,
  OPERATOR_TOKEN,
  SIGNAL_TOKEN,
  SIGNING_SECRET,
  START,
  startHttp,
} from './http-fixture.ts'

interface Vectors {
  readonly secret: string
  readonly timestamp_ms: number
  readonly cases: readonly {
    readonly what: string
    readonly method: 'GET' | 'POST'
    readonly path: string
    readonly body: string
    readonly headers: Readonly<Record<string, string>>
  }[]
}

const VECTORS = JSON.parse(readFileSync(new URL('../vectors/http/hmac.json', import.meta.url), 'utf8')) as Vectors

interface Sent {
  readonly method?: 'GET' | 'POST' | 'PUT'
  readonly url?: string
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
}

const SIGNAL = VECTORS.cases[0]!

async function send(http: HttpFixture, { method = 'POST', url = SIGNAL.path, body, headers }: Sent = {}) {
  return await http.server.fastify.inject({
    method,
    url,
    headers: { ...(headers ?? SIGNAL.headers), ...(method === 'POST' && { 'content-type': 'application/json' }) },
    ...(method === 'POST' && { payload: body ?? SIGNAL.body }),
  })
}

test('the server and the client agree with the vectors', async () => {
  await using http = await startHttp()
  assert.equal(VECTORS.timestamp_ms, START)
  for (const { what, method, path, body, headers } of VECTORS.cases) {
    const made = signedHeaders(
      { name: 'trend-desk', secret: VECTORS.secret },
      { method, path, body: body === '' ? null : body, at: VECTORS.timestamp_ms },
    )
    assert.deepEqual(made, headers, what)
    const answer = await send(http, { method, url: path, body, headers })
    assert.notEqual(answer.statusCode, 401, `${what}: ${answer.body}`)
  }
})

test('a signed signal is accepted for the strategies of its sender, and a replay of it is a repeat', async () => {
  await using http = await startHttp()
  assert.equal((await send(http)).statusCode, 202)
  http.now += 4 * 60_000
  const jobs = http.enqueued.length
  assert.equal((await send(http)).statusCode, 200, 'the very same bytes again')
  assert.equal(http.enqueued.length, jobs)
  const other = JSON.stringify(openSignal({ signal_id: 's-2', strategy: 'carry' }))
  const signed = signedHeaders(
    { name: 'trend-desk', secret: SIGNING_SECRET },
    { method: 'POST', path: '/v1/signals', body: other, at: http.now },
  )
  assert.equal((await send(http, { body: other, headers: signed })).statusCode, 403)
})

test('the client signs over a real socket, signs anew for each attempt, and shows its secret to nobody', async () => {
  await using http = await startHttp()
  const url = await http.server.fastify.listen({ host: '127.0.0.1', port: 0 })
  const seen: string[] = []
  let now = START
  const client = createTruebookClient({
    url,
    signing: { name: 'trend-desk', secret: SIGNING_SECRET },
    now: () => now,
    pause: async () => {},
    fetch: async (input, init) => {
      seen.push(JSON.stringify([input, init?.headers]))
      now += 1_000
      if (seen.length === 1) throw new TypeError('socket hang up')
      return await fetch(input, init)
    },
  })
  const sent = await client.sendSignal(openSignal() as unknown as SignalInput)
  assert.equal((await client.outcome(sent.signal_key))?.accounts.length, 2)
  assert.ok(!seen.join('').includes(SIGNING_SECRET))
  const signatures = seen.map((text) => /"v1=([0-9a-f]{64})"/.exec(text)?.[1])
  assert.equal(new Set(signatures).size, 3, 'two attempts and a look-up')
  assert.throws(() => createTruebookClient({ url }), /either a token or a signing key/)
})

const REFUSED: Readonly<Record<string, Sent>> = {
  'another body': { body: SIGNAL.body.replace('"0.5"', '"5.0"') },
  'a body with one more blank': { body: `${SIGNAL.body} ` },
  'another path': { url: '/v1/signals?x=1' },
  'another method': { method: 'GET', url: '/v1/signals/sig-x' },
  'the name of another sender that signs nothing': { headers: { ...SIGNAL.headers, 'x-truebook-key': 'all' } },
  'the name of nobody': { headers: { ...SIGNAL.headers, 'x-truebook-key': 'nobody' } },
  'the name of a person': { headers: { ...SIGNAL.headers, 'x-truebook-key': 'operator' } },
  'a time that was not signed': { headers: { ...SIGNAL.headers, 'x-truebook-timestamp': String(START + 1) } },
  'a time that is no number': { headers: { ...SIGNAL.headers, 'x-truebook-timestamp': 'NaN' } },
  'a time in another notation': { headers: { ...SIGNAL.headers, 'x-truebook-timestamp': `${START}.0` } },
  'no signature': { headers: { 'x-truebook-key': 'trend-desk', 'x-truebook-timestamp': String(START) } },
  'an empty signature': { headers: { ...SIGNAL.headers, 'x-truebook-signature': 'v1=' } },
  'a signature of another version': {
    headers: { ...SIGNAL.headers, 'x-truebook-signature': SIGNAL.headers['x-truebook-signature']!.replace('v1', 'v2') },
  },
  'a signature with one digit changed': {
    headers: {
      ...SIGNAL.headers,
      'x-truebook-signature': SIGNAL.headers['x-truebook-signature']!.replace(/.$/, (digit) =>
        digit === '0' ? '1' : '0',
      ),
    },
  },
  'the signature beside a token': { headers: { ...SIGNAL.headers, authorization: `Bearer ${OPERATOR_TOKEN}` } },
  'the secret shown as a token': { headers: { authorization: `Bearer ${SIGNING_SECRET}` } },
}

for (const [what, sent] of Object.entries(REFUSED)) {
  test(`refused: ${what}`, async () => {
    await using http = await startHttp()
    const answer = await send(http, sent)
    assert.equal(answer.statusCode, 401, answer.body)
    assertSilent(answer)
    assert.equal(http.enqueued.length, 0)
  })
}

test('refused: a sender that shows a token signs with it', async () => {
  await using http = await startHttp()
  const request = { method: 'POST', path: SIGNAL.path, body: SIGNAL.body, at: START } as const
  const headers = signedHeaders({ name: 'all', secret: SIGNAL_TOKEN }, request)
  assert.equal((await send(http, { headers })).statusCode, 401)
})

test('refused: more than five minutes early or late', async () => {
  await using http = await startHttp()
  for (const [off, expected] of [
    [300_001, 401],
    [-300_001, 401],
    [300_000, 202],
    [-300_000, 200],
  ] as const) {
    http.now = START + off
    const answer = await send(http)
    assert.equal(answer.statusCode, expected, `${off} ms: ${answer.body}`)
    if (expected === 401) assert.match(answer.json<ErrorAnswer>().error.message, /at most 5 minutes off/)
  }
})

test('a signature opens signals and nothing else', async () => {
  await using http = await startHttp()
  for (const url of ['/v1/positions', '/v1/session', '/v1/openapi.json', '/queues', '/v1/actions']) {
    const headers = signedHeaders(
      { name: 'trend-desk', secret: SIGNING_SECRET },
      { method: 'GET', path: url, body: null, at: START },
    )
    const answer = await http.server.fastify.inject({ url, headers })
    assert.ok([401, 403, 404].includes(answer.statusCode), `${url}: ${answer.statusCode}`)
  }
})

function assertSilent(answer: LightMyRequestResponse): void {
  for (const secret of [SIGNING_SECRET, OPERATOR_TOKEN]) assert.ok(!answer.body.includes(secret))
}
