/** Tries to get in through the login: guessing, spent and stolen codes and sessions, other origins, other hosts. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { loginPage } from '#http/login-page.ts'
import {
  bearer,
  codeOf,
  logIn,
  OPERATOR_TOKEN,
  OWN_PAGE,
  postLogin,
  SETTINGS,
  SIGNAL_TOKEN,
  SIGNING_SECRET,
  VIEWER_TOKEN,
  type HttpFixture,
} from '#test/http/http-fixture.ts'
import { attempt, startTarget } from './target.ts'

const guess = (): string => randomBytes(32).toString('base64url')
const PROXIED = { ...SETTINGS, behindProxy: true, host: '0.0.0.0', publicUrl: 'https://truebook.example.com' }
const THROUGH = { host: 'truebook.example.com', 'x-forwarded-proto': 'https' }

async function statusWith(http: HttpFixture, headers: Readonly<Record<string, string>>): Promise<number> {
  return (await attempt(http, { method: 'GET', url: '/v1/positions' }, headers)).statusCode
}

test('guessed, spent, late and foreign codes open nothing, and say nothing of what was near', async () => {
  await using http = await startTarget()
  const code = codeOf(http.server.loginPath())
  const attempts = [
    guess(),
    '',
    ' ',
    code.slice(0, -1),
    `${code}A`,
    code.toLowerCase(),
    SIGNAL_TOKEN,
    SIGNING_SECRET,
    `Bearer ${OPERATOR_TOKEN}`,
    OPERATOR_TOKEN.slice(1),
  ]
  const pages = new Set<string>()
  for (const token of attempts) {
    http.now += 60_000
    const answer = await postLogin(http, { token })
    assert.equal(answer.statusCode, 401, token)
    assert.equal(answer.headers['set-cookie'], undefined)
    pages.add(answer.body)
  }
  assert.equal(pages.size, 1, 'one page for every failure')
  assert.equal((await postLogin(http, { token: code })).statusCode, 303)
  assert.equal((await postLogin(http, { token: code })).statusCode, 401, 'spent')
})

test('brute force meets the limit of its address, and locks nobody out who has a token or a link', async () => {
  await using http = await startTarget()
  for (let count = 1; count <= 10; count += 1) assert.equal((await postLogin(http, { token: guess() })).statusCode, 401)
  const answer = await postLogin(http, { token: guess() })
  assert.equal(answer.statusCode, 429)
  assert.equal(answer.headers['retry-after'], '60')
  for (const token of [OPERATOR_TOKEN, codeOf(http.server.loginPath())])
    assert.equal((await postLogin(http, { token })).statusCode, 303)
  http.now += 60_000
  assert.equal((await postLogin(http, { token: guess() })).statusCode, 401, 'a mistake a minute later is one')
})

test('many addresses meet a limit together, and nobody chooses an address through the proxy', async () => {
  await using http = await startTarget({ settings: PROXIED })
  const from = (address: string) =>
    postLogin(http, { token: guess() }, { ...OWN_PAGE, ...THROUGH, 'x-forwarded-for': address })
  // What the client claims stands before what the proxy saw.
  for (let count = 1; count <= 10; count += 1)
    assert.equal((await from(`10.0.0.${count}, 203.0.113.9`)).statusCode, 401)
  assert.equal((await from('10.0.0.99, 203.0.113.9')).statusCode, 429)
  const others = []
  for (let count = 0; count < 120; count += 1) others.push((await from(`198.51.100.${count}`)).statusCode)
  assert.equal(others.at(0), 401)
  assert.equal(others.at(-1), 429, 'a hundred addresses with one attempt each')
})

test('guessing tokens on the interface meets a limit too, which locks nobody out who has one', async () => {
  await using http = await startTarget()
  const statuses = []
  for (let count = 0; count < 130; count += 1) statuses.push(await statusWith(http, bearer(guess())))
  assert.equal(statuses.at(0), 401)
  assert.equal(statuses.at(-1), 429)
  assert.equal(await statusWith(http, bearer(OPERATOR_TOKEN)), 200)
})

test('a session ends with its logout and with the process; a new login ends the one before', async () => {
  await using http = await startTarget()
  const first = await logIn(http, OPERATOR_TOKEN)
  await postLogin(http, { token: OPERATOR_TOKEN }, { ...OWN_PAGE, ...first.cookie })
  assert.equal(await statusWith(http, first.cookie), 401, 'the session before')
  const session = await logIn(http, OPERATOR_TOKEN)
  const logout = { method: 'POST', url: '/logout' } as const
  assert.equal((await attempt(http, logout, { ...session.cookie, 'sec-fetch-site': 'cross-site' })).statusCode, 403)
  assert.equal(await statusWith(http, session.cookie), 200, 'another page logs nobody out')
  const out = await attempt(http, logout, { ...session.cookie, ...OWN_PAGE })
  assert.equal(out.statusCode, 303)
  assert.match(String(out.headers['set-cookie']), /^truebook=; .*Max-Age=0/)
  assert.equal(await statusWith(http, session.cookie), 401, 'after the logout')
  const kept = await logIn(http, OPERATOR_TOKEN)
  await using again = await startTarget()
  assert.equal(await statusWith(again, kept.cookie), 401, 'after a restart')
})

test('a session makes no login link: a stolen one ends when it ends', async () => {
  await using http = await startTarget()
  const { changing } = await logIn(http, OPERATOR_TOKEN)
  assert.equal((await attempt(http, { method: 'POST', url: '/v1/login-links' }, changing)).statusCode, 403)
})

test('a link logs in as who made it, and no higher', async () => {
  await using http = await startTarget()
  const made = await attempt(http, { method: 'POST', url: '/v1/login-links' }, bearer(VIEWER_TOKEN), {
    role: 'admin',
    name: 'operator',
  })
  const { changing } = await logIn(http, codeOf(made.json<{ path: string }>().path))
  const halt = { verb: 'halt', scope: { kind: 'all' }, why: 'an intruder' }
  assert.equal((await attempt(http, { method: 'POST', url: '/v1/actions' }, changing, halt)).statusCode, 403)
})

test('the login form of another page logs nobody in', async () => {
  await using http = await startTarget()
  const foreign: Readonly<Record<string, string>>[] = [
    {},
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'none' },
    { origin: 'null' },
    { origin: 'https://evil.example' },
    { origin: 'http://localhost.evil.example' },
    { origin: 'http://localhost:81' },
  ]
  for (const headers of foreign) {
    const answer = await postLogin(http, { token: OPERATOR_TOKEN }, headers)
    assert.equal(answer.statusCode, 403, JSON.stringify(headers))
    assert.equal(answer.headers['set-cookie'], undefined)
  }
  assert.equal((await postLogin(http, { token: OPERATOR_TOKEN }, { origin: 'http://localhost' })).statusCode, 303)
})

test('behind TLS the cookie never travels without it', async () => {
  await using http = await startTarget({ settings: PROXIED })
  const login = await postLogin(http, { token: OPERATOR_TOKEN }, { ...OWN_PAGE, ...THROUGH })
  const given = String(login.headers['set-cookie'])
  assert.match(given, /^__Host-truebook=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=43200; Secure$/)
  const id = given.split(';')[0]!.split('=')[1]!
  const cookie = { cookie: `__Host-truebook=${id}` }
  assert.equal(await statusWith(http, { ...THROUGH, ...cookie }), 200)
  assert.equal(await statusWith(http, { ...THROUGH, ...cookie, 'x-forwarded-proto': 'http' }), 401, 'over plain HTTP')
  assert.equal(await statusWith(http, { ...THROUGH, cookie: `truebook=${id}` }), 401, 'under the name of plain HTTP')
  assert.match(String(login.headers['strict-transport-security']), /max-age=31536000/)
})

test('a login leads to a page of ours and to nowhere else', async () => {
  await using http = await startTarget()
  const elsewhere = [
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/\t/evil.example',
    '/\r\nset-cookie: a=b',
    'javascript:alert(1)',
    'data:text/html,x',
    '/..//evil.example',
    '/x/../..//evil.example',
    ' //evil.example',
    '@evil.example',
    `/${'x'.repeat(3_000)}`,
  ]
  for (const next of elsewhere) {
    http.now += 60_000
    const answer = await postLogin(http, { token: OPERATOR_TOKEN, next })
    assert.equal(answer.statusCode, 303)
    assert.equal(answer.headers.location, '/', next)
    const cookie = { cookie: String(answer.headers['set-cookie']).split(';')[0]! }
    const url = `/login?next=${encodeURIComponent(next)}`
    const page = await attempt(http, { method: 'GET', url }, cookie)
    assert.equal(page.headers.location, '/', `${next} for who is logged in`)
  }
  const back = await postLogin(http, { token: OPERATOR_TOKEN, next: '/queues/queue/route?x=1#y' })
  assert.equal(back.headers.location, '/queues/queue/route?x=1#y')
})

test('whatever stands on the login page stands there as text', () => {
  const script = `"'><script>alert(1)</script>&amp;`
  const page = loginPage({ mode: 'paper', code: script, next: script, problem: script })
  assert.equal(page.match(/<script|"'>/g), null)
  assert.equal(page.match(/&#34;&#39;&#62;&#60;script&#62;alert\(1\)&#60;\/script&#62;&#38;amp;/g)?.length, 3)
})

test('what a login address says stands on the page as text only, and in no header', async () => {
  await using http = await startTarget()
  const script = '"><script>alert(1)</script><input value="'
  const url = `/login?code=${encodeURIComponent(script)}&next=${encodeURIComponent(`/${script.replaceAll(' ', '+')}`)}`
  const page = await attempt(http, { method: 'GET', url }, {})
  assert.doesNotMatch(page.body, /<script|value=""/)
  assert.match(page.body, /name="next" value="\/[^"]*script/)
  const many = await attempt(http, { method: 'GET', url: '/login?code=a&code=b&next=/a&next=//b' }, {})
  assert.equal(many.statusCode, 200)
  const split = '/queues?x=%0d%0aset-cookie:%20a=b'
  const sent = await attempt(http, { method: 'GET', url: split }, { accept: 'text/html' })
  assert.equal(sent.headers['set-cookie'], undefined)
  assert.equal(sent.headers.location, `/login?next=${encodeURIComponent(split)}`)
})

test('one person has so many sessions and links and no more; they end nobody else’s', async () => {
  await using http = await startTarget()
  const mine = await logIn(http, OPERATOR_TOKEN)
  const code = codeOf(http.server.loginPath())
  const first = await logIn(http, VIEWER_TOKEN)
  for (let count = 0; count < 150; count += 1) {
    await logIn(http, VIEWER_TOKEN)
    const link = await http.server.fastify.inject({
      method: 'POST',
      url: '/v1/login-links',
      headers: bearer(VIEWER_TOKEN),
    })
    assert.equal(link.statusCode, 201)
  }
  assert.equal(await statusWith(http, first.cookie), 401, 'the oldest of the same person')
  assert.equal(await statusWith(http, mine.cookie), 200)
  assert.equal((await postLogin(http, { token: code })).statusCode, 303)
})
