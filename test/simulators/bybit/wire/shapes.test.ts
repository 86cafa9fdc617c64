/** Rows have exactly the fields of the venue's own examples, and texts where the venue writes texts. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createOrder, get, post, runVenue, type TestVenue } from '#test/simulators/bybit/running-venue.ts'
import { connectPrivate } from '#test/simulators/bybit/stream-client.ts'
import {
  CLOSED_PNL,
  EXECUTION,
  EXECUTION_PUSH,
  INSTRUMENT,
  POSITION,
  POSITION_PUSH,
  QUERY_API,
  REALTIME,
  TRANSACTION,
} from './captured-rows.ts'

/** Fields that the venue documents beside its example. */
const NEWER_ORDER_FIELDS = { createType: 'CreateByUser', parentOrderLinkId: '' }
const HISTORY_FIELDS = {
  slippageToleranceType: 'UNKNOWN',
  slippageTolerance: '',
  extraFees: '',
  rpiTakerAccess: false,
  rpiMatchedQty: '',
}

/** Names and kinds of all fields, nested ones included; lists and open maps count as one. */
function shape(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value === null ? 'null' : typeof value
  if (Array.isArray(value)) return 'list'
  const entries = Object.entries(value).map(([key, field]: [string, unknown]) => [
    key,
    key === 'cumFeeDetail' ? 'map' : shape(field),
  ])
  return Object.fromEntries(entries.toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1)))
}

async function traded(venue: TestVenue): Promise<void> {
  await createOrder(venue, { orderLinkId: 'e', stopLoss: '95000' })
  await createOrder(venue, { orderLinkId: 'rest', orderType: 'Limit', price: '99000' })
  await createOrder(venue, { side: 'Sell', qty: '0.004' })
}

for (const [path, query, example] of [
  ['/v5/order/realtime', 'category=linear&symbol=BTCUSDT', { ...REALTIME, ...NEWER_ORDER_FIELDS }],
  ['/v5/order/realtime', 'category=linear&symbol=BTCUSDT&openOnly=1', { ...REALTIME, ...NEWER_ORDER_FIELDS }],
  ['/v5/order/history', 'category=linear', { ...REALTIME, ...NEWER_ORDER_FIELDS, ...HISTORY_FIELDS }],
  ['/v5/execution/list', 'category=linear', EXECUTION],
  ['/v5/position/closed-pnl', 'category=linear', CLOSED_PNL],
  ['/v5/account/transaction-log', '', TRANSACTION],
  ['/v5/position/list', 'category=linear&symbol=BTCUSDT', POSITION],
  ['/v5/position/list', 'category=linear&symbol=ETHUSDT', POSITION],
  ['/v5/market/instruments-info', 'category=linear', INSTRUMENT],
] as const) {
  test(`${path}?${query} serves rows of the documented shape`, async (t) => {
    const venue = await runVenue(t, { clock: { kind: 'manual' } })
    await traded(venue)
    const { result } = await get(venue, path, query)
    assert.ok(result.list.length > 0)
    for (const row of result.list) assert.deepEqual(shape(row), shape(example))
  })
}

test('query-api says who the key belongs to and what it may do', async (t) => {
  const venue = await runVenue(t)
  const { result } = await get(venue, '/v5/user/query-api')
  assert.deepEqual(shape(result), shape(QUERY_API))
  assert.partialDeepStrictEqual(result, {
    readOnly: 0,
    isMaster: false,
    permissions: { ContractTrade: ['Order', 'Position'], Wallet: [], FiatP2P: [] },
    ips: ['*'],
    deadlineDay: 90,
  })
})

test('the wallet has account totals in USD and a coin row whose equity counts the open result', async (t) => {
  const venue = await runVenue(t, { clock: { kind: 'manual' } })
  await createOrder(venue, { qty: '0.1' })
  await venue.control.call('setMark', { symbol: 'BTCUSDT', price: '101000' })
  const { result } = await get(venue, '/v5/account/wallet-balance', 'accountType=UNIFIED')
  const [account] = result.list
  assert.partialDeepStrictEqual(account, { accountType: 'UNIFIED', totalEquity: '10093.49945', totalPerpUPL: '99' })
  const [coin] = account!['coin'] as readonly Readonly<Record<string, unknown>>[]
  assert.partialDeepStrictEqual(coin, {
    coin: 'USDT',
    walletBalance: '9994.49945',
    equity: '10093.49945',
    unrealisedPnl: '99',
    totalPositionIM: '1010',
    availableToWithdraw: '',
  })
})

test('time, tickers and acknowledgements are written as documented', async (t) => {
  const venue = await runVenue(t, { clock: { kind: 'manual' } })
  const time = await get(venue, '/v5/market/time')
  assert.deepEqual(JSON.parse(time.text), {
    retCode: 0,
    retMsg: 'OK',
    result: { timeSecond: '1767225600', timeNano: '1767225600000000000' },
    retExtInfo: {},
    time: 1_767_225_600_000,
  })
  const ticker = await get(venue, '/v5/market/tickers', 'category=linear&symbol=BTCUSDT')
  assert.partialDeepStrictEqual(ticker.result.list[0], {
    lastPrice: '100000.00',
    markPrice: '100000.00',
    bid1Price: '99990.00',
    ask1Price: '100010.00',
    fundingRate: '0.0001',
    nextFundingTime: '1767254400000',
  })
  const ack = await createOrder(venue, { orderLinkId: 'e' })
  assert.deepEqual(Object.keys(ack.result), ['orderId', 'orderLinkId'])
  await createOrder(venue, { orderLinkId: 'r', orderType: 'Limit', price: '99000' })
  const all = await post(venue, '/v5/order/cancel-all', { category: 'linear', symbol: 'BTCUSDT' })
  assert.partialDeepStrictEqual(all.result, { list: [{ orderLinkId: 'r' }], success: '1' })
})

test('pushes have the documented shape', async (t) => {
  const venue = await runVenue(t, { clock: { kind: 'manual' } })
  const stream = await connectPrivate(venue)
  await stream.subscribe(['order', 'execution', 'position', 'wallet'])
  await createOrder(venue, { orderLinkId: 'e' })
  const data = async (topic: string) => {
    const message = await stream.received.first((event) => event['topic'] === topic)
    assert.deepEqual(Object.keys(message), ['id', 'topic', 'creationTime', 'data'])
    return (message['data'] as readonly object[])[0]
  }
  assert.deepEqual(shape(await data('execution')), shape(EXECUTION_PUSH))
  assert.deepEqual(shape(await data('position')), shape(POSITION_PUSH))
  const order = { ...REALTIME, ...NEWER_ORDER_FIELDS, category: 'linear', closedPnl: '0', feeCurrency: '' }
  assert.deepEqual(shape(await data('order')), shape(order))
  assert.partialDeepStrictEqual(await data('wallet'), { accountType: 'UNIFIED' })
})
