/** The unmodified ccxt client trades against the venue over REST, with its unasked signed requests. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import ccxt from 'ccxt'
import { ACCOUNT, KEY, runVenue, SECRET, type TestVenue } from '#test/simulators/bybit/running-venue.ts'

const SYMBOL = 'BTC/USDT:USDT'

function clientOf(venue: TestVenue) {
  const { url } = venue
  const client = new ccxt.bybit({
    apiKey: KEY,
    secret: SECRET,
    enableRateLimit: false,
    options: { defaultType: 'swap', fetchMarkets: { types: ['linear'] } },
    has: { fetchCurrencies: false },
  })
  client.urls['api'] = { spot: url, futures: url, v2: url, public: url, private: url }
  venue.beforeStop(() => client.close())
  return client
}

test('ccxt places, queries, cancels, attaches a stop, closes and reads trades and balance', async (t) => {
  const venue = await runVenue(t, { engine: { ackDelayMs: 0 } })
  const client = clientOf(venue)
  await client.loadMarkets()
  assert.partialDeepStrictEqual(client.market(SYMBOL), {
    linear: true,
    swap: true,
    precision: { amount: 0.001, price: 0.1 },
  })

  const entry = await client.createOrder(SYMBOL, 'market', 'buy', 0.01, undefined, {
    stopLoss: { triggerPrice: 95_000 },
    clientOrderId: 'entry',
  })
  assert.equal(entry.clientOrderId, 'entry')
  const [position] = await client.fetchPositions([SYMBOL])
  assert.deepEqual(
    [position?.side, position?.contracts, position?.entryPrice, position?.stopLossPrice],
    ['long', 0.01, 100_010, 95_000],
  )

  const resting = await client.createOrder(SYMBOL, 'limit', 'buy', 0.01, 99_000)
  const restingId = resting.id ?? ''
  const open = await client.fetchOpenOrders(SYMBOL)
  assert.deepEqual(
    open.map(({ id, price }) => [id === restingId, price]),
    [
      [false, undefined],
      [true, 99_000],
    ],
  )
  await client.cancelOrder(restingId, SYMBOL)
  const closed = await client.fetchClosedOrders(SYMBOL)
  const canceled = await client.fetchCanceledOrders(SYMBOL)
  assert.deepEqual([closed.map(({ status }) => status), canceled.map(({ id }) => id)], [['closed'], [restingId]])

  await client.createOrder(SYMBOL, 'market', 'sell', 0.01, undefined, { reduceOnly: true })
  assert.deepEqual(
    await client.fetchPositions([SYMBOL]).then((rows) => rows.filter(({ contracts }) => contracts !== 0)),
    [],
  )
  const trades = await client.fetchMyTrades(SYMBOL)
  assert.deepEqual(
    trades.map(({ side, price, fee }) => [side, price, fee?.cost]),
    [
      ['buy', 100_010, 0.550055],
      ['sell', 99_990, 0.549945],
    ],
  )
  assert.partialDeepStrictEqual(await client.fetchBalance(), { total: { USDT: 9998.7 } })
  assert.equal(venue.engine.oracle.ledger(ACCOUNT).equity.equity, '9998.7')
})

test("ccxt maps the venue's refusals to its own errors", async (t) => {
  const venue = await runVenue(t, { engine: { ackDelayMs: 0 } })
  const client = clientOf(venue)
  await client.loadMarkets()
  const buy = (amount: number, params: object = {}) =>
    client.createOrder(SYMBOL, 'limit', 'buy', amount, 99_000, params)
  await buy(0.01, { clientOrderId: 'once' })
  await assert.rejects(buy(0.01, { clientOrderId: 'once' }), ccxt.InvalidOrder)
  await assert.rejects(buy(50), ccxt.InsufficientFunds)
  await assert.rejects(client.cancelOrder('nothing', SYMBOL), ccxt.OrderNotFound)
  await assert.rejects(
    client.createOrder(SYMBOL, 'market', 'sell', 0.01, undefined, { reduceOnly: true }),
    ccxt.InvalidOrder,
  )
  await venue.control.call('addFault', { match: { path: '/v5/order/create' }, fault: { kind: 'rate-limit' } })
  await assert.rejects(buy(0.01), ccxt.RateLimitExceeded)
  await venue.control.call('advanceClock', { ms: 60_000 })
  await assert.rejects(buy(0.01), ccxt.InvalidNonce)
})
