/** Rate limits: REST weight per machine and actions per account (reference section 6). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { IpWeights } from '#simulators/hyperliquid/server/ip-weights.ts'
import { ACCOUNT, runVenue } from '#test/simulators/hyperliquid/running-venue.ts'
import { info, marketOrder, post, restingOrder, signedRequest } from '#test/simulators/hyperliquid/signed-request.ts'

const MANUAL = { clock: { kind: 'manual' } } as const

test('a machine spends 1200 weight a minute and earns it back evenly', () => {
  const weights = new IpWeights(1)
  for (let taken = 0; taken < 1200; taken += 60) assert.ok(weights.take('a', 60, 0))
  assert.equal(weights.take('a', 1, 0), false)
  assert.ok(weights.take('b', 60, 0))
  assert.equal(weights.take('a', 60, 2999), false)
  assert.ok(weights.take('a', 60, 3000))
})

test('rows overdraw the weight of the next request', () => {
  const weights = new IpWeights(1)
  assert.ok(weights.take('a', 20, 0))
  weights.charge('a', 2000, 0)
  assert.equal(weights.take('a', 1, 0), false)
})

test('the twenty-first userRole of a minute gets 429 null, and time heals it', async (t) => {
  const venue = await runVenue(t, MANUAL)
  const role = () => post(venue, '/info', { type: 'userRole', user: ACCOUNT })
  for (let asked = 0; asked < 20; asked++) assert.equal((await role()).status, 200)
  const refused = await role()
  assert.deepEqual([refused.status, await refused.text()], [429, 'null'])
  venue.clock.advance(3000)
  assert.equal((await role()).status, 200)
})

test('a refused request spends no nonce', async (t) => {
  const venue = await runVenue(t, MANUAL)
  for (let asked = 0; asked < 20; asked++) await post(venue, '/info', { type: 'userRole', user: ACCOUNT })
  const request = signedRequest(marketOrder(), venue.engine.now())
  assert.equal((await post(venue, '/exchange', request)).status, 429)
  venue.clock.advance(60_000)
  assert.partialDeepStrictEqual(await (await post(venue, '/exchange', request)).json(), { status: 'ok' })
})

test('an account out of actions may send one per ten seconds, cancels go on, and trading earns more', async (t) => {
  const venue = await runVenue(t, { ...MANUAL, rateLimits: { actions: 0.01 } })
  let nonce = venue.engine.now()
  const send = async (action: object) => {
    venue.clock.advance(1000)
    return (await (await post(venue, '/exchange', signedRequest(action, ++nonce))).json()) as {
      readonly status: string
      readonly response: unknown
    }
  }
  for (let sent = 0; sent < 100; sent++) assert.equal((await send({ type: 'noop' })).status, 'ok')
  assert.equal((await send({ type: 'noop' })).status, 'ok')
  const refused = await send(restingOrder())
  assert.match(
    String(refused.response),
    /^Too many cumulative requests sent \(101 > 100\) for cumulative volume traded \$0\.00\. /,
  )
  const cancel = await send({ type: 'cancel', cancels: [{ a: 0, o: 1 }] })
  assert.equal(cancel.status, 'ok')
  venue.engine.operator.setVolume(ACCOUNT, '1000')
  assert.equal((await send(restingOrder())).status, 'ok')
  assert.partialDeepStrictEqual(await info(venue, { type: 'userRateLimit', user: ACCOUNT }), {
    cumVlm: '1000.0',
    nRequestsCap: 1100,
    nRequestsUsed: 103,
  })
})

test('limits can be switched off', async (t) => {
  const venue = await runVenue(t, { ...MANUAL, rateLimits: Infinity })
  for (let asked = 0; asked < 30; asked++) {
    assert.equal((await post(venue, '/info', { type: 'userRole', user: ACCOUNT })).status, 200)
  }
})

test('an action that had expired costs five', async (t) => {
  const venue = await runVenue(t, MANUAL)
  const now = venue.engine.now()
  await post(venue, '/exchange', signedRequest(marketOrder(), now, { expiresAfter: now - 1 }))
  assert.partialDeepStrictEqual(await info(venue, { type: 'userRateLimit', user: ACCOUNT }), { nRequestsUsed: 5 })
})
