/** Tries to make somebody's browser do it: changes from other pages, other names for this host, frames, scripts. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { logIn, OPERATOR_TOKEN, OWN_PAGE, postLogin, SETTINGS, bearer } from '#test/http/http-fixture.ts'
import {
  attempt,
  changesOf,
  exchange,
  listen,
  rawRequest,
  startTarget,
  stateOf,
  statusOf,
  targetsOf,
} from './target.ts'

test('no change by cookie comes from another page, nor from a page that could not read the session', async () => {
  await using http = await startTarget()
  const before = await stateOf(http)
  const { cookie, changing } = await logIn(http, OPERATOR_TOKEN)
  const other = await logIn(http, OPERATOR_TOKEN)
  const csrf = changing['x-truebook-csrf']!
  const foreign: Readonly<Record<string, Record<string, string>>> = {
    'nothing but the cookie': {},
    'another site': { 'sec-fetch-site': 'cross-site', 'x-truebook-csrf': csrf },
    'another host of the same site': { 'sec-fetch-site': 'same-site', 'x-truebook-csrf': csrf },
    'no page at all': { 'sec-fetch-site': 'none', 'x-truebook-csrf': csrf },
    'our site twice': { 'sec-fetch-site': 'same-origin, cross-site', 'x-truebook-csrf': csrf },
    'another origin, from an old browser': { origin: 'https://evil.example', 'x-truebook-csrf': csrf },
    'an opaque origin': { origin: 'null', 'x-truebook-csrf': csrf },
    'an own origin beside another site': {
      origin: 'http://localhost',
      'sec-fetch-site': 'cross-site',
      'x-truebook-csrf': csrf,
    },
  }
  const guessed: Readonly<Record<string, Record<string, string>>> = {
    'no proof': OWN_PAGE,
    'an empty proof': { ...OWN_PAGE, 'x-truebook-csrf': '' },
    'a proof of the same length': { ...OWN_PAGE, 'x-truebook-csrf': 'A'.repeat(csrf.length) },
    'the proof of another session': { ...OWN_PAGE, 'x-truebook-csrf': other.changing['x-truebook-csrf']! },
    'the session itself as its proof': { ...OWN_PAGE, 'x-truebook-csrf': cookie.cookie.split('=')[1]! },
  }
  for (const target of changesOf(http)) {
    const refused = target.operation.withoutCsrf === true ? foreign : { ...foreign, ...guessed }
    for (const [what, headers] of Object.entries(refused)) {
      http.now += 1
      const answer = await attempt(http, target, { ...cookie, ...headers })
      assert.equal(answer.statusCode, 403, `${target.method} ${target.pattern} from ${what}`)
      assert.match(answer.body, /Expected (a change to come from a page|the header x-truebook-csrf)/)
    }
  }
  assert.deepEqual(await stateOf(http), before)
})

test('a page of ours makes changes, also in a browser that says its origin only', async () => {
  await using http = await startTarget()
  const { cookie, changing } = await logIn(http, OPERATOR_TOKEN)
  const asked = { verb: 'halt', scope: { kind: 'all' }, why: 'a test' }
  const csrf = { 'x-truebook-csrf': changing['x-truebook-csrf']! }
  for (const headers of [changing, { ...cookie, ...csrf, origin: 'http://localhost' }]) {
    const answer = await attempt(http, { method: 'POST', url: '/v1/actions' }, headers, asked)
    assert.equal(answer.statusCode, 200, answer.body)
  }
})

test('a form of another page cannot be read as JSON', async () => {
  await using http = await startTarget()
  const before = await stateOf(http)
  const { changing } = await logIn(http, OPERATOR_TOKEN)
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', '']) {
    for (const target of changesOf(http)) {
      const answer = await http.server.fastify.inject({
        method: target.method,
        url: target.url,
        headers: { ...changing, 'content-type': type },
        payload: '{"verb":"halt","scope":{"kind":"all"},"why":"x"}',
      })
      assert.equal(answer.statusCode, 415, `${target.method} ${target.pattern} as "${type}"`)
    }
  }
  assert.deepEqual(await stateOf(http), before)
})

test('nobody answers a preflight, and no answer allows another origin', async () => {
  await using http = await startTarget()
  for (const { url } of targetsOf(http)) {
    const headers = { origin: 'https://evil.example', 'access-control-request-method': 'POST' }
    const preflight = await attempt(http, { method: 'OPTIONS', url }, headers)
    assert.ok([401, 404].includes(preflight.statusCode), url)
    assert.ok(Object.keys(preflight.headers).every((name) => !name.startsWith('access-control-')))
  }
})

const EVIL_HOSTS = [
  'evil.example',
  'evil.example:8700',
  '127.0.0.1.evil.example',
  'localhost.evil.example',
  'evil.example@127.0.0.1',
  '127.0.0.1:80@evil.example',
  '169.254.169.254',
  '0.0.0.0',
]

test('a name that was made to point here opens nothing, not even the login', async () => {
  await using http = await startTarget()
  const { cookie } = await logIn(http, OPERATOR_TOKEN)
  for (const host of EVIL_HOSTS) {
    for (const target of targetsOf(http)) {
      if (target.operation.anyHost === true) continue
      const answer = await attempt(http, target, { host, ...cookie, ...OWN_PAGE })
      assert.equal(answer.statusCode, 403, `${target.method} ${target.pattern} at "${host}"`)
    }
    assert.equal((await postLogin(http, { token: OPERATOR_TOKEN }, { ...OWN_PAGE, host })).statusCode, 403, host)
  }
  for (const host of ['localhost:8700', '127.0.0.1:1', '[::1]:8700', 'LOCALHOST']) {
    const answer = await attempt(http, { method: 'GET', url: '/v1/positions' }, { host, ...cookie })
    assert.equal(answer.statusCode, 200, host)
  }
})

test('with a public address its host is the only name a browser may use; probes and tokens may use any', async () => {
  const settings = { ...SETTINGS, host: '0.0.0.0', behindProxy: true, publicUrl: 'https://truebook.example.com' }
  await using http = await startTarget({ settings })
  const page = { method: 'GET', url: '/login' } as const
  assert.equal((await attempt(http, page, { host: 'truebook.example.com' })).statusCode, 200)
  assert.equal((await attempt(http, page, { host: 'internal:8700' })).statusCode, 403)
  assert.equal((await attempt(http, page, { host: 'internal', 'x-forwarded-host': 'evil.example' })).statusCode, 403)
  assert.equal((await attempt(http, { method: 'GET', url: '/readyz' }, { host: '10.0.0.7:8700' })).statusCode, 200)
  const inside = { host: 'internal:8700', ...bearer(OPERATOR_TOKEN) }
  assert.equal((await attempt(http, { method: 'GET', url: '/v1/positions' }, inside)).statusCode, 200)
})

test('two hosts, or none, are no request', async () => {
  await using http = await startTarget()
  const port = await listen(http)
  const two = await exchange(port, 'GET /login HTTP/1.1\r\nhost: 127.0.0.1\r\nhost: evil.example\r\n\r\n')
  const none = await exchange(port, 'GET /login HTTP/1.1\r\nconnection: close\r\n\r\n')
  const empty = await exchange(port, rawRequest('GET /login', { host: '' }))
  assert.equal(statusOf(empty), 403)
  const absolute = await exchange(port, rawRequest('GET http://evil.example/login', { host: 'evil.example' }))
  for (const answer of [none, absolute]) assert.ok([400, 403, 404].includes(statusOf(answer)), answer.slice(0, 100))
  // Node keeps the first of two; what counts is that the other opens nothing.
  assert.ok([200, 400, 403].includes(statusOf(two)))
  const swapped = await exchange(port, 'GET /login HTTP/1.1\r\nhost: evil.example\r\nhost: 127.0.0.1\r\n\r\n')
  assert.ok([400, 403].includes(statusOf(swapped)), swapped.slice(0, 100))
})

test('every answer forbids frames, guessing of types and foreign scripts, and is kept by nobody', async () => {
  await using http = await startTarget()
  for (const target of targetsOf(http)) {
    if (target.pattern === '/v1/events') continue
    for (const headers of [{}, bearer(OPERATOR_TOKEN)]) {
      http.now += 60_000
      const answer = await attempt(http, target, headers)
      const where = `${target.method} ${target.pattern}`
      const policy = String(answer.headers['content-security-policy'])
      assert.match(policy, /frame-ancestors 'none'/, where)
      assert.equal(answer.headers['x-content-type-options'], 'nosniff', where)
      assert.equal(answer.headers['x-frame-options'], 'DENY', where)
      assert.equal(answer.headers['referrer-policy'], 'same-origin', where)
      assert.doesNotMatch(policy, /unsafe-eval|\*|https?:/, where)
      const isBoard = target.pattern.startsWith('/queues')
      if (!isBoard) assert.match(policy, /^default-src 'none'; script-src 'self'; style-src 'self';/, where)
      if (isPage(target.pattern)) continue
      assert.doesNotMatch(answer.headers['content-type'] ?? '', /html/, where)
    }
  }
})

/** Pages for people. */
function isPage(pattern: string): boolean {
  return pattern === '/' || pattern.startsWith('/login') || pattern.startsWith('/queues')
}
