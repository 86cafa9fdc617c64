/** Tries to get in with bytes: bodies without end, requests that never end, keys twice, prototypes, headers in values. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ErrorAnswer } from '#http/wire.ts'
import { bearer, logIn, openSignal, OPERATOR_TOKEN, SETTINGS, SIGNAL_TOKEN } from '#test/http/http-fixture.ts'
import { attempt, exchange, listen, rawRequest, startTarget, stateOf, statusOf, targetsOf } from './target.ts'

const JSON_TYPE = { 'content-type': 'application/json' }

test('a body beyond the limit is read by no route, and by nobody unknown at all', async () => {
  await using http = await startTarget()
  const large = JSON.stringify({ text: 'x'.repeat(70_000) })
  for (const { method, url, pattern } of targetsOf(http)) {
    if (method === 'GET' || method === 'HEAD') continue
    http.now += 60_000
    const send = (headers: Record<string, string>) =>
      http.server.fastify.inject({ method, url, headers: { ...JSON_TYPE, ...headers }, payload: large })
    const [known, unknown] = [await send(bearer(OPERATOR_TOKEN)), await send({})]
    assert.ok([413, 415].includes(known.statusCode), `${method} ${pattern}: ${known.statusCode}`)
    assert.ok([401, 413, 415].includes(unknown.statusCode), `${method} ${pattern}: ${unknown.statusCode}`)
  }
  const form = await http.server.fastify.inject({
    method: 'POST',
    url: '/login',
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' },
    payload: `token=${'x'.repeat(9_000)}`,
  })
  assert.equal(form.statusCode, 413)
})

test('a request that dribbles is cut off, and the server goes on', async () => {
  await using http = await startTarget({ settings: { ...SETTINGS, requestTimeoutMs: 200 } })
  const port = await listen(http)
  const headers = { ...JSON_TYPE, ...bearer(SIGNAL_TOKEN), 'content-length': '1000' }
  const halves = ['GET /v1/pos', rawRequest('POST /v1/signals', headers, '{"kind":')]
  for (const half of halves) {
    const answer = await exchange(port, half, { andEnd: false })
    assert.ok([0, 400, 408].includes(statusOf(answer)), answer.slice(0, 100))
  }
  assert.equal(statusOf(await exchange(port, rawRequest('GET /livez'))), 200)
})

test('two requests in one, by two lengths or two encodings, are refused', async () => {
  await using http = await startTarget()
  const before = await stateOf(http)
  const port = await listen(http)
  const inner = rawRequest('POST /v1/signals', { ...JSON_TYPE, ...bearer(SIGNAL_TOKEN), 'content-length': '2' }, '{}')
  const start = `POST /login HTTP/1.1\r\nhost: 127.0.0.1\r\n`
  const smuggled = [
    `${start}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n${inner}`,
    `${start}content-length: 0\r\ncontent-length: ${inner.length}\r\n\r\n${inner}`,
    `${start}transfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n${inner}`,
    `${start}transfer-encoding : chunked\r\n\r\n0\r\n\r\n${inner}`,
    `${start}x: y\n\rtransfer-encoding: chunked\r\n\r\n0\r\n\r\n${inner}`,
  ]
  for (const bytes of smuggled) {
    const answer = await exchange(port, bytes)
    assert.equal(statusOf(answer), 400, answer.slice(0, 100))
    assert.equal(answer.match(/HTTP\/1\.1 \d/g)?.length, 1, 'one answer')
  }
  assert.deepEqual(await stateOf(http), before)
})

const TWICE = [
  '{"kind":"open","kind":"flatten"}',
  '{"size":{"type":"contracts","value":"1","value":"1000"}}',
  '{"a":[{"b":1},{"b":1,"c":2,"\\u0062":3}]}',
  '{"":1,"":2}',
  '{"a\\"":1,"a\\"":2}',
]

test('a body that says a key twice is refused: who checked it on its way may have read the other', async () => {
  await using http = await startTarget()
  for (const payload of TWICE) {
    const send = {
      method: 'POST',
      url: '/v1/signals',
      headers: { ...JSON_TYPE, ...bearer(SIGNAL_TOKEN) },
      payload,
    } as const
    const answer = await http.server.fastify.inject(send)
    assert.equal(answer.statusCode, 400)
    assert.match(
      answer.json<ErrorAnswer>().error.message,
      /every key of the body once, saw one again at character \d/,
      payload,
    )
  }
  // The same key in other objects, as a value or inside text is no repetition.
  const once = openSignal({ signal_id: 'once', size: { type: 'contracts', value: '0.5' }, source: 'kind' })
  const fine = await attempt(http, { method: 'POST', url: '/v1/signals' }, bearer(SIGNAL_TOKEN), once)
  assert.equal(fine.statusCode, 202, fine.body)
})

test('bytes that are no UTF-8 are refused, not read as something else', async () => {
  await using http = await startTarget()
  const payload = Buffer.concat([Buffer.from('{"kind":"'), Buffer.from([0xc0, 0xaf, 0xff]), Buffer.from('"}')])
  const headers = { ...JSON_TYPE, ...bearer(SIGNAL_TOKEN) }
  const answer = await http.server.fastify.inject({ method: 'POST', url: '/v1/signals', headers, payload })
  assert.match(answer.json<ErrorAnswer>().error.message, /Expected a body in UTF-8/)
})

const PROTOTYPES = [
  '{"__proto__":{"role":"admin","polluted":1}}',
  '{"constructor":{"prototype":{"polluted":1}}}',
  '{"scope":{"__proto__":{"polluted":1}},"verb":"halt"}',
  '{"\\u005f_proto__":{"polluted":1}}',
]

test('no body and no query reaches a prototype', async () => {
  await using http = await startTarget()
  const { changing } = await logIn(http, OPERATOR_TOKEN)
  for (const url of ['/v1/signals', '/v1/actions']) {
    for (const payload of PROTOTYPES) {
      const headers = { ...JSON_TYPE, ...changing }
      const answer = await http.server.fastify.inject({ method: 'POST', url, headers, payload })
      assert.equal(answer.statusCode, 400, answer.body)
    }
  }
  for (const query of [
    '__proto__[polluted]=1',
    '__proto__=1',
    'constructor.prototype.polluted=1',
    'limit[]=1&limit[]=2',
  ]) {
    const answer = await attempt(http, { method: 'GET', url: `/v1/positions?${query}` }, bearer(OPERATOR_TOKEN))
    assert.ok([200, 400].includes(answer.statusCode), `${query}: ${answer.statusCode}`)
  }
  assert.equal(({} as { polluted?: unknown }).polluted, undefined)
})

test('a script as an id is shown nowhere as one', async () => {
  await using http = await startTarget()
  const script = '<script>alert(1)</script><img src=x onerror=alert(1)>'
  const asked = [
    attempt(http, { method: 'POST', url: '/v1/signals' }, bearer(SIGNAL_TOKEN), openSignal({ signal_id: script })),
    attempt(http, { method: 'GET', url: `/v1/signals/${encodeURIComponent(script)}` }, bearer(SIGNAL_TOKEN)),
    attempt(http, { method: 'GET', url: `/v1/positions/${encodeURIComponent(script)}` }, bearer(OPERATOR_TOKEN)),
    attempt(
      http,
      { method: 'GET', url: `/v1/positions?account=${encodeURIComponent(script)}` },
      bearer(OPERATOR_TOKEN),
    ),
    attempt(http, { method: 'GET', url: `/${encodeURIComponent(script)}` }, { accept: 'text/html' }),
    attempt(http, { method: 'GET', url: `/assets/${encodeURIComponent(script)}` }, { accept: 'text/html' }),
    attempt(http, { method: 'POST', url: '/v1/actions' }, bearer(OPERATOR_TOKEN), {
      verb: 'halt',
      scope: { kind: 'all' },
      why: script,
    }),
  ]
  for (const answer of await Promise.all(asked)) {
    assert.match(String(answer.headers['content-type']), /^application\/json/, answer.body)
    assert.equal(answer.headers['x-content-type-options'], 'nosniff')
  }
})

test('no value becomes a header of ours', async () => {
  await using http = await startTarget()
  const port = await listen(http)
  const values = ['/login?next=/%0d%0ax-injected:%201', '/%0d%0ax-injected:%201', '/queues/%0d%0ax-injected:%201?a=%0a']
  for (const url of values) {
    const answer = await exchange(port, rawRequest(`GET ${url}`, { accept: 'text/html' }))
    assert.doesNotMatch(answer, /^x-injected/im, url)
  }
  const folded = await exchange(
    port,
    `GET /livez HTTP/1.1\r\nhost: 127.0.0.1\r\nx: a\r\n b: c\r\nconnection: close\r\n\r\n`,
  )
  assert.ok([200, 400].includes(statusOf(folded)))
})
