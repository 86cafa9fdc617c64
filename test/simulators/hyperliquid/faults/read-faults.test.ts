/** Reads that lie: stale accounts, an order that is not found, lists cut short. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { controlHyperliquid } from '#simulators/hyperliquid/control/client.ts'
import { ACCOUNT, runVenue, type TestVenue } from '#test/simulators/hyperliquid/running-venue.ts'
import { info, marketOrder, post, restingOrder, signedRequest } from '#test/simulators/hyperliquid/signed-request.ts'

const CLOID = '0xaa000000000000000000000000000001'
const RESTING = '0xaa000000000000000000000000000002'

async function send(venue: TestVenue, action: object): Promise<void> {
  venue.clock.advance(1000)
  const answer = await (await post(venue, '/exchange', signedRequest(action, venue.engine.now()))).json()
  assert.partialDeepStrictEqual(answer, { status: 'ok' })
}

test('a stale read shows positions, orders, fills and status as they were', async (t) => {
  const venue = await runVenue(t, { clock: { kind: 'manual' }, rateLimits: Infinity })
  const control = controlHyperliquid(venue.url)
  await send(venue, restingOrder(RESTING))
  await control.call('addFault', { match: { path: '/info' }, fault: { kind: 'stale', ms: 1500 }, count: null })
  await send(venue, marketOrder(CLOID))
  await send(venue, { type: 'cancelByCloid', cancels: [{ asset: 0, cloid: RESTING }] })
  const read = (request: object) => info(venue, { user: ACCOUNT, ...request })

  // Two steps of 1 s ago the resting order stood alone; one step ago the entry had filled.
  const positions = async () =>
    ((await read({ type: 'clearinghouseState' })) as { assetPositions: unknown[] }).assetPositions
  assert.deepEqual(await positions(), [])
  assert.deepEqual(await read({ type: 'userFills' }), [])
  assert.deepEqual(await read({ type: 'orderStatus', oid: CLOID }), { status: 'unknownOid' })
  assert.partialDeepStrictEqual(await read({ type: 'orderStatus', oid: RESTING }), { order: { status: 'open' } })
  assert.partialDeepStrictEqual(await read({ type: 'openOrders' }), [{ cloid: RESTING, sz: '0.01' }])
  venue.clock.advance(1000)
  assert.partialDeepStrictEqual(await read({ type: 'orderStatus', oid: CLOID }), { order: { status: 'filled' } })
  assert.partialDeepStrictEqual(await positions(), [{ position: { szi: '0.01' } }])
  assert.partialDeepStrictEqual(await read({ type: 'openOrders' }), [{ cloid: RESTING }])
  venue.clock.advance(1000)
  assert.deepEqual(await read({ type: 'openOrders' }), [])
  await control.call('clearFaults', {})
  assert.equal(((await read({ type: 'historicalOrders' })) as unknown[]).length, 2)
})

test('an order that exists is not found once', async (t) => {
  const venue = await runVenue(t)
  const control = controlHyperliquid(venue.url)
  await post(venue, '/exchange', signedRequest(marketOrder(CLOID), venue.engine.now()))
  await control.call('addFault', { match: { info: 'orderStatus', cloid: CLOID }, fault: { kind: 'unknown-oid' } })
  const status = () => info(venue, { type: 'orderStatus', user: ACCOUNT, oid: CLOID })
  assert.deepEqual(await status(), { status: 'unknownOid' })
  assert.partialDeepStrictEqual(await status(), { status: 'order', order: { status: 'filled' } })
})

test('a page of fills is cut short without a word', async (t) => {
  const venue = await runVenue(t)
  const control = controlHyperliquid(venue.url)
  const now = venue.engine.now()
  for (const [index, isBuy] of [true, false, true].entries()) {
    await post(venue, '/exchange', signedRequest(marketOrder(undefined, isBuy), now + index))
  }
  await control.call('addFault', { match: { info: 'userFillsByTime' }, fault: { kind: 'truncate', rows: 1 } })
  const page = async () => (await info(venue, { type: 'userFillsByTime', user: ACCOUNT, startTime: 0 })) as unknown[]
  assert.deepEqual([(await page()).length, (await page()).length], [1, 3])
})
