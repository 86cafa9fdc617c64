/** Streams: sign-in, subscriptions, pings, pushes in order; order entry over a socket; nothing is replayed. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ACCOUNT, createOrder, runVenue, type TestVenue } from '#test/simulators/bybit/running-venue.ts'
import {
  authArgs,
  connect,
  connectPrivate,
  type StreamClient,
  type StreamEvent,
} from '#test/simulators/bybit/stream-client.ts'

const MANUAL = { clock: { kind: 'manual' } } as const

/** What an order entry stream answers to one request. */
async function trade(client: StreamClient, venue: TestVenue, reqId: string, request: object): Promise<StreamEvent> {
  const header = { 'X-BAPI-TIMESTAMP': String(venue.engine.now()), 'X-BAPI-RECV-WINDOW': '8000' }
  client.send({ reqId, header, ...request })
  return client.received.first((event) => event['reqId'] === reqId)
}

/** Topics of what was pushed so far. */
function topicsOf(stream: StreamClient): readonly unknown[] {
  return stream.received.events.flatMap((event) => event['topic'] ?? [])
}

const ORDER = { category: 'linear', symbol: 'BTCUSDT', side: 'Buy', orderType: 'Limit', qty: '0.01', price: '99000' }

test('a private stream signs in, answers pings, and pushes execution, order, position and wallet', async (t) => {
  const venue = await runVenue(t, MANUAL)
  const stream = await connectPrivate(venue)
  const confirmation = await stream.subscribe(['order', 'execution', 'position', 'wallet'])
  assert.partialDeepStrictEqual(confirmation, { success: true, ret_msg: '', op: 'subscribe' })
  stream.send({ req_id: 'p', op: 'ping' })
  const pong = await stream.received.first((event) => event['op'] === 'pong')
  assert.partialDeepStrictEqual(pong, { req_id: 'p', args: [String(venue.engine.now())] })
  await createOrder(venue, { orderLinkId: 'e' })
  await stream.received.first((event) => event['topic'] === 'wallet')
  assert.deepEqual(topicsOf(stream), ['execution', 'order', 'position', 'wallet'])
  const pushed = stream.received.events.filter((event) => event['topic'] !== undefined)
  const [execution, order, position, wallet] = pushed.map((event) => (event['data'] as readonly object[])[0])
  assert.partialDeepStrictEqual(execution, {
    orderLinkId: 'e',
    execType: 'Trade',
    execPnl: '0',
    createType: 'CreateByUser',
    closedSize: '0',
  })
  assert.partialDeepStrictEqual(order, {
    category: 'linear',
    orderLinkId: 'e',
    orderStatus: 'Filled',
    closedPnl: '0',
    feeCurrency: 'USDT',
  })
  assert.partialDeepStrictEqual(position, { symbol: 'BTCUSDT', side: 'Buy', size: '0.01', entryPrice: '100010' })
  assert.partialDeepStrictEqual(wallet, {
    accountType: 'UNIFIED',
    coin: [{ coin: 'USDT', walletBalance: '9999.449945' }],
  })
})

test('a stream hears nothing of other accounts, and the wallet is not pushed when only the mark moves', async (t) => {
  const venue = await runVenue(t, MANUAL)
  await venue.control.call('createAccount', { account: 'bob' })
  await venue.control.call('deposit', { account: 'bob', amount: '10000' })
  const stream = await connectPrivate(venue)
  await stream.subscribe(['execution', 'wallet'])
  await venue.control.call('tradeByHand', { account: 'bob', symbol: 'BTCUSDT', side: 'Buy', qty: '0.1' })
  await venue.control.call('tradeByHand', { account: ACCOUNT, symbol: 'BTCUSDT', side: 'Sell', qty: '0.02' })
  await venue.control.call('setMark', { symbol: 'BTCUSDT', price: '99000' })
  await venue.control.call('deposit', { account: ACCOUNT, amount: '1' })
  await stream.received.first(() => topicsOf(stream).length === 3)
  assert.deepEqual(topicsOf(stream), ['execution', 'wallet', 'wallet'])
})

test('topics by category are pushed under their own name and cannot be mixed with all-in-one ones', async (t) => {
  const venue = await runVenue(t, MANUAL)
  const stream = await connectPrivate(venue)
  assert.equal((await stream.subscribe(['order', 'order.linear']))['success'], false)
  assert.equal((await stream.subscribe(['candles']))['success'], false)
  assert.equal((await stream.subscribe(['order.linear']))['success'], true)
  await createOrder(venue, { orderLinkId: 'e' })
  await stream.received.first((event) => event['topic'] === 'order.linear')
})

test('a wrong or late sign-in is refused and the connection closed; without one nothing can be subscribed', async (t) => {
  const venue = await runVenue(t)
  for (const args of [authArgs(venue, { secret: 'wrong' }), authArgs(venue, { lifeMs: -1 }), ['nobody', 1, 'x']]) {
    const stream = await connect(venue, '/v5/private')
    assert.partialDeepStrictEqual(await stream.subscribe(['order']), {
      success: false,
      ret_msg: 'Request not authorized',
    })
    stream.send({ op: 'auth', args })
    await stream.received.first((event) => event['op'] === 'auth' && event['success'] === false)
    await stream.closed
  }
})

test('after a reconnect nothing is replayed', async (t) => {
  const venue = await runVenue(t, MANUAL)
  const first = await connectPrivate(venue)
  await first.subscribe(['execution'])
  assert.deepEqual(await venue.control.call('dropSockets', { account: ACCOUNT }), { dropped: 1 })
  await first.closed
  await createOrder(venue, { orderLinkId: 'missed' })
  const second = await connectPrivate(venue)
  await second.subscribe(['execution'])
  await createOrder(venue, { orderLinkId: 'seen' })
  await second.received.first((event) => event['topic'] === 'execution')
  const pushed = second.received.events.filter((event) => event['topic'] === 'execution')
  assert.equal(JSON.stringify(pushed).includes('missed'), false)
})

test('order entry over a socket creates, amends and cancels with the headers of REST', async (t) => {
  const venue = await runVenue(t, MANUAL)
  const client = await connect(venue, '/v5/trade')
  assert.partialDeepStrictEqual(await trade(client, venue, '0', { op: 'order.create', args: [ORDER] }), {
    retCode: 10004,
  })
  client.send({ reqId: 'a', op: 'auth', args: authArgs(venue) })
  assert.partialDeepStrictEqual(await client.received.first((event) => event['op'] === 'auth'), {
    retCode: 0,
    retMsg: 'OK',
  })
  const created = await trade(client, venue, '1', { op: 'order.create', args: [{ ...ORDER, orderLinkId: 'w' }] })
  assert.partialDeepStrictEqual(created, {
    retCode: 0,
    op: 'order.create',
    data: { orderLinkId: 'w' },
    header: { 'X-Bapi-Limit': '10', 'X-Bapi-Limit-Status': '9' },
  })
  const again = await trade(client, venue, '2', { op: 'order.create', args: [{ ...ORDER, orderLinkId: 'w' }] })
  assert.equal(again['retCode'], 110072)
  const amend = { category: 'linear', symbol: 'BTCUSDT', orderLinkId: 'w', price: '98000' }
  assert.equal((await trade(client, venue, '3', { op: 'order.amend', args: [amend] }))['retCode'], 0)
  const cancel = { category: 'linear', symbol: 'BTCUSDT', orderLinkId: 'w' }
  assert.equal((await trade(client, venue, '4', { op: 'order.cancel', args: [cancel] }))['retCode'], 0)
  assert.equal(venue.engine.oracle.ordersByLinkId(ACCOUNT, 'w')[0]?.status, 'Cancelled')
  client.send({
    reqId: '4',
    header: { 'X-BAPI-TIMESTAMP': String(venue.engine.now()) },
    op: 'order.cancel',
    args: [cancel],
  })
  await client.received.first((event) => event['retCode'] === 20006)
  const late = { op: 'order.cancel', args: [cancel], header: { 'X-BAPI-TIMESTAMP': '1' } }
  assert.equal((await trade(client, venue, '5', late))['retCode'], 10002)
  assert.equal((await trade(client, venue, '6', { op: 'order.replace', args: [] }))['retCode'], 10404)
  client.send({ op: 'ping' })
  assert.partialDeepStrictEqual(await client.received.first((event) => event['op'] === 'pong'), { retCode: 0 })
})

test('on demo there is no order entry over a socket', async (t) => {
  const venue = await runVenue(t, { env: 'demo' })
  await assert.rejects(connect(venue, '/v5/trade'), /404/)
  await connectPrivate(venue)
})

test('the public stream gives tickers as a snapshot and then what moved', async (t) => {
  const venue = await runVenue(t, MANUAL)
  const stream = await connect(venue, '/v5/public/linear')
  assert.partialDeepStrictEqual(await stream.subscribe(['tickers.BTCUSDT']), { success: true })
  assert.equal((await stream.subscribe(['tickers.NONE']))['success'], false)
  const snapshot = await stream.received.first((event) => event['type'] === 'snapshot')
  assert.partialDeepStrictEqual(snapshot, {
    topic: 'tickers.BTCUSDT',
    data: { markPrice: '100000.00', fundingRate: '0.0001' },
  })
  await venue.control.call('setMark', { symbol: 'ETHUSDT', price: '3000' })
  await venue.control.call('setPrices', { symbol: 'BTCUSDT', last: '100001' })
  const delta = await stream.received.first((event) => event['type'] === 'delta')
  assert.partialDeepStrictEqual(delta, {
    topic: 'tickers.BTCUSDT',
    data: { lastPrice: '100001.00', markPrice: '100000.00' },
  })
  stream.send({ req_id: 'p', op: 'ping' })
  assert.partialDeepStrictEqual(await stream.received.first((event) => event['ret_msg'] === 'pong'), {
    op: 'ping',
    req_id: 'p',
  })
})

test('an unknown stream is 404', async (t) => {
  const venue = await runVenue(t)
  await assert.rejects(connect(venue, '/v5/public/spot' as '/v5/private'), /404/)
})
