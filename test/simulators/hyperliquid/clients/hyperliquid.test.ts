/** The unmodified `hyperliquid` client trades against the venue over REST and websocket. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BASE_URLS, Hyperliquid, WSS_URLS } from 'hyperliquid'
import { Collected } from '#test/simulators/collected.ts'
import { ACCOUNT, AGENT, MASTER, runVenue, streamUrl } from '#test/simulators/hyperliquid/running-venue.ts'

const COIN = 'BTC-PERP'
const CLOID = '0x000000000000000000000000000000aa'

interface Update {
  readonly status: string
  readonly order: { readonly cloid?: string; readonly coin: string }
}

test('hyperliquid places, queries, cancels, trades and streams', async (t) => {
  const venue = await runVenue(t)
  // The client has no address option: it reads these exported constants when it is made.
  Object.assign(BASE_URLS, { PRODUCTION: venue.url })
  Object.assign(WSS_URLS, { PRODUCTION: streamUrl(venue) })
  const client = new Hyperliquid({ enableWs: true, privateKey: AGENT.privateKey, walletAddress: MASTER.address })
  venue.beforeStop(() => client.disconnect())
  await client.connect()
  const updates = new Collected<Update>()
  const fills = new Collected<{ readonly isSnapshot?: boolean; readonly fills: readonly unknown[] }>()
  const books = new Collected<{ readonly coin: string }>()
  await client.subscriptions.subscribeToOrderUpdates(MASTER.address, (orders) => {
    for (const order of orders as unknown as readonly Update[]) updates.add(order)
  })
  await client.subscriptions.subscribeToUserFills(MASTER.address, (event) => fills.add(event))
  await client.subscriptions.subscribeToL2Book(COIN, books.add)

  const entry: unknown = await client.exchange.placeOrder({
    coin: COIN,
    is_buy: true,
    sz: 0.01,
    limit_px: 101_000,
    order_type: { limit: { tif: 'Ioc' } },
    reduce_only: false,
  })
  assert.partialDeepStrictEqual(entry, {
    status: 'ok',
    response: { data: { statuses: [{ filled: { totalSz: '0.01' } }] } },
  })
  const resting: unknown = await client.exchange.placeOrder({
    coin: COIN,
    is_buy: true,
    sz: 0.01,
    limit_px: 90_000,
    order_type: { limit: { tif: 'Gtc' } },
    reduce_only: false,
    cloid: CLOID,
  })
  assert.partialDeepStrictEqual(resting, { response: { data: { statuses: [{ resting: { cloid: CLOID } }] } } })
  const open = await client.info.getUserOpenOrders(MASTER.address)
  assert.deepEqual(
    open.map(({ coin, limitPx }) => [coin, Number(limitPx)]),
    [[COIN, 90_000]],
  )
  const oid = open[0]!.oid
  assert.partialDeepStrictEqual(await client.info.getOrderStatus(MASTER.address, oid), { order: { status: 'open' } })
  assert.partialDeepStrictEqual(await client.exchange.cancelOrder({ coin: COIN, o: oid }), {
    response: { data: { statuses: ['success'] } },
  })
  assert.equal((await client.info.getUserFills(MASTER.address)).length, 1)
  const state = await client.info.perpetuals.getClearinghouseState(MASTER.address)
  assert.deepEqual(
    state.assetPositions.map(({ position }) => [position.coin, Number(position.szi)]),
    [[COIN, 0.01]],
  )
  assert.deepEqual(venue.engine.account.openOrders(ACCOUNT), [])

  await updates.first(({ status, order }) => status === 'filled' && order.coin === COIN)
  await updates.first(({ status, order }) => status === 'open' && order.cloid === CLOID)
  await updates.first(({ status, order }) => status === 'canceled' && order.cloid === CLOID)
  await fills.first((event) => event.isSnapshot === true)
  await fills.first((event) => event.isSnapshot !== true && event.fills.length === 1)
  await books.first(({ coin }) => coin === COIN)
})
