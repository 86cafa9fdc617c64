/** Nobody passes without a token; operators alone read the book and switch; nothing leaks. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Queue } from 'bullmq'
import { Secret } from '#config/secret.ts'
import { createCallerTable } from '#http/callers.ts'
import type { ErrorAnswer, LoginLinkAnswer, SessionAnswer } from '#http/wire.ts'
import { startTestRedis } from '#test/support/redis.ts'
import {
  bearer,
  codeOf,
  LESSER_TOKEN,
  logIn,
  OPERATOR_TOKEN,
  postLogin,
  SETTINGS,
  SIGNAL_TOKEN,
  START,
  startHttp,
  VIEWER_TOKEN,
} from './http-fixture.ts'

const OPERATOR_PATHS = [
  '/v1/positions',
  '/v1/alerts',
  '/v1/equity',
  '/v1/sweeps',
  '/v1/control',
  '/queues',
  '/queues/api/queues',
]

test('every path but health and login needs a known token', async () => {
  await using http = await startHttp()
  const attempts = [
    undefined,
    '',
    'Bearer',
    'Bearer ',
    `Basic ${SIGNAL_TOKEN}`,
    SIGNAL_TOKEN,
    'Bearer wrong-token-0123456789',
    `Bearer ${SIGNAL_TOKEN}x`,
    `Bearer ${SIGNAL_TOKEN.slice(1)}`,
    `Bearer ${OPERATOR_TOKEN},${SIGNAL_TOKEN}`,
  ]
  for (const authorization of attempts) {
    for (const url of [...OPERATOR_PATHS, '/v1/signals/sig-x']) {
      const headers = authorization === undefined ? {} : { authorization }
      const answer = await http.server.fastify.inject({ url, headers })
      assert.equal(answer.statusCode, 401, `${url} with ${authorization}`)
      assert.match(String(answer.headers['www-authenticate']), /Bearer/)
      assert.ok(!answer.body.includes('wrong-token'), 'an answer repeats the token')
    }
  }
  assert.equal((await http.server.fastify.inject({ url: '/livez' })).statusCode, 200)
})

test('a signal token is not enough for the operator', async () => {
  await using http = await startHttp()
  for (const url of OPERATOR_PATHS) {
    const answer = await http.server.fastify.inject({ url, headers: bearer(SIGNAL_TOKEN) })
    assert.equal(answer.statusCode, 403, url)
    assert.equal(answer.json<ErrorAnswer>().error.code, 'forbidden')
  }
})

test('short and shared tokens are refused at start', () => {
  const good = new Secret(OPERATOR_TOKEN)
  const admin = { name: 'operator', role: 'admin' } as const
  assert.throws(
    () => createCallerTable({ operators: [{ ...admin, token: new Secret('short') }], signals: [] }),
    /at least 16/,
  )
  const shared = {
    operators: [{ ...admin, token: good }],
    signals: [{ name: 'a', proof: 'bearer' as const, token: good, strategies: ['*'] }],
  }
  assert.throws(() => createCallerTable(shared), /token of its own for a/)
})

test('a login link works once and in time, is not spent by looking at it, and opens what its person may see', async () => {
  await using http = await startHttp()
  const ask = (url: string, headers = {}) => http.server.fastify.inject({ url, headers })
  const made = await http.server.fastify.inject({
    method: 'POST',
    url: '/v1/login-links',
    headers: bearer(VIEWER_TOKEN),
  })
  const { path, expires_at } = made.json<LoginLinkAnswer>()
  assert.equal(expires_at, START + 15 * 60_000)
  for (const _ of [1, 2]) {
    const page = await ask(path)
    assert.equal(page.statusCode, 200)
    assert.equal(page.headers['set-cookie'], undefined)
  }
  const login = await postLogin(http, { token: codeOf(path), next: '/#/alerts/a-1' })
  assert.equal(login.statusCode, 303)
  assert.equal(login.headers.location, '/#/alerts/a-1')
  assert.match(
    String(login.headers['set-cookie']),
    /^truebook=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=43200$/,
  )
  const cookie = { cookie: String(login.headers['set-cookie']).split(';')[0]! }
  assert.equal((await ask('/v1/positions', cookie)).statusCode, 200)
  const session = (await ask('/v1/session', cookie)).json<SessionAnswer>()
  assert.deepEqual(
    { ...session, csrf: session.csrf?.length },
    { name: 'vera', role: 'viewer', mode: 'paper', csrf: 43, expires_at: START + 12 * 3_600_000 },
  )
  assert.equal((await postLogin(http, { token: codeOf(path) })).statusCode, 401, 'a spent link')
  const late = http.server.loginPath()
  http.now += 16 * 60_000
  assert.equal((await postLogin(http, { token: codeOf(late) })).statusCode, 401, 'a late link')
  http.now += 3 * 3_600_000
  assert.equal((await ask('/v1/positions', cookie)).statusCode, 401, 'an idle session')
  assert.ok(!http.logged.join('').includes(codeOf(path)), 'the log repeats a login code')
})

test('a session ends after 12 hours however much it is used', async () => {
  await using http = await startHttp()
  const { cookie } = await logIn(http, OPERATOR_TOKEN)
  const status = async () => (await http.server.fastify.inject({ url: '/v1/positions', headers: cookie })).statusCode
  for (let hour = 0; hour < 11; hour += 1) {
    http.now += 3_600_000
    assert.equal(await status(), 200)
  }
  http.now += 3_600_000
  assert.equal(await status(), 401)
})

test('a bearer caller needs no proof of a page, and has no session', async () => {
  await using http = await startHttp()
  const answer = await http.server.fastify.inject({ url: '/v1/session', headers: bearer(LESSER_TOKEN) })
  assert.deepEqual(answer.json(), { name: 'olga', role: 'operator', mode: 'paper', csrf: null, expires_at: null })
})

test('one request proves itself in one way: a wrong token is not made good by a cookie', async () => {
  await using http = await startHttp()
  const { cookie } = await logIn(http, OPERATOR_TOKEN)
  const headers = { ...cookie, ...bearer('wrong-token-0123456789') }
  assert.equal((await http.server.fastify.inject({ url: '/v1/positions', headers })).statusCode, 401)
})

test('a browser that opens a page is sent to the login and back; a programme hears 401', async () => {
  await using http = await startHttp()
  const browser = { accept: 'text/html,application/xhtml+xml' }
  const sent = await http.server.fastify.inject({ url: '/queues?x=1', headers: browser })
  assert.equal(sent.statusCode, 303)
  assert.equal(sent.headers.location, '/login?next=%2Fqueues%3Fx%3D1')
  assert.equal((await http.server.fastify.inject({ url: '/queues' })).statusCode, 401)
  const { cookie } = await logIn(http, VIEWER_TOKEN)
  const back = await http.server.fastify.inject({ url: sent.headers.location, headers: { ...browser, ...cookie } })
  assert.equal(back.headers.location, '/queues?x=1', 'who is logged in already is led on')
})

test('Bull Board shows the queues to operators, read-only, under our content policy', async () => {
  const redis = await startTestRedis()
  const queue = new Queue('route', { connection: { host: '127.0.0.1', port: redis.port }, prefix: 'test' })
  try {
    await queue.add('x', { note: 'seen' })
    await using http = await startHttp({ queues: [queue] })
    const headers = bearer(OPERATOR_TOKEN)
    const page = await http.server.fastify.inject({ url: '/queues', headers })
    assert.equal(page.statusCode, 200)
    assert.match(page.body, /Truebook \(paper\)/)
    assert.match(String(page.headers['content-security-policy']), /default-src 'self'/)
    const script = /src="(static\/js\/main[^"]+)"/.exec(page.body)?.[1]
    assert.equal((await http.server.fastify.inject({ url: `/queues/${script}`, headers })).statusCode, 200)
    const list = await http.server.fastify.inject({ url: '/queues/api/queues', headers })
    assert.match(list.body, /"name":"route"/)
    const pause = await http.server.fastify.inject({ method: 'PUT', url: '/queues/api/queues/route/pause', headers })
    assert.equal(pause.statusCode, 405)
  } finally {
    await queue.close()
    await redis.stop()
  }
})

test('a flood of refused requests fills no log, and the next minute is logged again', async () => {
  await using http = await startHttp()
  const refused = async (): Promise<number> => {
    const before = http.logged.filter((line) => line.includes('"level":"info"')).length
    for (let count = 0; count < 1000; count += 1) await http.server.fastify.inject({ url: `/nothing-${count}` })
    return http.logged.filter((line) => line.includes('"level":"info"')).length - before
  }
  assert.equal(await refused(), 600)
  http.now += 60_000
  assert.equal(await refused(), 600)
})

test('whatever changes a queue in Bull Board is an admin’s: a paused queue of exits is a risk, a retry is an admin’s everywhere', async () => {
  await using http = await startHttp({ settings: { ...SETTINGS, queuesWritable: true } })
  await http.server.fastify.ready()
  const board = http.server.routes().filter(({ url }) => url.startsWith('/queues/api'))
  const changes = board.filter(({ method }) => method !== 'GET' && method !== 'HEAD')
  assert.ok(changes.some(({ url }) => url === '/queues/api/queues/pause'))
  for (const { method, url } of changes) {
    const target = { method: method as 'PUT', url: url.replaceAll(/:\w+/g, 'x'), headers: bearer(LESSER_TOKEN) }
    assert.equal((await http.server.fastify.inject(target)).statusCode, 403, `${method} ${url}`)
  }
})
