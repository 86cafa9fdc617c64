/** Rows of the venue's documentation (reference sections B3 to B5) as ours; words we do not know claim least. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { brokerOrderOf, fillOf, isTrade, orderStatusOf, signedSize } from '#brokers/bybit/translate.ts'
import { instrumentOf, isPerpetual, isSettledInUsdt, symbolOf } from '#brokers/bybit/symbols.ts'
import { parseAnswer } from '#brokers/wire-answer.ts'
import {
  closedPnlSchema,
  executionSchema,
  orderSchema,
  positionSchema,
  transactionSchema,
} from '#brokers/bybit/wire.ts'
import { BrokerProtocolError } from '#brokers/errors.ts'
import { forcedBy } from '#domain/fill.ts'
import { idOf } from '#test/brokers/orders.ts'

// Reference B3, order/realtime.
const ORDER = JSON.parse(
  '{"orderId":"fd4300ae-7847-404e-b947-b46980a4d140","orderLinkId":"test-000005","blockTradeId":"","symbol":"ETHUSDT","price":"1600.00","qty":"0.10","side":"Buy","isLeverage":"","positionIdx":1,"orderStatus":"New","cancelType":"UNKNOWN","rejectReason":"EC_NoError","avgPrice":"0","leavesQty":"0.10","leavesValue":"160","cumExecQty":"0.00","cumExecValue":"0","cumExecFee":"0","timeInForce":"GTC","orderType":"Limit","stopOrderType":"UNKNOWN","orderIv":"","triggerPrice":"0.00","takeProfit":"2500.00","stopLoss":"1500.00","tpTriggerBy":"LastPrice","slTriggerBy":"LastPrice","triggerDirection":0,"triggerBy":"UNKNOWN","lastPriceOnCreated":"","reduceOnly":false,"closeOnTrigger":false,"smpType":"None","smpGroup":0,"smpOrderId":"","tpslMode":"Full","tpLimitPrice":"","slLimitPrice":"","placeType":"","createdTime":"1684738540559","updatedTime":"1684738540561","cumFeeDetail":{"MNT":"0.00242968"}}',
) as object
// Reference B4, execution/list.
const EXECUTION = JSON.parse(
  '{"symbol":"ETHPERP","orderType":"Market","underlyingPrice":"","orderLinkId":"","side":"Buy","indexPrice":"","orderId":"8c065341-7b52-4ca9-ac2c-37e31ac55c94","stopOrderType":"UNKNOWN","leavesQty":"0","execTime":"1672282722429","feeCurrency":"","isMaker":false,"execFee":"0.071409","feeRate":"0.0006","execId":"e0cbe81d-0f18-5866-9415-cf319b5dab3b","tradeIv":"","blockTradeId":"","markPrice":"1183.54","execPrice":"1190.15","markIv":"","orderQty":"0.1","orderPrice":"1236.9","execValue":"119.015","execType":"Trade","execQty":"0.1","closedSize":"","extraFees":"","seq":4688002127}',
) as object
// Reference B4, account/transaction-log: a settlement, and a trade with the keys of the first.
const SETTLEMENT = JSON.parse(
  '{"transSubType":"","id":"592324_XRPUSDT_161440249321","symbol":"XRPUSDT","side":"Buy","funding":"-0.003676","orderLinkId":"","orderId":"1672128000-8-592324-1-2","fee":"0.00000000","change":"-0.003676","cashFlow":"0","transactionTime":"1672128000000","type":"SETTLEMENT","feeRate":"0.0001","bonusChange":"","size":"100","qty":"100","cashBalance":"5086.55825002","currency":"USDT","category":"linear","tradePrice":"0.3676","tradeId":"534c0003-4bf7-486f-aa02-78cee36825e4","extraFees":""}',
) as object
const TRADE = {
  ...SETTLEMENT,
  funding: '',
  fee: '0.01908720',
  change: '-0.0190872',
  transactionTime: '1672121182224',
  type: 'TRADE',
  bonusChange: '-0.1430544',
  qty: '88',
}
// Reference B4, position/closed-pnl, and B5, position/list.
const CLOSED = JSON.parse(
  '{"symbol":"ETHPERP","orderType":"Market","leverage":"3","updatedTime":"1672214887236","side":"Sell","orderId":"5a373bfe-188d-4913-9c81-d57ab5be8068","closedPnl":"-47.4065323","avgEntryPrice":"1194.97516667","qty":"3","cumEntryValue":"3584.9255","createdTime":"1672214887231","orderPrice":"1122.95","closedSize":"3","avgExitPrice":"1180.59833333","execType":"Trade","fillCount":"4","cumExitValue":"3541.795"}',
) as object
const POSITION = JSON.parse(
  '{"positionIdx":0,"riskId":1,"riskLimitValue":"150","symbol":"BTCUSD","side":"Sell","size":"300","avgPrice":"27464.50441675","positionValue":"0.01092319","tradeMode":0,"positionStatus":"Normal","autoAddMargin":1,"adlRankIndicator":2,"leverage":"10","breakEvenPrice":"93556.73034991","positionBalance":"0.00139186","markPrice":"28224.50","liqPrice":"","bustPrice":"999999.00","positionMM":"0.0000015","positionMMByMp":"0.0000015","positionIM":"0.00010923","positionIMByMp":"0.00010923","tpslMode":"Full","takeProfit":"0.00","stopLoss":"0.00","trailingStop":"0.00","unrealisedPnl":"-0.00029413","curRealisedPnl":"0.00013123","cumRealisedPnl":"-0.00096902","seq":5723621632,"isReduceOnly":false,"mmrSysUpdateTime":"","leverageSysUpdatedTime":"","sessionAvgPrice":"","createdTime":"1676538056258","updatedTime":"1697673600012"}',
) as object

const orderOf = (change: object = {}) => brokerOrderOf(parseAnswer(orderSchema, { ...ORDER, ...change }, 'test'))
const logOf = (change: object = {}) => parseAnswer(transactionSchema, { ...TRADE, ...change }, 'test')
const executionOf = (change: object = {}) => parseAnswer(executionSchema, { ...EXECUTION, ...change }, 'test')

test('the documented rows are read', () => {
  assert.deepEqual(orderOf(), {
    clientOrderId: null,
    attachedTo: null,
    venueOrderId: 'fd4300ae-7847-404e-b947-b46980a4d140',
    instrument: 'ETH-PERP',
    side: 'buy',
    originalSize: '0.1',
    leavesSize: '0.1',
    limitPrice: '1600',
    reduceOnly: false,
    trigger: null,
    status: 'working',
    venueStatus: 'New',
    placedAt: 1_684_738_540_559,
    statusAt: 1_684_738_540_561,
  })
  const settlement = parseAnswer(transactionSchema, SETTLEMENT, 'test')
  assert.deepEqual(
    [settlement.change, settlement.size, settlement.transactionTime],
    ['-0.003676', '100', 1_672_128_000_000],
  )
  assert.equal(parseAnswer(closedPnlSchema, CLOSED, 'test').closedPnl, '-47.4065323')
  const position = parseAnswer(positionSchema, POSITION, 'test')
  assert.deepEqual([signedSize(position.side, position.size), position.liqPrice], ['-300', null])
})

test('an execution and its log row make one fill', () => {
  const { raw: _raw, ...fill } = fillOf(executionOf(), logOf({ size: '0.3', cashFlow: '1.5' }), {
    account: 'acc',
    order: null,
  })
  assert.deepEqual(fill, {
    fillId: 'acc|ETHPERP|1672282722429|8c065341-7b52-4ca9-ac2c-37e31ac55c94|e0cbe81d-0f18-5866-9415-cf319b5dab3b',
    account: 'acc',
    venue: 'bybit',
    instrument: 'ETHPERP',
    side: 'buy',
    price: '1190.15',
    size: '0.1',
    time: 1_672_282_722_429,
    startPosition: '0.2',
    closedPnl: '1.5',
    fee: '0.071409',
    feeToken: 'USDT',
    venueOrderId: '8c065341-7b52-4ca9-ac2c-37e31ac55c94',
    tradeId: 'e0cbe81d-0f18-5866-9415-cf319b5dab3b',
    clientOrderId: null,
    attachedTo: null,
    forced: null,
    liquidity: 'taker',
    direction: 'Buy Trade',
    liquidation: null,
    hash: '',
  })
})

test('a sell starts above where it ended, through zero as well', () => {
  const fill = fillOf(executionOf({ side: 'Sell', execQty: '0.5' }), logOf({ size: '-0.2' }), {
    account: 'a',
    order: null,
  })
  assert.equal(fill.startPosition, '0.3')
})

test('F1: extra fees are part of the fee, a rebate is negative, and two coins are not one fee', () => {
  const tax = { feeCoin: 'USDT', feeType: 'GST', subFeeType: 'IND_GST', feeRate: '0.0000675', fee: '0.006403779' }
  const feeOf = (change: object) => {
    const { fee, feeToken } = fillOf(executionOf(change), logOf(), { account: 'a', order: null })
    return [fee, feeToken]
  }
  assert.deepEqual(feeOf({ extraFees: [tax], feeCurrency: 'USDT' }), ['0.077812779', 'USDT'])
  assert.deepEqual(feeOf({ execFee: '-0.01', feeCurrency: 'MNT' }), ['-0.01', 'MNT'])
  assert.throws(() => feeOf({ extraFees: [{ ...tax, feeCoin: 'MNT' }] }), BrokerProtocolError)
})

test('D9: who made a fill is told by its kind, else by who made its order', () => {
  const cases = [
    ['Trade', undefined, null],
    ['Trade', 'CreateByUser', null],
    ['Trade', 'CreateByStopLoss', null],
    ['Trade', 'CreateByAdminClosing', 'programme'],
    ['Trade', 'CreateByLiq', 'liquidation'],
    ['Trade', 'CreateByTakeOver_PassThrough', 'liquidation'],
    ['Trade', 'CreateByAdl_PassThrough', 'adl'],
    ['Trade', 'CreateBySettle', 'settlement'],
    ['BustTrade', undefined, 'liquidation'],
    ['AdlTrade', undefined, 'adl'],
    ['Delivery', undefined, 'settlement'],
    ['Settle', undefined, 'settlement'],
  ] as const
  for (const [execType, createType, expected] of cases) {
    const fill = fillOf(executionOf({ execType }), logOf(), { account: 'a', order: { createType } })
    assert.equal(forcedBy(fill), expected, `${execType} ${createType}`)
    assert.equal(fill.liquidation !== null, execType === 'BustTrade')
  }
})

test('B13: an execution whose effect on positions is not known is no fill and no silence', () => {
  const { row } = executionOf()
  assert.deepEqual([isTrade(row), isTrade({ ...row, execType: 'Funding' })], [true, false])
  for (const execType of ['CorporateAction', 'FutureSpread', 'UNKNOWN', 'SomethingNew']) {
    assert.throws(() => isTrade({ ...row, execType }), BrokerProtocolError, execType)
  }
})

test('an ended order shows what it filled; the venue shows 0 left of it (gotcha 10)', () => {
  const ended = orderOf({ orderStatus: 'Cancelled', leavesQty: '0', cumExecQty: '0.04', cancelType: 'CancelByUser' })
  assert.deepEqual([ended.status, ended.originalSize, ended.leavesSize], ['canceled', '0.1', '0.06'])
})

test('an order that never stood is rejected; one that traded or was taken away is canceled', () => {
  const of = (orderStatus: string, rejectReason: string, cumExecQty = '0') =>
    orderOf({ orderStatus, rejectReason, cumExecQty }).status
  assert.equal(of('Cancelled', 'EC_PostOnlyWillTakeLiquidity'), 'rejected')
  assert.equal(of('Cancelled', 'EC_NoImmediateQtyToFill'), 'rejected')
  assert.equal(of('Cancelled', 'EC_NoImmediateQtyToFill', '0.01'), 'canceled')
  assert.equal(of('Cancelled', 'EC_NoError'), 'canceled')
  assert.equal(of('Rejected', 'EC_NoError'), 'rejected')
  assert.equal(
    orderOf({ orderStatus: 'Cancelled', rejectReason: 'EC_NoEnoughQtyToFill' }).venueStatus,
    'Cancelled EC_NoEnoughQtyToFill',
  )
})

test('status words are folded; an unknown one ends nothing', () => {
  const words = ['New', 'PartiallyFilled', 'Untriggered', 'Filled', 'Triggered', 'Deactivated', 'SomethingNew']
  assert.deepEqual(
    words.map((word) => orderStatusOf(word)),
    ['working', 'working', 'working', 'filled', 'triggered', 'canceled', 'working'],
  )
})

test('a trigger is a stop only when it goes with the price against its position', () => {
  const kindOf = (side: string, triggerDirection: number, stopOrderType = 'Stop') =>
    orderOf({ triggerPrice: '1500', side, triggerDirection, stopOrderType }).trigger?.kind
  assert.deepEqual(
    [kindOf('Sell', 2), kindOf('Buy', 1), kindOf('Sell', 1), kindOf('Buy', 2), kindOf('Sell', 0)],
    ['stop', 'stop', 'take-profit', 'take-profit', 'take-profit'],
  )
  assert.deepEqual(
    [kindOf('Sell', 0, 'StopLoss'), kindOf('Sell', 2, 'TakeProfit'), kindOf('Buy', 0, 'PartialStopLoss')],
    ['stop', 'take-profit', 'stop'],
  )
})

test('a child names its entry; ids that are not ours are nobody', () => {
  const child = { orderLinkId: '', triggerPrice: '1500', triggerDirection: 2, side: 'Sell', closeOnTrigger: true }
  const order = orderOf({ ...child, parentOrderLinkId: idOf('a') })
  assert.deepEqual([order.clientOrderId, order.attachedTo, order.reduceOnly], [null, idOf('a'), true])
  assert.equal(orderOf({ ...child, parentOrderLinkId: 'by-hand' }).attachedTo, null)
  assert.equal(orderOf({ orderLinkId: idOf('a') }).clientOrderId, idOf('a'))
})

test('names: USDT perpetuals alone are ours, other contracts keep their own', () => {
  assert.deepEqual(
    ['BTCUSDT', '1000PEPEUSDT', 'BTCPERP', 'BTCUSDT-26DEC26', 'USDT'].map((symbol) => instrumentOf(symbol)),
    ['BTC-PERP', '1000PEPE-PERP', 'BTCPERP', 'BTCUSDT-26DEC26', 'USDT'],
  )
  assert.deepEqual([symbolOf('BTC-PERP'), symbolOf('BTCPERP'), symbolOf('-PERP')], ['BTCUSDT', null, null])
  assert.deepEqual([isPerpetual('BTCUSDT'), isPerpetual('BTCUSDT-26DEC26')], [true, false])
  assert.deepEqual([isSettledInUsdt('BTCUSDT-26DEC26'), isSettledInUsdt('BTCPERP')], [true, false])
})

test('a row that is not as documented is a protocol error that names the place', () => {
  assert.throws(() => orderOf({ qty: '1e-3' }), /test: at qty/)
  assert.throws(() => orderOf({ createdTime: undefined }), BrokerProtocolError)
})

test('C15: an execution of no size or of a negative one is refused by name', () => {
  for (const execQty of ['-0.1', '0'])
    assert.throws(() => executionOf({ execQty }), /at row.execQty expected a size above/)
})

test('B14: an execution without an id of its own is refused by name, never given one that we made up', () => {
  for (const execId of ['', undefined]) assert.throws(() => executionOf({ execId }), /test: at row.execId/)
})
