/** Nobody passes without a token; operators alone read the book and switch; nothing leaks. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Queue } from 'bullmq'
import { Secret } from '#config/secret.ts'
import { createCallerTable } from '#http/callers.ts'
import type { ErrorAnswer } from '#http/wire.ts'
import { startTestRedis } from '#test/support/redis.ts'
import { bearer, OPERATOR_TOKEN, SIGNAL_TOKEN, startHttp } from './http-fixture.ts'

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

test('a login link works once, in time, and gives a strict cookie that opens the queues', async () => {
  await using http = await startHttp()
  const made = await http.server.fastify.inject({
    method: 'POST',
    url: '/v1/login-links',
    headers: bearer(OPERATOR_TOKEN),
  })
  const { path } = made.json<{ path: string }>()
  const login = await http.server.fastify.inject({ url: path })
  const cookie = String(login.headers['set-cookie'])
  assert.match(cookie, /HttpOnly; SameSite=Strict/)
  const headers = { cookie: cookie.split(';')[0]! }
  assert.equal((await http.server.fastify.inject({ url: '/v1/positions', headers })).statusCode, 200)
  assert.equal((await http.server.fastify.inject({ url: path })).statusCode, 401, 'a spent link')
  const late = http.server.loginPath()
  http.now += 16 * 60_000
  assert.equal((await http.server.fastify.inject({ url: late })).statusCode, 401, 'a late link')
  http.now += 3 * 3_600_000
  assert.equal((await http.server.fastify.inject({ url: '/v1/positions', headers })).statusCode, 401, 'an idle session')
  assert.ok(!http.logged.join('').includes(path.split('=')[1]!), 'the log repeats a login code')
})

test('a change with the cookie must come from our own page', async () => {
  await using http = await startHttp()
  const login = await http.server.fastify.inject({ url: http.server.loginPath() })
  const cookie = String(login.headers['set-cookie']).split(';')[0]!
  const control = { method: 'POST', url: '/v1/control', payload: { trading_enabled: false, why: 'x' } } as const
  const foreign = await http.server.fastify.inject({ ...control, headers: { cookie, 'sec-fetch-site': 'cross-site' } })
  assert.equal(foreign.statusCode, 403)
  assert.equal((await http.server.fastify.inject({ ...control, headers: { cookie } })).statusCode, 403)
  const own = await http.server.fastify.inject({ ...control, headers: { cookie, 'sec-fetch-site': 'same-origin' } })
  assert.equal(own.statusCode, 200)
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
