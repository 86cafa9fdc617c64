/** The stream: confirmations, snapshots, errors, posts, limits and the idle end (reference section 5). */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { WebSocket } from 'ws'
import { ACCOUNT, MASTER, runVenue, streamUrl } from '#test/simulators/hyperliquid/running-venue.ts'
import { marketOrder, post, restingOrder, signedRequest } from '#test/simulators/hyperliquid/signed-request.ts'
import { connect } from '#test/simulators/hyperliquid/stream-client.ts'

const CLOID = '0xaa000000000000000000000000000001'

describe('a subscription', () => {
  test('to userFills begins with a snapshot of what was filled before', async (t) => {
    const venue = await runVenue(t)
    await post(venue, '/exchange', signedRequest(marketOrder(CLOID), venue.engine.now()))
    const client = await connect(venue)
    await client.subscribe({ type: 'userFills', user: ACCOUNT })
    const snapshot = await client.received.first(({ channel }) => channel === 'userFills')
    assert.partialDeepStrictEqual(snapshot.data, { isSnapshot: true, user: ACCOUNT, fills: [{ cloid: CLOID }] })
  })

  test('to orderUpdates and userEvents replays nothing; userEvents come on the channel user', async (t) => {
    const venue = await runVenue(t)
    await post(venue, '/exchange', signedRequest(marketOrder(), venue.engine.now()))
    const client = await connect(venue)
    await client.subscribe({ type: 'orderUpdates', user: ACCOUNT })
    await client.subscribe({ type: 'userEvents', user: ACCOUNT })
    await post(venue, '/exchange', signedRequest(marketOrder(CLOID), venue.engine.now() + 1))
    await client.received.first(({ channel }) => channel === 'user')
    const seen = client.received.events.filter(({ channel }) => channel === 'orderUpdates')
    assert.deepEqual(
      seen.flatMap(({ data }) =>
        (data as { readonly order: { readonly cloid?: string } }[]).map(({ order }) => order.cloid),
      ),
      [CLOID],
    )
  })

  test('is confirmed with the address in lower case, and repeated or unknown ones are refused', async (t) => {
    const venue = await runVenue(t)
    const client = await connect(venue)
    client.send({ method: 'subscribe', subscription: { type: 'orderUpdates', user: MASTER.address } })
    const confirmed = await client.received.first(({ channel }) => channel === 'subscriptionResponse')
    assert.deepEqual(confirmed.data, { method: 'subscribe', subscription: { type: 'orderUpdates', user: ACCOUNT } })
    const subscription = JSON.stringify({ type: 'orderUpdates', user: ACCOUNT })
    const errors = [
      [`{"method":"subscribe","subscription":${subscription}}`, `Already subscribed: ${subscription}`],
      ['{"method":"subscribe","subscription":{"type":"nothing"}}', 'Invalid subscription {"type":"nothing"}'],
      [
        '{"method":"subscribe","subscription":{"type":"l2Book","coin":"NONE"}}',
        'Invalid subscription {"type":"l2Book","coin":"NONE"}',
      ],
      ['{"method":"unsubscribe","subscription":{"type":"allMids"}}', 'Already unsubscribed: {"type":"allMids"}'],
      ['nonsense', 'Error parsing JSON into valid websocket request: nonsense'],
    ] as const
    for (const [message, error] of errors) {
      client.send(message)
      await client.received.first(({ channel, data }) => channel === 'error' && data === error)
    }
  })

  test('ends when it is cancelled', async (t) => {
    const venue = await runVenue(t)
    const client = await connect(venue)
    const subscription = { type: 'orderUpdates', user: ACCOUNT }
    await client.subscribe(subscription)
    await client.subscribe({ type: 'userFills', user: ACCOUNT })
    client.send({ method: 'unsubscribe', subscription })
    await client.received.first(
      ({ data }) => JSON.stringify(data) === JSON.stringify({ method: 'unsubscribe', subscription }),
    )
    await post(venue, '/exchange', signedRequest(marketOrder(CLOID), venue.engine.now()))
    await client.received.first(({ channel, data }) => channel === 'userFills' && !('isSnapshot' in (data as object)))
    assert.deepEqual(
      client.received.events.filter(({ channel }) => channel === 'orderUpdates'),
      [],
    )
  })

  test('to a market state tells it at once and again when it changed, the last state always', async (t) => {
    const venue = await runVenue(t, { stream: { stateIntervalMs: 20 } })
    const client = await connect(venue)
    await client.subscribe({ type: 'activeAssetCtx', coin: 'BTC' })
    await client.subscribe({ type: 'clearinghouseState', user: ACCOUNT, dex: '' })
    const price = (data: unknown) => (data as { readonly ctx: { readonly markPx: string } }).ctx.markPx
    await client.received.first(({ channel, data }) => channel === 'activeAssetCtx' && price(data) === '100000.0')
    for (const px of ['100100', '100200', '100300']) venue.engine.operator.setMark('BTC', px)
    await client.received.first(({ channel, data }) => channel === 'activeAssetCtx' && price(data) === '100300.0')
    venue.engine.operator.deposit(ACCOUNT, '1')
    await client.received.first(
      ({ channel, data }) =>
        channel === 'clearinghouseState' && JSON.stringify(data).includes('"accountValue":"10001.0"'),
    )
  })
})

test('funding, deposits and cancels by the venue reach their subscribers', async (t) => {
  const venue = await runVenue(t, { clock: { kind: 'manual' } })
  await post(venue, '/exchange', signedRequest(marketOrder(), venue.engine.now()))
  const client = await connect(venue)
  await client.subscribe({ type: 'userFundings', user: ACCOUNT })
  await client.subscribe({ type: 'userNonFundingLedgerUpdates', user: ACCOUNT })
  venue.engine.operator.setFundingRate('BTC', '0.0001')
  venue.clock.advance(3_600_000)
  venue.engine.settle()
  const funding = await client.received.first(
    ({ channel, data }) => channel === 'userFundings' && !('isSnapshot' in (data as object)),
  )
  assert.partialDeepStrictEqual(funding.data, { user: ACCOUNT, fundings: [{ coin: 'BTC', usdc: '-0.1' }] })
  venue.engine.operator.deposit(ACCOUNT, '7')
  await client.received.first(
    ({ channel, data }) =>
      channel === 'userNonFundingLedgerUpdates' && JSON.stringify(data).includes('{"type":"deposit","usdc":"7.0"}'),
  )
})

test('a post carries info requests and signed actions, and its refusals read like HTTP', async (t) => {
  const venue = await runVenue(t)
  const client = await connect(venue)
  const answered = async (id: number, request: object) => {
    client.send({ method: 'post', id, request })
    const event = await client.received.first(({ data }) => (data as { readonly id?: number }).id === id)
    return (event.data as { readonly response: unknown }).response
  }
  assert.deepEqual(await answered(1, { type: 'info', payload: { type: 'userRole', user: ACCOUNT } }), {
    type: 'info',
    payload: { type: 'userRole', data: { role: 'user' } },
  })
  const action = signedRequest(restingOrder(CLOID), venue.engine.now())
  assert.partialDeepStrictEqual(await answered(2, { type: 'action', payload: action }), {
    type: 'action',
    payload: { status: 'ok', response: { type: 'order' } },
  })
  assert.deepEqual(await answered(3, { type: 'info', payload: { type: 'nothing' } }), {
    type: 'error',
    payload: '422 Unprocessable Entity: Failed to deserialize the JSON body into the target type',
  })
})

test('a ping is answered, and a connection that got nothing for the idle time is closed', async (t) => {
  const venue = await runVenue(t, { stream: { idleMs: 300 } })
  const client = await connect(venue)
  client.send({ method: 'ping' })
  await client.received.first(({ channel }) => channel === 'pong')
  assert.equal(await client.closed, 1000)
})

test('limits: users per machine, connections per machine, posts in flight', async (t) => {
  const venue = await runVenue(t, { rateLimits: { stream: 0.1 } })
  const client = await connect(venue)
  await client.subscribe({ type: 'orderUpdates', user: ACCOUNT })
  client.send({ method: 'subscribe', subscription: { type: 'orderUpdates', user: `0x${'33'.repeat(20)}` } })
  await client.received.first(
    ({ channel, data }) => channel === 'error' && data === 'Cannot track more than 1 total users.',
  )
  venue.faults.add({
    match: { path: '/ws' },
    fault: { kind: 'hang', processed: false },
    skip: 0,
    count: null,
    probability: 1,
  })
  const request = { type: 'info', payload: { type: 'exchangeStatus' } }
  for (let id = 1; id <= 10; id++) client.send({ method: 'post', id, request })
  client.send({ method: 'ping' })
  await client.received.first(({ channel }) => channel === 'pong')
  client.send({ method: 'post', id: 11, request })
  await client.received.first(
    ({ channel, data }) => channel === 'error' && data === 'too many pending post requests id=11',
  )
  const refused = new WebSocket(streamUrl(venue))
  const status = await new Promise<number | undefined>((resolve) => {
    refused.on('unexpected-response', (handshake, response) => {
      handshake.destroy()
      resolve(response.statusCode)
    })
  })
  assert.equal(status, 429)
})
