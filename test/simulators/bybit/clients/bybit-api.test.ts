/** The unmodified bybit-api clients trade against the venue over REST, the private stream and order entry sockets. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DefaultLogger, RestClientV5, WebsocketAPIClient, WebsocketClient } from 'bybit-api'
import { Collected } from '#test/simulators/collected.ts'
import { ACCOUNT, KEY, runVenue, SECRET, streamUrl, type TestVenue } from '#test/simulators/bybit/running-venue.ts'

const BTC = { category: 'linear', symbol: 'BTCUSDT' } as const
const QUIET = { ...DefaultLogger, trace: () => {}, info: () => {}, error: () => {} }

function restClient(venue: TestVenue): RestClientV5 {
  return new RestClientV5({ key: KEY, secret: SECRET, baseUrl: venue.url, parseAPIRateLimits: true })
}

interface Push {
  readonly topic: string
  readonly data: readonly Readonly<Record<string, unknown>>[]
}

/** A subscribed private stream that collects what is pushed. */
async function follow(venue: TestVenue): Promise<Collected<Push>> {
  const pushes = new Collected<Push>()
  const ready = new Collected<string>()
  const client = new WebsocketClient({ key: KEY, secret: SECRET, wsUrl: streamUrl(venue, '/v5/private') }, QUIET)
  venue.beforeStop(() => client.closeAll(true))
  client.on('update', (message) => pushes.add(message as Push))
  client.on('response', () => ready.add('response'))
  client.on('exception', (error) => ready.add(JSON.stringify(error)))
  await Promise.all(client.subscribeV5(['order', 'execution', 'position', 'wallet'], 'linear'))
  assert.equal(await ready.first(() => true), 'response')
  return pushes
}

async function row(pushes: Collected<Push>, topic: string, fits: (row: Push['data'][number]) => boolean) {
  const push = await pushes.first((message) => message.topic === topic && message.data.some(fits))
  return push.data.find(fits)
}

test('bybit-api signs in, trades with a stop, streams, reads its executions and reconciles', async (t) => {
  const venue = await runVenue(t)
  const client = restClient(venue)
  const pushes = await follow(venue)
  const { result: key } = await client.getQueryApiKey()
  assert.deepEqual([key.readOnly, key.permissions.ContractTrade], [0, ['Order', 'Position']])
  assert.equal((await client.setLeverage({ ...BTC, buyLeverage: '20', sellLeverage: '20' })).retCode, 0)

  const entry = await client.submitOrder({
    ...BTC,
    side: 'Buy',
    orderType: 'Market',
    qty: '0.01',
    orderLinkId: 'entry',
    stopLoss: '95000',
    tpslMode: 'Full',
  })
  assert.equal(entry.retCode, 0)
  assert.equal((entry as { readonly rateLimitApi?: { readonly maxRequests: number } }).rateLimitApi?.maxRequests, 10)
  await row(pushes, 'order', ({ orderLinkId, orderStatus }) => orderLinkId === 'entry' && orderStatus === 'Filled')
  const stop = await row(pushes, 'order', ({ stopOrderType }) => stopOrderType === 'StopLoss')
  assert.partialDeepStrictEqual(stop, {
    parentOrderLinkId: 'entry',
    orderStatus: 'Untriggered',
    triggerPrice: '95000.00',
  })

  const twice = await client.submitOrder({
    ...BTC,
    side: 'Buy',
    orderType: 'Market',
    qty: '0.01',
    orderLinkId: 'entry',
  })
  assert.equal(twice.retCode, 110072)
  const close = await client.submitOrder({
    ...BTC,
    side: 'Sell',
    orderType: 'Market',
    qty: '0',
    reduceOnly: true,
    closeOnTrigger: true,
    orderLinkId: 'exit',
  })
  assert.equal(close.retCode, 0)
  await row(pushes, 'position', ({ size, seq }) => size === '0' && Number(seq) > 0)

  const { result: executions } = await client.getExecutionList(BTC)
  assert.deepEqual(
    executions.list.map(({ orderLinkId, execPrice }) => [orderLinkId, execPrice]),
    [
      ['exit', '99990'],
      ['entry', '100010'],
    ],
  )
  const { result: closed } = await client.getClosedPnL(BTC)
  assert.equal(closed.list[0]?.closedPnl, '-1.3')
  const { result: log } = await client.getTransactionLog({ accountType: 'UNIFIED' })
  const { result: wallet } = await client.getWalletBalance({ accountType: 'UNIFIED' })
  assert.deepEqual([log.list[0]?.cashBalance, wallet.list[0]?.coin[0]?.walletBalance], ['9998.7', '9998.7'])
  assert.equal(venue.engine.oracle.ledger(ACCOUNT).equity.equity, '9998.7')
})

test('bybit-api rests, amends, cancels, pages with the encoded cursor and reads markets', async (t) => {
  const venue = await runVenue(t, { engine: { ackDelayMs: 0 } })
  const client = restClient(venue)
  for (const orderLinkId of ['a', 'b', 'c']) {
    await client.submitOrder({
      ...BTC,
      side: 'Buy',
      orderType: 'Limit',
      price: '99000',
      qty: '0.001',
      timeInForce: 'PostOnly',
      orderLinkId,
    })
  }
  assert.equal((await client.amendOrder({ ...BTC, orderLinkId: 'b', price: '98000' })).retCode, 0)
  const first = await client.getActiveOrders({ ...BTC, limit: 2 })
  const cursor = first.result.nextPageCursor ?? ''
  assert.match(cursor, /%3D/)
  const second = await client.getActiveOrders({ ...BTC, limit: 2, cursor })
  assert.deepEqual(
    [...first.result.list, ...second.result.list].map(({ orderLinkId, price }) => [orderLinkId, price]),
    [
      ['c', '99000.00'],
      ['b', '98000.00'],
      ['a', '99000.00'],
    ],
  )
  assert.equal((await client.cancelOrder({ ...BTC, orderLinkId: 'a' })).retCode, 0)
  assert.equal((await client.cancelOrder({ ...BTC, orderLinkId: 'a' })).retCode, 110001)
  assert.equal((await client.cancelAllOrders(BTC)).retCode, 0)
  const { result: history } = await client.getHistoricOrders(BTC)
  assert.deepEqual(
    history.list.map(({ orderStatus }) => orderStatus),
    ['Cancelled', 'Cancelled', 'Cancelled'],
  )
  const { result: info } = await client.getInstrumentsInfo(BTC)
  assert.partialDeepStrictEqual(info.list[0], {
    priceFilter: { tickSize: '0.10' },
    lotSizeFilter: { qtyStep: '0.001' },
  })
  assert.equal((await client.getTickers(BTC)).result.list[0]?.markPrice, '100000.00')
  assert.ok(Math.abs((await client.fetchServerTime()) - Date.now() / 1000) < 60)
})

test('bybit-api sets a trading stop and sees it fire', async (t) => {
  const venue = await runVenue(t)
  const client = restClient(venue)
  const pushes = await follow(venue)
  await venue.control.call('tradeByHand', { account: ACCOUNT, symbol: 'BTCUSDT', side: 'Sell', qty: '0.02' })
  const stop = { ...BTC, tpslMode: 'Full', stopLoss: '105000', positionIdx: 0 } as const
  assert.deepEqual(
    [(await client.setTradingStop(stop)).retCode, (await client.setTradingStop(stop)).retCode],
    [0, 34040],
  )
  const { result: positions } = await client.getPositionInfo(BTC)
  assert.partialDeepStrictEqual(positions.list[0], { side: 'Sell', size: '0.02', stopLoss: '105000.00' })
  await venue.control.call('tripStop', { account: ACCOUNT, symbol: 'BTCUSDT' })
  const execution = await row(pushes, 'execution', ({ stopOrderType }) => stopOrderType === 'StopLoss')
  assert.partialDeepStrictEqual(execution, { createType: 'CreateByStopLoss', closedSize: '0.02', side: 'Buy' })
})

test('bybit-api enters and cancels orders over a socket', async (t) => {
  const venue = await runVenue(t, { engine: { ackDelayMs: 0 } })
  const client = new WebsocketAPIClient(
    { key: KEY, secret: SECRET, wsUrl: streamUrl(venue, '/v5/trade'), attachEventListeners: false },
    QUIET,
  )
  venue.beforeStop(() => client.getWSClient().closeAll(true))
  const order = { ...BTC, side: 'Buy', orderType: 'Limit', price: '99000', qty: '0.001', orderLinkId: 'ws' } as const
  const created = await client.submitNewOrder(order)
  assert.deepEqual([created.retCode, created.data.orderLinkId], [0, 'ws'])
  await assert.rejects(client.submitNewOrder(order), { retCode: 110072 })
  assert.equal((await client.cancelOrder({ ...BTC, orderLinkId: 'ws' })).retCode, 0)
  assert.equal(venue.engine.oracle.ordersByLinkId(ACCOUNT, 'ws')[0]?.status, 'Cancelled')
})
