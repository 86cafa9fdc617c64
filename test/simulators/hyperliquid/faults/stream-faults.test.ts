/** Streams that lie: events twice, never, late, and connections cut in place of an event. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { faultRule, type FaultRuleInput } from '#simulators/hyperliquid/faults/fault.ts'
import { ACCOUNT, runVenue, type TestVenue } from '#test/simulators/hyperliquid/running-venue.ts'
import { marketOrder, post, signedRequest } from '#test/simulators/hyperliquid/signed-request.ts'
import { connect, type StreamClient } from '#test/simulators/hyperliquid/stream-client.ts'

const FIRST = '0xaa000000000000000000000000000001'
const SECOND = '0xaa000000000000000000000000000002'
const MARK = '0xaa00000000000000000000000000000f'

function arm(venue: TestVenue, fault: FaultRuleInput['fault'], cloid: string): void {
  venue.faults.add(faultRule.parse({ match: { channel: 'userFills', user: ACCOUNT, cloid }, fault }))
}

/** Fills `cloids` one after the other and returns the cloids of userFills messages up to the last one's. */
async function streamed(venue: TestVenue, client: StreamClient, ...cloids: string[]): Promise<string[]> {
  const now = venue.engine.now()
  for (const [index, cloid] of cloids.entries()) {
    await post(venue, '/exchange', signedRequest(marketOrder(cloid, index % 2 === 0), now + index))
  }
  await client.received.first(({ channel, data }) => channel === 'userFills' && cloidOf(data) === cloids.at(-1))
  return client.received.events
    .filter(({ channel }) => channel === 'userFills')
    .map(({ data }) => cloidOf(data))
    .filter((cloid) => cloid !== undefined)
}

function cloidOf(data: unknown): string | undefined {
  return (data as { readonly fills: readonly { readonly cloid?: string }[] }).fills[0]?.cloid
}

test('a duplicated event comes twice', async (t) => {
  const venue = await runVenue(t)
  const client = await connect(venue)
  await client.subscribe({ type: 'userFills', user: ACCOUNT })
  arm(venue, { kind: 'duplicate-event' }, FIRST)
  assert.deepEqual(await streamed(venue, client, FIRST, MARK), [FIRST, FIRST, MARK])
})

test('a withheld event never comes, and a late one comes out of order', async (t) => {
  const venue = await runVenue(t)
  const client = await connect(venue)
  await client.subscribe({ type: 'userFills', user: ACCOUNT })
  arm(venue, { kind: 'withhold-event' }, FIRST)
  arm(venue, { kind: 'withhold-event', releaseAfterMs: 1500 }, SECOND)
  assert.deepEqual(await streamed(venue, client, FIRST, SECOND, MARK), [MARK])
  await client.received.first(({ channel, data }) => channel === 'userFills' && cloidOf(data) === SECOND)
  assert.equal(venue.engine.account.fills(ACCOUNT).length, 3)
})

test('a connection is cut in place of an event, or on command', async (t) => {
  const venue = await runVenue(t)
  const [victim, bystander] = [await connect(venue), await connect(venue)]
  await victim.subscribe({ type: 'userFills', user: ACCOUNT })
  arm(venue, { kind: 'drop-socket' }, FIRST)
  await post(venue, '/exchange', signedRequest(marketOrder(FIRST), venue.engine.now()))
  assert.equal(await victim.closed, 1006)
  assert.equal(venue.dropSockets(ACCOUNT), 0)
  assert.equal(venue.dropSockets(), 1)
  assert.equal(await bystander.closed, 1006)
})

test('userEvents is known to rules by its channel, user', async (t) => {
  const venue = await runVenue(t)
  const client = await connect(venue)
  await client.subscribe({ type: 'userEvents', user: ACCOUNT })
  venue.faults.add(faultRule.parse({ match: { channel: 'user' }, fault: { kind: 'drop-socket' } }))
  await post(venue, '/exchange', signedRequest(marketOrder(FIRST), venue.engine.now()))
  assert.equal(await client.closed, 1006)
})
