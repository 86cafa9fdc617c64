/** Reads on canned answers: pages, positions that move, and forms that the simulator does not have. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BrokerProtocolError, BrokerUnavailable } from '#brokers/errors.ts'
import { entryOf, refOf } from '#test/brokers/orders.ts'
import { type Asked, INSTRUMENT_ROWS, NOW, openScriptedVenue, Refused } from './scripted-venue.ts'

const position = {
  positionIdx: 0,
  symbol: 'BTCUSDT',
  side: 'Buy',
  size: '0.01',
  avgPrice: '100000',
  unrealisedPnl: '1.5',
  liqPrice: '',
  positionStatus: 'Normal',
  isReduceOnly: false,
  seq: 7,
}
const wallet = (coin: object[]) => ({ list: [{ accountType: 'UNIFIED', coin }] })
const usdt = { coin: 'USDT', equity: '1001.5', walletBalance: '1000', unrealisedPnl: '1.5' }

test('instruments: USDT perpetuals with the grid the venue states; what does not trade takes no entries', async (t) => {
  const { broker } = await openScriptedVenue(t, {})
  const instruments = await broker.listInstruments()
  assert.deepEqual(
    instruments.map(({ instrument, active }) => [instrument, active]),
    [
      ['BTC-PERP', true],
      ['OLD-PERP', false],
    ],
  )
  const { tick, lot, priceDecimals, minNotional, maxSize, multiplier, maxLeverage, venueSymbol } = instruments[0] ?? {}
  assert.deepEqual(
    [tick, lot, priceDecimals, minNotional, maxSize, multiplier, maxLeverage, venueSymbol],
    ['0.1', '0.001', 1, '5', '500', '1', 100, 'BTCUSDT'],
  )
})

test('lists are read page by page; a cursor comes encoded and is encoded once more', async (t) => {
  const cursor = 'page_args%3DBTCUSDT%26symbol%3D6%26'
  const page = ({ query }: Asked) =>
    query.has('cursor')
      ? { list: INSTRUMENT_ROWS.slice(1), nextPageCursor: '' }
      : { list: INSTRUMENT_ROWS.slice(0, 1), nextPageCursor: cursor }
  const { broker, asked } = await openScriptedVenue(t, { '/v5/market/instruments-info': page })
  assert.equal((await broker.listInstruments()).length, 2)
  assert.ok(asked.some(({ queryText }) => queryText.endsWith(`cursor=${encodeURIComponent(cursor)}`)))
})

test('B3: a cursor that stands still is unavailable, not a short list', async (t) => {
  const page = { list: [position], nextPageCursor: 'same' }
  const { broker } = await openScriptedVenue(t, { '/v5/position/list': page })
  await assert.rejects(broker.readAccount(), /cursor does not move/)
})

test('an instrument that is listed no more stays known for exits, and is not active', async (t) => {
  let listed = INSTRUMENT_ROWS
  const answers = { '/v5/market/instruments-info': () => ({ list: listed, nextPageCursor: '' }) }
  const { broker } = await openScriptedVenue(t, answers)
  listed = INSTRUMENT_ROWS.slice(1)
  const gone = (await broker.listInstruments()).find(({ instrument }) => instrument === 'BTC-PERP')
  assert.equal(gone?.active, false)
  const exit = entryOf('x', { side: 'sell', reduceOnly: true })
  assert.ok((await broker.prepare(exit, { nonce: 1, now: NOW })).body.includes('BTCUSDT'))
})

test('C6: positions that change around the wallet are read again, and for ever moving ones are unavailable', async (t) => {
  let seq = 0
  const moving = () => ({ list: [{ ...position, seq: Math.min((seq += 1), 3) }], nextPageCursor: '' })
  const { broker } = await openScriptedVenue(t, {
    '/v5/position/list': moving,
    '/v5/account/wallet-balance': wallet([usdt]),
  })
  const snapshot = await broker.readAccount()
  assert.deepEqual(
    [snapshot.equity, snapshot.balance, snapshot.unrealised, snapshot.asOf],
    ['1001.5', '1000', '1.5', NOW],
  )
  assert.deepEqual(snapshot.positions, [
    { instrument: 'BTC-PERP', size: '0.01', entryAverage: '100000', unrealised: '1.5', liquidationPrice: null },
  ])
  const restless = () => ({ list: [{ ...position, seq: (seq += 1) }], nextPageCursor: '' })
  const other = await openScriptedVenue(t, {
    '/v5/position/list': restless,
    '/v5/account/wallet-balance': wallet([usdt]),
  })
  await assert.rejects(other.broker.readAccount(), BrokerUnavailable)
})

test('C16: hedge mode is refused, not netted', async (t) => {
  const hedged = { list: [{ ...position, positionIdx: 2, side: 'Sell' }], nextPageCursor: '' }
  const { broker } = await openScriptedVenue(t, {
    '/v5/position/list': hedged,
    '/v5/account/wallet-balance': wallet([usdt]),
  })
  await assert.rejects(
    broker.readAccount(),
    (error) => error instanceof BrokerProtocolError && /hedge/.test(error.message),
  )
})

test('a wallet that never held USDT is zero; beside a position it is no answer', async (t) => {
  const flat = await openScriptedVenue(t, { '/v5/account/wallet-balance': wallet([]) })
  assert.equal((await flat.broker.readAccount()).equity, '0')
  const held = await openScriptedVenue(t, {
    '/v5/position/list': { list: [position], nextPageCursor: '' },
    '/v5/account/wallet-balance': wallet([]),
  })
  await assert.rejects(held.broker.readAccount(), BrokerProtocolError)
})

test('a position in liquidation is a restriction in the words of the venue', async (t) => {
  const { broker } = await openScriptedVenue(t, {
    '/v5/position/list': { list: [{ ...position, positionStatus: 'Liq' }], nextPageCursor: '' },
    '/v5/account/wallet-balance': wallet([usdt]),
  })
  assert.equal((await broker.readAccount()).restriction, 'BTCUSDT positionStatus Liq')
})

const ORDER = {
  orderId: 'child-1',
  orderLinkId: '',
  symbol: 'BTCUSDT',
  side: 'Sell',
  price: '',
  qty: '0',
  cumExecQty: '',
  avgPrice: '',
  orderStatus: 'Untriggered',
  stopOrderType: 'StopLoss',
  triggerPrice: '90000',
  triggerDirection: 2,
  reduceOnly: true,
  closeOnTrigger: true,
  createdTime: String(NOW),
  updatedTime: String(NOW),
}

test('a stop of the whole position that is shown without a size has the size of the position', async (t) => {
  const { broker } = await openScriptedVenue(t, {
    '/v5/order/realtime': { list: [ORDER], nextPageCursor: '' },
    '/v5/position/list': { list: [position], nextPageCursor: '' },
  })
  assert.deepEqual(
    (await broker.listOpenOrders()).map(({ originalSize, leavesSize }) => [originalSize, leavesSize]),
    [['0.01', '0.01']],
  )
})

test('an order that just ended is found among the recently closed ones, before the history has it', async (t) => {
  const ended = {
    ...ORDER,
    orderLinkId: refOf('a').clientOrderId,
    qty: '0.01',
    orderStatus: 'Filled',
    cumExecQty: '0.01',
  }
  const { broker, asked } = await openScriptedVenue(t, {
    '/v5/order/realtime': ({ query }: Asked) => ({ list: query.get('openOnly') === '1' ? [ended] : [] }),
  })
  assert.equal((await broker.findOrder(refOf('a')))?.status, 'filled')
  assert.ok(asked.every(({ path }) => path !== '/v5/order/history'))
})

test('B13: an execution of an unknown kind stops the reading of fills, it is not skipped', async (t) => {
  const row = {
    symbol: 'BTCUSDT',
    orderId: 'o',
    orderLinkId: '',
    side: 'Buy',
    execId: 'e',
    execType: 'CorporateAction',
    execTime: String(NOW),
    execPrice: '1',
    execQty: '1',
    execFee: '',
    isMaker: false,
  }
  const { broker } = await openScriptedVenue(t, { '/v5/execution/list': { list: [row], nextPageCursor: '' } })
  await assert.rejects(broker.listFills({ from: NOW - 1_000, through: NOW }), /CorporateAction.*unknown/)
})

test('cash rows of kinds nobody knows count for what they changed; other coins and trades do not', async (t) => {
  const row = (change: object) => ({
    id: 'x',
    symbol: '',
    type: 'BONUS',
    currency: 'USDT',
    category: '',
    tradeId: '',
    transactionTime: String(NOW),
    size: '',
    cashFlow: '10',
    change: '10',
    ...change,
  })
  const rows = [
    row({ id: '1' }),
    row({ id: '2', type: 'NEW_KIND', change: '-3' }),
    row({ id: '3', type: 'TRADE', category: 'linear', symbol: 'BTCUSDT', tradeId: 't', change: '7' }),
    row({ id: '4', type: 'TRADE', category: 'spot', symbol: 'BTCUSDT', tradeId: 's', change: '-20' }),
    row({ id: '5', currency: 'MNT' }),
    row({ id: '6', type: 'SETTLEMENT', category: 'linear', symbol: 'BTCUSDT', change: '-0.5' }),
    row({ id: '7', change: '0' }),
    row({ id: '1' }),
  ]
  const { broker, asked } = await openScriptedVenue(t, {
    '/v5/account/transaction-log': { list: rows, nextPageCursor: '' },
  })
  const cash = await broker.listCash({ from: NOW - 20 * 86_400_000, through: NOW })
  assert.deepEqual(
    cash.map(({ id, kind, amount, instrument }) => [id, kind, amount, instrument]),
    [
      ['1', 'transfer', '10', null],
      ['2', 'transfer', '-3', null],
      ['4', 'transfer', '-20', 'BTC-PERP'],
      ['6', 'funding', '-0.5', 'BTC-PERP'],
    ],
  )
  const windows = asked.filter(({ path }) => path === '/v5/account/transaction-log').map(({ query }) => query)
  assert.equal(windows.length, 3)
  for (const query of windows) {
    assert.ok(Number(query.get('endTime')) - Number(query.get('startTime')) <= 7 * 86_400_000)
  }
})

test('a refusal of a read is unavailable with its code', async (t) => {
  const { broker } = await openScriptedVenue(t, { '/v5/order/realtime': new Refused(10005, 'Permission denied') })
  await assert.rejects(broker.listOpenOrders(), /code 10005 Permission denied/)
})
