/** The unmodified ccxt client trades against the venue over REST and websocket, with its unasked signed requests. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import ccxt from 'ccxt'
import { ACCOUNT, AGENT, MASTER, runVenue, streamUrl } from '#test/simulators/hyperliquid/running-venue.ts'

const SYMBOL = 'BTC/USDC:USDC'

test('ccxt places, queries, cancels, trades and streams', async (t) => {
  const venue = await runVenue(t)
  const api = { public: venue.url, private: venue.url, ws: { public: streamUrl(venue) } }
  const client = new ccxt.pro.hyperliquid({
    walletAddress: MASTER.address,
    privateKey: AGENT.privateKey,
    urls: { api },
    enableRateLimit: false,
  })
  venue.beforeStop(() => client.close())
  await client.loadHttpProxyAgent()
  await client.loadMarkets()
  const [book, orderUpdates, ownTrades] = [client.watchOrderBook(SYMBOL), client.watchOrders(), client.watchMyTrades()]
  assert.equal((await book).bids[0]?.[0], 99_990)

  const entry = await client.createOrder(SYMBOL, 'market', 'buy', 0.01, 100_000)
  assert.deepEqual([entry.filled, entry.average], [0.01, 100_010])
  assert.deepEqual(
    (await orderUpdates).map(({ id, status }) => [id, status]),
    [[entry.id, 'closed']],
  )
  assert.deepEqual(
    (await ownTrades).map(({ order, price }) => [order, price]),
    [[entry.id, 100_010]],
  )

  const resting = await client.createOrder(SYMBOL, 'limit', 'buy', 0.01, 90_000)
  const restingId = resting.id ?? ''
  assert.deepEqual(
    (await client.fetchOpenOrders(SYMBOL)).map(({ id }) => id),
    [restingId],
  )
  assert.equal((await client.fetchOrder(restingId, SYMBOL)).status, 'open')
  await client.cancelOrder(restingId, SYMBOL)
  assert.equal((await client.fetchOrder(restingId, SYMBOL)).status, 'canceled')

  const [position] = await client.fetchPositions([SYMBOL])
  assert.deepEqual([position?.side, position?.contracts, position?.entryPrice], ['long', 0.01, 100_010])
  assert.equal((await client.fetchMyTrades(SYMBOL))[0]?.fee?.cost, 0.450045)
  assert.partialDeepStrictEqual(await client.fetchBalance(), { total: { USDC: 9999.449955 } })

  const overSocket = await client.createOrderWs(SYMBOL, 'limit', 'buy', 0.01, 80_000)
  await client.cancelOrderWs(overSocket.id ?? '', SYMBOL)
  const state = venue.engine.account.orderStatus(ACCOUNT, Number(overSocket.id))
  assert.equal(state?.status, 'canceled')
})

test('ccxt with a root key gets its builder approved and then trades with the builder fee', async (t) => {
  const venue = await runVenue(t)
  const client = new ccxt.hyperliquid({
    walletAddress: MASTER.address,
    privateKey: MASTER.privateKey,
    urls: { api: { public: venue.url, private: venue.url } },
    enableRateLimit: false,
  })
  venue.beforeStop(() => client.close())
  await client.loadMarkets()
  await client.createOrder(SYMBOL, 'market', 'buy', 0.01, 100_000)
  const admitted = venue.engine.oracle.actions().filter((action) => action.admitted)
  assert.deepEqual(admitted.map(({ actionType }) => actionType).toSorted(), [
    'approveBuilderFee',
    'order',
    'setReferrer',
  ])
  assert.notEqual(venue.engine.account.fills(ACCOUNT)[0]?.builderFee, undefined)
})
