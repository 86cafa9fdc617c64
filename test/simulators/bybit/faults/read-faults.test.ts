/** Faults of what reads and streams say: the venue knows better all along. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createOrder, get, runVenue, type TestVenue } from '#test/simulators/bybit/running-venue.ts'
import { connectPrivate } from '#test/simulators/bybit/stream-client.ts'

const MANUAL = { clock: { kind: 'manual' } } as const

async function count(venue: TestVenue, path: string, query: string): Promise<number> {
  return (await get(venue, path, `category=linear&${query}`)).result.list.length
}

test('a hidden order is found by no lookup of its id, and by every list', async (t) => {
  const venue = await runVenue(t, MANUAL)
  await createOrder(venue, { orderLinkId: 'h' })
  await venue.control.call('addFault', { match: { orderLinkId: 'h' }, fault: { kind: 'hide-order' }, count: 3 })
  for (const path of ['/v5/order/realtime', '/v5/order/history', '/v5/execution/list']) {
    assert.equal(await count(venue, path, 'orderLinkId=h'), 0)
  }
  assert.equal(await count(venue, '/v5/order/history', 'symbol=BTCUSDT'), 1)
  assert.equal(await count(venue, '/v5/order/history', 'orderLinkId=h'), 1)
})

test('stale reads serve orders, executions and positions as they were', async (t) => {
  const venue = await runVenue(t, MANUAL)
  await createOrder(venue, { orderLinkId: 'a', orderType: 'Limit', price: '99000' })
  await venue.control.call('advanceClock', { ms: 1000 })
  await venue.control.call('setMark', { symbol: 'BTCUSDT', price: '98900' })
  await venue.control.call('advanceClock', { ms: 1000 })
  await venue.control.call('addFault', { fault: { kind: 'stale', ms: 1500 }, count: 4 })
  assert.equal(await count(venue, '/v5/order/realtime', 'symbol=BTCUSDT'), 1)
  assert.equal(await count(venue, '/v5/order/history', 'symbol=BTCUSDT'), 0)
  assert.equal(await count(venue, '/v5/execution/list', 'symbol=BTCUSDT'), 0)
  assert.equal(await count(venue, '/v5/position/list', 'settleCoin=USDT'), 0)
  assert.equal(await count(venue, '/v5/order/realtime', 'symbol=BTCUSDT'), 0)
  assert.equal(await count(venue, '/v5/execution/list', 'symbol=BTCUSDT'), 1)
  assert.equal(await count(venue, '/v5/position/list', 'settleCoin=USDT'), 1)
})

test('a truncated list says that there is no more, and a lagging log misses its newest row', async (t) => {
  const venue = await runVenue(t, MANUAL)
  for (let n = 0; n < 3; n++) await createOrder(venue, { qty: '0.001' })
  await venue.control.call('addFault', { match: { path: '/v5/execution/list' }, fault: { kind: 'truncate', rows: 1 } })
  const cut = await get(venue, '/v5/execution/list', 'category=linear&limit=2')
  assert.deepEqual([cut.result.list.length, cut.result.nextPageCursor], [1, ''])
  await venue.control.call('addFault', { fault: { kind: 'log-lag' } })
  const sizes = async () =>
    (await get(venue, '/v5/account/transaction-log', 'type=TRADE')).result.list.map((row) => row['size'])
  assert.deepEqual(await sizes(), ['0.002', '0.001'])
  assert.deepEqual(await sizes(), ['0.003', '0.002', '0.001'])
})

test('stream messages come twice, late and so out of order, or not at all; the connection may be cut instead', async (t) => {
  const venue = await runVenue(t, MANUAL)
  const stream = await connectPrivate(venue)
  await stream.subscribe(['order', 'execution'])
  const pushed = () =>
    stream.received.events.flatMap((event) => {
      const [row] = (event['data'] ?? []) as readonly Readonly<Record<string, unknown>>[]
      return row === undefined ? [] : [`${String(event['topic'])} ${String(row['orderLinkId'])}`]
    })
  await venue.control.call('addFault', {
    match: { topic: 'execution', orderLinkId: 'a' },
    fault: { kind: 'duplicate-event' },
  })
  await createOrder(venue, { orderLinkId: 'a' })
  await stream.received.first(() => pushed().length === 3)
  assert.deepEqual(pushed(), ['execution a', 'execution a', 'order a'])
  await venue.control.call('addFault', {
    match: { topic: 'execution' },
    fault: { kind: 'withhold-event', releaseAfterMs: 20 },
  })
  await createOrder(venue, { orderLinkId: 'b' })
  await stream.received.first(() => pushed().length === 5)
  assert.deepEqual(pushed().slice(3), ['order b', 'execution b'])
  await venue.control.call('addFault', { match: { topic: 'execution' }, fault: { kind: 'withhold-event' } })
  await createOrder(venue, { orderLinkId: 'c' })
  await venue.control.call('addFault', { match: { topic: 'order', orderLinkId: 'd' }, fault: { kind: 'drop-socket' } })
  await createOrder(venue, { orderLinkId: 'd' })
  await stream.closed
  assert.deepEqual(pushed().slice(5), ['order c', 'execution d'])
})
