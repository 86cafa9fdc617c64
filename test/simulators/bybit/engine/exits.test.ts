/** Take profit and stop loss, conditional orders, and the stop that goes off while nobody looks. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { OracleOrder } from '#simulators/bybit/engine/ledger-oracle.ts'
import { ALICE, type Desk, openDesk } from './desk.ts'

function exits(desk: Desk): readonly OracleOrder[] {
  return desk.venue.oracle
    .ledger(ALICE)
    .orders.filter(({ stopOrderType }) => !['UNKNOWN', 'Stop'].includes(stopOrderType))
}

function shown({ stopOrderType, status, qty, triggerPrice, cancelType }: OracleOrder): unknown {
  return [stopOrderType, status, qty, triggerPrice, cancelType]
}

test("exits sent with an entry sleep until it fills, then stand as orders of the venue's own", () => {
  const desk = openDesk()
  desk.order({ orderLinkId: 'e', orderType: 'Limit', price: '99000', stopLoss: '95000', takeProfit: '110000' })
  assert.deepEqual(exits(desk), [])
  desk.mark('98900')
  assert.deepEqual(exits(desk).map(shown), [
    ['TakeProfit', 'Untriggered', '0.01', '110000', 'UNKNOWN'],
    ['StopLoss', 'Untriggered', '0.01', '95000', 'UNKNOWN'],
  ])
  assert.partialDeepStrictEqual(exits(desk)[1], {
    orderLinkId: '',
    parentOrderLinkId: 'e',
    createType: 'CreateByStopLoss',
    side: 'Sell',
    orderType: 'Market',
    reduceOnly: true,
    closeOnTrigger: true,
    triggerDirection: 2,
    triggerBy: 'LastPrice',
    tpslMode: 'Full',
  })
  assert.partialDeepStrictEqual(desk.position(), { takeProfit: '110000', stopLoss: '95000' })
})

test('exits in mode Full follow the position, and go when it is flat', () => {
  const desk = openDesk()
  desk.order({ stopLoss: '95000' })
  desk.order({ qty: '0.02' })
  assert.deepEqual(exits(desk).map(shown), [['StopLoss', 'Untriggered', '0.03', '95000', 'UNKNOWN']])
  desk.order({ side: 'Sell', qty: '0.03' })
  assert.deepEqual(exits(desk).map(shown), [['StopLoss', 'Deactivated', '0.03', '95000', 'CancelByTpSlTsClear']])
  assert.equal(desk.position()?.stopLoss, '0')
})

test('a newer entry replaces the stop of the whole position', () => {
  const desk = openDesk()
  desk.order({ orderLinkId: 'e1', stopLoss: '95000' })
  desk.order({ orderLinkId: 'e2', stopLoss: '96000' })
  assert.deepEqual(exits(desk).map(shown), [
    ['StopLoss', 'Deactivated', '0.02', '95000', 'CancelByTpSlTsClear'],
    ['StopLoss', 'Untriggered', '0.02', '96000', 'UNKNOWN'],
  ])
  assert.equal(exits(desk)[1]?.parentOrderLinkId, 'e2')
})

test('an entry filled in parts keeps one stop that grows, and makes a new one after the position was flat', () => {
  const desk = openDesk()
  desk.order({ orderLinkId: 'e', orderType: 'Limit', price: '99000', qty: '0.03', stopLoss: '95000' })
  desk.venue.operator.fillByHand(ALICE, { orderLinkId: 'e' }, '0.01')
  desk.venue.operator.fillByHand(ALICE, { orderLinkId: 'e' }, '0.01')
  assert.deepEqual(exits(desk).map(shown), [['StopLoss', 'Untriggered', '0.02', '95000', 'UNKNOWN']])
  desk.venue.operator.closeByHand(ALICE, 'BTCUSDT')
  desk.venue.operator.fillByHand(ALICE, { orderLinkId: 'e' }, '0.01')
  assert.deepEqual(exits(desk).map(shown).at(-1), ['StopLoss', 'Untriggered', '0.01', '95000', 'UNKNOWN'])
})

test('a stop that fires closes at market, is Triggered on the way, and takes its take profit along', () => {
  const desk = openDesk()
  desk.order({ stopLoss: '95000', takeProfit: '110000' })
  desk.mark('94000')
  const [profit, stop] = exits(desk)
  assert.deepEqual(
    stop?.statuses.map(({ status }) => status),
    ['Untriggered', 'Triggered', 'Filled'],
  )
  assert.equal(profit?.status, 'Deactivated')
  assert.partialDeepStrictEqual(desk.fills().at(-1), {
    side: 'Sell',
    stopOrderType: 'StopLoss',
    createType: 'CreateByStopLoss',
    execPrice: '93990.6',
  })
  assert.equal(desk.position()?.size, '0')
})

test("exits in mode Partial are a pair of limit or market orders of the entry's size: one traded, the other gone", () => {
  const desk = openDesk()
  desk.order({ qty: '0.02' })
  desk.order({
    orderLinkId: 'e',
    tpslMode: 'Partial',
    takeProfit: '101000',
    tpOrderType: 'Limit',
    tpLimitPrice: '101000',
    stopLoss: '95000',
  })
  assert.deepEqual(exits(desk).map(shown), [
    ['PartialTakeProfit', 'Untriggered', '0.01', '101000', 'UNKNOWN'],
    ['PartialStopLoss', 'Untriggered', '0.01', '95000', 'UNKNOWN'],
  ])
  desk.mark('101500')
  assert.deepEqual(
    exits(desk).map(({ status }) => status),
    ['Filled', 'Deactivated'],
  )
  assert.equal(desk.position()?.size, '0.02')
})

test('a fill through zero clears the exits of the old side and makes those of the new one', () => {
  const desk = openDesk()
  desk.order({ stopLoss: '95000' })
  desk.order({ side: 'Sell', qty: '0.03', stopLoss: '105000' })
  assert.equal(desk.position()?.size, '-0.02')
  assert.deepEqual(
    exits(desk).map((exit) => [exit.side, exit.status, exit.qty]),
    [
      ['Sell', 'Deactivated', '0.01'],
      ['Buy', 'Untriggered', '0.02'],
    ],
  )
})

test('trading-stop sets, moves and removes the stop of a position', () => {
  const desk = openDesk()
  const stop = (stopLoss: string) =>
    desk.venue.trading.tradingStop(ALICE, { symbol: 'BTCUSDT', tpslMode: 'Full', stopLoss })
  assert.equal(stop('95000')?.retCode, 10001)
  desk.order({})
  assert.equal(stop('101000')?.retCode, 10001)
  assert.equal(stop('95000'), undefined)
  const [first] = exits(desk)
  assert.equal(stop('95000')?.retCode, 34040)
  assert.equal(stop('96000'), undefined)
  assert.deepEqual(
    exits(desk).map((exit) => [exit.orderId, exit.triggerPrice]),
    [[first?.orderId, '96000']],
  )
  assert.equal(stop('0'), undefined)
  assert.equal(exits(desk)[0]?.status, 'Deactivated')
  assert.equal(stop('0')?.retCode, 34040)
})

test('a stop can be amended and cancelled by its id like any other order', () => {
  const desk = openDesk()
  desk.order({ stopLoss: '95000' })
  const orderId = exits(desk)[0]?.orderId ?? ''
  desk.venue.trading.amend(ALICE, { symbol: 'BTCUSDT', orderId, triggerPrice: '97000' })
  assert.equal(desk.position()?.stopLoss, '97000')
  desk.venue.trading.cancel(ALICE, { symbol: 'BTCUSDT', orderId })
  assert.deepEqual([exits(desk)[0]?.status, exits(desk)[0]?.cancelType], ['Deactivated', 'CancelByUser'])
  assert.equal(desk.position()?.stopLoss, '0')
})

test('conditional orders watch the price they name, and outlive their position', () => {
  const desk = openDesk()
  desk.order({})
  desk.order({
    orderLinkId: 'stop',
    side: 'Sell',
    reduceOnly: true,
    triggerPrice: '95000',
    triggerDirection: 2,
    triggerBy: 'MarkPrice',
  })
  assert.partialDeepStrictEqual(desk.find('stop'), { stopOrderType: 'Stop', createType: 'CreateByStopOrder' })
  desk.venue.operator.setPrices('BTCUSDT', { last: '94000', index: '94000' })
  assert.equal(desk.find('stop').status, 'Untriggered')
  desk.venue.operator.closeByHand(ALICE, 'BTCUSDT')
  assert.equal(desk.find('stop').status, 'Untriggered')
  desk.venue.operator.setPrices('BTCUSDT', { mark: '94000' })
  assert.deepEqual(desk.statuses('stop'), ['Untriggered', 'Triggered', 'Cancelled'])
  assert.equal(desk.find('stop').cancelType, 'CancelByReduceOnly')
})

test('tripStop fires the nearest stop and leaves the price where it was', () => {
  const desk = openDesk()
  desk.order({ stopLoss: '95000', takeProfit: '110000' })
  desk.order({ orderLinkId: 'far', side: 'Sell', reduceOnly: true, triggerPrice: '90000', triggerDirection: 2 })
  const fired = desk.venue.operator.tripStop(ALICE, 'BTCUSDT')
  assert.deepEqual(fired, [exits(desk)[1]?.orderId])
  assert.equal(desk.venue.market.prices('BTCUSDT')?.mark, '100000')
  assert.throws(() => desk.venue.operator.tripStop(ALICE, 'ETHUSDT'), /Expected a stop of alice in ETHUSDT/)
})
