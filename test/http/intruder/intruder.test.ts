/** Tries to get in by every door of the server, as nobody and as each lesser somebody, and fails. The list of doors is the server's own. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  bearer,
  LESSER_TOKEN,
  logIn,
  OPERATOR_TOKEN,
  SIGNAL_TOKEN,
  SIGNING_SECRET,
  VIEWER_TOKEN,
} from '#test/http/http-fixture.ts'
import {
  attempt,
  exchange,
  listen,
  rawRequest,
  SCRAPE_TOKEN,
  startTarget,
  stateOf,
  statusOf,
  type Target,
  targetsOf,
} from './target.ts'

/** A new public route is a decision; it is made here. */
const PUBLIC = [
  'GET /',
  'GET /assets/:name',
  'GET /favicon.ico',
  'GET /livez',
  'GET /login',
  'GET /login.css',
  'GET /readyz',
  'POST /login',
  'POST /logout',
]
/** They answer for as long as somebody listens. */
const STREAMS = ['/v1/events']
const TOKENS = { viewer: VIEWER_TOKEN, operator: LESSER_TOKEN, admin: OPERATOR_TOKEN }
const RANK = ['viewer', 'operator', 'admin'] as const

test('what everybody may ask is this and nothing more', async () => {
  await using http = await startTarget()
  const open = targetsOf(http).filter(({ method, operation }) => operation.access === 'public' && method !== 'HEAD')
  assert.deepEqual(open.map(({ method, pattern }) => `${method} ${pattern}`).toSorted(), PUBLIC)
})

test('every other route answers 401 to nobody, whatever nobody says', async () => {
  await using http = await startTarget()
  const before = await stateOf(http)
  const nobody: Readonly<Record<string, Record<string, string>>> = {
    nothing: {},
    'an empty token': { authorization: 'Bearer ' },
    'a guessed token': { authorization: `Bearer ${'0'.repeat(64)}` },
    'the token in another scheme': { authorization: `Basic ${btoa(`operator:${OPERATOR_TOKEN}`)}` },
    'two tokens': { authorization: `Bearer ${VIEWER_TOKEN}, Bearer ${OPERATOR_TOKEN}` },
    'a cookie that was never given': { cookie: 'truebook=AAAA; __Host-truebook=AAAA' },
    'the token as a cookie': { cookie: `truebook=${OPERATOR_TOKEN}` },
    'a secret to sign with as a token': { authorization: `Bearer ${SIGNING_SECRET}` },
    'the name of an admin': {
      'x-truebook-key': 'operator',
      'x-forwarded-user': 'operator',
      'x-remote-user': 'operator',
    },
    'a local address': { 'x-forwarded-for': '127.0.0.1', 'x-real-ip': '127.0.0.1', forwarded: 'for=127.0.0.1' },
  }
  for (const target of targetsOf(http)) {
    if (target.operation.access === 'public') continue
    for (const [what, headers] of Object.entries(nobody)) {
      // Past the limit of failures: 429 would hide what is asked here.
      http.now += 60_000
      const answer = await attempt(http, target, headers)
      assert.equal(answer.statusCode, 401, `${target.method} ${target.pattern} with ${what}`)
    }
  }
  assert.deepEqual(await stateOf(http), before)
})

test('every route refuses each role below its own, by token and by session, and lets its own pass', async () => {
  await using http = await startTarget()
  const before = await stateOf(http)
  const sessions = {
    viewer: await logIn(http, VIEWER_TOKEN),
    operator: await logIn(http, LESSER_TOKEN),
  }
  for (const target of targetsOf(http)) {
    const { access } = target.operation
    if (access === 'public' || access === 'signals' || STREAMS.includes(target.pattern)) continue
    const where = `${target.method} ${target.pattern}`
    http.now += 60_000
    assert.equal((await attempt(http, target, bearer(SIGNAL_TOKEN))).statusCode, 403, `${where} by a signal sender`)
    for (const role of RANK.slice(0, RANK.indexOf(access))) {
      assert.equal((await attempt(http, target, bearer(TOKENS[role]))).statusCode, 403, `${where} by a ${role}`)
      if (role === 'admin') continue
      const session = await attempt(http, target, sessions[role].changing)
      assert.equal(session.statusCode, 403, `${where} by the session of a ${role}`)
    }
    const own = await attempt(http, target, bearer(TOKENS[access]))
    assert.doesNotMatch(own.body, /"code":"(unauthorized|forbidden)"/, `${where} by its own role`)
  }
  assert.deepEqual(await stateOf(http), before)
})

test('people below an admin add no exposure: they send no signal', async () => {
  await using http = await startTarget()
  for (const token of [VIEWER_TOKEN, LESSER_TOKEN]) {
    const answer = await attempt(http, { method: 'POST', url: '/v1/signals' }, bearer(token), { kind: 'flatten' })
    assert.ok([400, 403].includes(answer.statusCode))
  }
  assert.equal(http.enqueued.length, 0)
})

test('the token of the metrics opens the metrics and nothing else', async () => {
  await using http = await startTarget()
  for (const target of targetsOf(http)) {
    if (target.operation.access === 'public' || target.pattern === '/metrics') continue
    http.now += 60_000
    const answer = await attempt(http, target, bearer(SCRAPE_TOKEN))
    assert.equal(answer.statusCode, 401, `${target.method} ${target.pattern}`)
  }
})

const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD', 'QUERY'] as const

test('another verb than its own opens no route, and no header or query makes it another', async () => {
  await using http = await startTarget()
  const targets = targetsOf(http)
  const before = await stateOf(http)
  const addresses = [...new Set(targets.map(({ url }) => url))]
  for (const url of addresses) {
    for (const method of METHODS) {
      // Fastify answers /queues as /queues/.
      if (
        targets.some((target) => target.url.replace(/\/$/, '') === url.replace(/\/$/, '') && target.method === method)
      )
        continue
      http.now += 60_000
      const answer = await attempt(http, { method, url }, bearer(OPERATOR_TOKEN))
      assert.ok([400, 404, 405, 415].includes(answer.statusCode), `${method} ${url}: ${answer.statusCode}`)
    }
  }
  const override = { 'x-http-method-override': 'POST', 'x-method-override': 'POST', 'x-http-method': 'POST' }
  const asked = { verb: 'halt', scope: { kind: 'all' }, why: 'an intruder' }
  for (const url of ['/v1/actions', '/v1/actions?_method=POST', '/v1/signals']) {
    const answer = await attempt(http, { method: 'GET', url }, { ...bearer(OPERATOR_TOKEN), ...override }, asked)
    assert.equal(answer.statusCode, 404, url)
  }
  assert.deepEqual(await stateOf(http), before)
})

/** The same address in other words, as a careless proxy or router might read it. */
function disguises(url: string): string[] {
  const [, first = '', ...rest] = url.split('/')
  return [
    `/${url}`,
    `${url}/`,
    `//x/..${url}`,
    `/x/..${url}`,
    `/livez/..${url}`,
    `/login/%2e%2e${url}`,
    `/assets/..%2f..${url}`,
    `/.${url}`,
    `/%2e${url}`,
    `/${first.toUpperCase()}/${rest.join('/')}`,
    `${url};x=1`,
    `${url}%00`,
    `${url}%20`,
    `${url}.json`,
    `${url}?`,
    `${url}#/livez`,
    `/livez?${url}`,
    url.replaceAll('/', '\\'),
    `http://127.0.0.1${url}`,
    `/%${first.charCodeAt(0).toString(16)}${first.slice(1)}/${rest.join('/')}`,
  ]
}

test('no disguise of an address opens what is behind it', async () => {
  await using http = await startTarget()
  const port = await listen(http)
  const reads = targetsOf(http).filter(({ method, operation }) => method === 'GET' && operation.access !== 'public')
  const own = reads.filter(({ pattern }) => !pattern.startsWith('/queues/'))
  const targets: Pick<Target, 'url'>[] = [...own, { url: '/queues' }, { url: '/queues/api/queues' }]
  for (const { url } of targets) {
    for (const disguise of disguises(url)) {
      http.now += 60_000
      const answer = await exchange(port, rawRequest(`GET ${disguise}`))
      const refused = [0, 400, 401, 403, 404].includes(statusOf(answer))
      assert.ok(refused || answer.endsWith('\r\n\r\n{"live":true}'), `${disguise}: ${answer.slice(0, 200)}`)
    }
  }
})

test('verbs that belong to proxies are none of ours', async () => {
  await using http = await startTarget()
  const port = await listen(http)
  for (const line of ['TRACE /v1/positions', 'CONNECT 127.0.0.1:22', 'PROPFIND /', 'get /v1/positions', 'GETX /']) {
    const answer = await exchange(port, rawRequest(line, bearer(OPERATOR_TOKEN)))
    assert.ok([0, 400, 404, 405].includes(statusOf(answer)), `${line}: ${answer.slice(0, 200)}`)
    assert.ok(!answer.includes(OPERATOR_TOKEN), line)
  }
})
