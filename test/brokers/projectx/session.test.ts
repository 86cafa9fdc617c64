/** The door of the venue: token, limits, allow-list. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { BrokerUnavailable, CommandRefused } from '#brokers/errors.ts'
import { PATHS } from '#brokers/projectx/error-codes.ts'
import { RequestWindow } from '#brokers/projectx/request-window.ts'
import type { ReadPath } from '#brokers/projectx/session.ts'
import { accountsSchema } from '#brokers/projectx/wire.ts'
import { type Canned, NOW, openScriptedSession } from './scripted-venue.ts'

const HOUR_MS = 3_600_000
const read = (session: Awaited<ReturnType<typeof openScriptedSession>>['session']) =>
  session.read('/api/Account/search', {}, accountsSchema)
const pathsOf = (asked: readonly { readonly path: string }[]): string[] => asked.map(({ path }) => path.slice(5))

test('one login serves all, also those who come at once', async (t) => {
  const { session, asked } = await openScriptedSession(t, {})
  await Promise.all([read(session), read(session), session.token()])
  await read(session)
  assert.equal(pathsOf(asked).filter((path) => path === 'Auth/loginKey').length, 1)
  assert.ok(asked.filter(({ path }) => path.includes('Account')).every(({ token }) => token === 'Bearer token-1'))
})

test('the token is renewed by validation before its day is over; after it the key logs in', async (t) => {
  let now = NOW
  const validate = { newToken: 'token-2' }
  const { session, asked } = await openScriptedSession(t, { '/api/Auth/validate': validate }, () => now)
  assert.equal(await session.token(), 'token-1')
  now += 19 * HOUR_MS
  assert.equal(await session.token(), 'token-1')
  now += 2 * HOUR_MS
  assert.equal(await session.token(), 'token-2')
  now += 25 * HOUR_MS
  assert.equal(await session.token(), 'token-1')
  assert.deepEqual(pathsOf(asked), ['Auth/loginKey', 'Auth/validate', 'Auth/loginKey'])
})

test('a session that cannot be renewed is replaced by a login', async (t) => {
  let now = NOW
  const refused = { success: false, errorCode: 3 }
  const { session, asked } = await openScriptedSession(t, { '/api/Auth/validate': refused }, () => now)
  await session.token()
  now += 21 * HOUR_MS
  assert.equal(await session.token(), 'token-1')
  assert.deepEqual(pathsOf(asked), ['Auth/loginKey', 'Auth/validate', 'Auth/loginKey'])
})

test('a read that meets 401 logs in once and asks again, once', async (t) => {
  const answers: Canned[] = [
    { status: 401, text: '' },
    { accounts: [] },
    { status: 401, text: '' },
    { status: 401, text: '' },
  ]
  const { session, asked } = await openScriptedSession(t, { '/api/Account/search': () => answers.shift() ?? {} })
  assert.deepEqual((await read(session)).data.accounts, [])
  await assert.rejects(read(session), /HTTP 401/)
  assert.equal(pathsOf(asked).filter((path) => path === 'Account/search').length, 4)
  assert.equal(pathsOf(asked).filter((path) => path === 'Auth/loginKey').length, 3)
})

test('an order that meets 401 goes out once; the next request has a new token (A13)', async (t) => {
  const tokens = ['token-1', 'token-2']
  const { session, asked } = await openScriptedSession(t, {
    '/api/Auth/loginKey': () => ({ token: tokens.shift() ?? '' }),
    '/api/Order/place': { status: 401, text: '' },
  })
  const outcome = await session.transmit('/api/Order/place', '{}', 'normal')
  assert.ok(outcome.kind === 'answer' && outcome.status === 401)
  assert.equal(asked.filter(({ path }) => path === '/api/Order/place').length, 1)
  await read(session)
  assert.equal(asked.at(-1)?.token, 'Bearer token-2')
})

test('a login that fails means that an order was not sent, and says why without the key', async (t) => {
  const { session, asked } = await openScriptedSession(t, { '/api/Auth/loginKey': { success: false, errorCode: 3 } })
  const outcome = await session.transmit('/api/Order/place', '{}', 'urgent')
  assert.ok(outcome.kind === 'not-sent' && outcome.detail.includes('InvalidCredentials'))
  assert.equal(outcome.detail.includes('key"'), false)
  assert.deepEqual(pathsOf(asked), ['Auth/loginKey'])
})

test('a business failure of a read is unavailable, in the endpoint’s own words', async (t) => {
  const { session } = await openScriptedSession(t, {
    '/api/History/retrieveBars': { success: false, errorCode: 4, errorMessage: 'too many' },
  })
  await assert.rejects(
    session.read('/api/History/retrieveBars', {}, accountsSchema),
    (error) => error instanceof BrokerUnavailable && /too many \(errorCode 4, LimitInvalid\)/.test(error.message),
  )
})

test('only listed paths are called, whatever is asked', async (t) => {
  const { session, asked } = await openScriptedSession(t, {})
  await session.token()
  const others = [
    '/api/Position/closeContract',
    '/api/Position/partialCloseContract',
    '/api/Order/modify',
    '/api/Auth/logout',
    '/api/Account/search/../../Position/closeContract',
    '/api/Order/place?x=1',
    '/API/ORDER/PLACE',
  ]
  const path = fc.oneof(
    fc.constantFrom(...others),
    fc.webPath(),
    fc.string(),
    fc.constantFrom(...PATHS).map((known) => `${known}/`),
  )
  await fc.assert(
    fc.asyncProperty(path, async (wanted) => {
      fc.pre(!(PATHS as readonly string[]).includes(wanted))
      await assert.rejects(session.read(wanted as ReadPath, {}, accountsSchema), CommandRefused)
      await assert.rejects(session.transmit(wanted as '/api/Order/place', '{}', 'urgent'), CommandRefused)
    }),
    { numRuns: 60 },
  )
  assert.deepEqual(pathsOf(asked), ['Auth/loginKey'])
})

test('H2: the limit is a window: normal requests leave its reserve to the urgent, and pause after a 429', async () => {
  let now = 0
  const window = new RequestWindow({ requests: 8, windowMs: 1_000, reserve: 2, clock: () => now })
  for (let count = 0; count < 6; count += 1) assert.equal(await window.take('normal', 0), true)
  assert.equal(await window.take('normal', 0), false)
  for (let count = 0; count < 4; count += 1) assert.equal(await window.take('urgent', 0), true)
  now = 999
  assert.equal(await window.take('normal', 0), false)
  now = 1_001
  assert.equal(await window.take('normal', 0), true)
  window.exhaust()
  assert.equal(await window.take('normal', 0), false)
  assert.equal(await window.take('urgent', 0), true)
  now += 51
  assert.equal(await window.take('normal', 0), true)
})
