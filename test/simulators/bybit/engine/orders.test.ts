/** Orders: what is acknowledged, what is refused with which code, how they trade, rest and end. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ALICE, openDesk } from './desk.ts'

test('a market order takes the quotes level by level and pays the taker fee', () => {
  const desk = openDesk()
  desk.venue.operator.setDepth('BTCUSDT', { levels: 3, qty: '0.004' })
  assert.equal(desk.order({ orderLinkId: 'e' }).retCode, undefined)
  assert.deepEqual(
    desk
      .fills()
      .map(({ execPrice, execQty, execFee, isMaker, leavesQty }) => [execPrice, execQty, execFee, isMaker, leavesQty]),
    [
      ['100010', '0.004', '0.220022', false, '0.006'],
      ['100020', '0.004', '0.220044', false, '0.002'],
      ['100030', '0.002', '0.110033', false, '0'],
    ],
  )
  assert.deepEqual(desk.statuses('e'), ['PartiallyFilled', 'PartiallyFilled', 'Filled'])
})

test("what a market or immediate order cannot fill is cancelled with the venue's reason", () => {
  const desk = openDesk()
  desk.venue.operator.setDepth('BTCUSDT', { levels: 1, qty: '0.004' })
  desk.order({ orderLinkId: 'part' })
  assert.partialDeepStrictEqual(desk.find('part'), {
    status: 'Cancelled',
    cumExecQty: '0.004',
    leavesQty: '0',
    rejectReason: 'EC_NoImmediateQtyToFill',
  })
  desk.order({ orderLinkId: 'ioc', orderType: 'Limit', timeInForce: 'IOC', price: '99000' })
  assert.partialDeepStrictEqual(desk.find('ioc'), { status: 'Cancelled', cumExecQty: '0' })
  desk.order({ orderLinkId: 'fok', orderType: 'Limit', timeInForce: 'FOK', price: '100100' })
  assert.partialDeepStrictEqual(desk.find('fok'), {
    status: 'Cancelled',
    cumExecQty: '0',
    rejectReason: 'EC_NoEnoughQtyToFill',
  })
})

test('a limit order rests and is filled as maker at its own price when the mark comes to it', () => {
  const desk = openDesk()
  desk.order({ orderLinkId: 'rest', orderType: 'Limit', price: '99000' })
  assert.deepEqual(desk.statuses('rest'), ['New'])
  desk.mark('99500')
  assert.equal(desk.fills().length, 0)
  desk.mark('98900')
  const [fill] = desk.fills()
  assert.deepEqual([fill?.execPrice, fill?.isMaker, fill?.execFee], ['99000', true, '0.198'])
  assert.equal(desk.find('rest').status, 'Filled')
})

test('thin quotes and the operator fill a resting order in parts', () => {
  const desk = openDesk()
  desk.order({ orderLinkId: 'rest', orderType: 'Limit', price: '99000' })
  desk.venue.operator.fillByHand(ALICE, { orderLinkId: 'rest' }, '0.003')
  desk.venue.operator.setDepth('BTCUSDT', { levels: 1, qty: '0.005' })
  desk.mark('98900')
  assert.partialDeepStrictEqual(desk.find('rest'), {
    status: 'PartiallyFilled',
    cumExecQty: '0.008',
    leavesQty: '0.002',
  })
  desk.cancel('rest')
  assert.partialDeepStrictEqual(desk.find('rest'), {
    status: 'Cancelled',
    cancelType: 'CancelByUser',
    cumExecQty: '0.008',
  })
})

test('a post-only order that would take is cancelled, acknowledged nonetheless', () => {
  const desk = openDesk()
  const ack = desk.order({ orderLinkId: 'po', orderType: 'Limit', timeInForce: 'PostOnly', price: '100500' })
  assert.equal(ack.orderLinkId, 'po')
  assert.partialDeepStrictEqual(desk.find('po'), {
    status: 'Cancelled',
    rejectReason: 'EC_PostOnlyWillTakeLiquidity',
    cumExecQty: '0',
  })
})

test('an orderLinkId is used up for good once acknowledged, and not by a refused order', () => {
  const desk = openDesk()
  assert.equal(desk.order({ orderLinkId: 'x', qty: '0.0001' }).retCode, 10001)
  assert.equal(desk.order({ orderLinkId: 'x' }).retCode, undefined)
  desk.advance(30 * 86_400_000)
  assert.equal(desk.order({ orderLinkId: 'x' }).retCode, 110072)
  assert.equal(desk.order({ orderLinkId: 'x' }, 'bob').retCode, undefined)
})

for (const [title, request, retCode] of [
  ['an unknown symbol', { symbol: 'NOPEUSDT' }, 10001],
  ['a position side of hedge mode', { positionIdx: 1 }, 10001],
  ['a link id with a blank', { orderLinkId: 'a b' }, 10001],
  ['a link id of 37 characters', { orderLinkId: 'a'.repeat(37) }, 10001],
  ['a quantity off the lot', { qty: '0.0015' }, 10001],
  ['a quantity in exponent form', { qty: '1e-2' }, 10001],
  ['quantity zero without closing all', { qty: '0' }, 10001],
  ['a market order beyond its maximum', { qty: '501' }, 10001],
  ['a limit order without a price', { orderType: 'Limit' }, 10001],
  ['a price off the tick', { orderType: 'Limit', price: '99000.05' }, 10001],
  ['a price out of range', { orderType: 'Limit', price: '2000000' }, 110003],
  ['a buy far above the mark', { orderType: 'Limit', price: '102000' }, 30208],
  ['a sell far below the mark', { side: 'Sell', orderType: 'Limit', price: '98000' }, 30209],
  ['an order worth less than 5 USDT', { symbol: 'XRPUSDT', qty: '2' }, 110094],
  ['more than the margin carries', { qty: '2' }, 110007],
  ['a trigger without direction', { triggerPrice: '110000' }, 10001],
  ['a rising trigger below the price', { triggerPrice: '90000', triggerDirection: 1 }, 110092],
  ['a falling trigger above the price', { triggerPrice: '110000', triggerDirection: 2 }, 110093],
  ['reduce-only without a position', { side: 'Sell', reduceOnly: true }, 110017],
  ['closing all without a position', { qty: '0', side: 'Sell', reduceOnly: true, closeOnTrigger: true }, 110017],
  ['a stop loss above a long entry', { stopLoss: '101000' }, 10001],
  ['a take profit below a long entry', { takeProfit: '99000' }, 10001],
  ['exits on a reducing order', { reduceOnly: true, stopLoss: '90000' }, 10001],
  ['a limit exit in mode Full', { stopLoss: '90000', slOrderType: 'Limit', slLimitPrice: '89900' }, 10001],
] as const) {
  test(`${title} is refused with ${retCode} and leaves no order`, () => {
    const desk = openDesk()
    assert.equal(desk.order(request).retCode, retCode)
    assert.deepEqual(desk.venue.oracle.ledger(ALICE).orders, [])
  })
}

test('reduce-only orders close at most the position, and refuse to add to it', () => {
  const desk = openDesk()
  desk.order({ qty: '0.01' })
  assert.equal(desk.order({ side: 'Buy', reduceOnly: true }).retCode, 110017)
  desk.order({ orderLinkId: 'close', side: 'Sell', qty: '0.05', reduceOnly: true })
  assert.partialDeepStrictEqual(desk.find('close'), { status: 'Filled', qty: '0.01' })
  assert.equal(desk.position()?.size, '0')
})

test('quantity zero with reduceOnly and closeOnTrigger closes everything', () => {
  const desk = openDesk()
  desk.order({ side: 'Sell', qty: '0.037' })
  desk.order({ orderLinkId: 'all', qty: '0', reduceOnly: true, closeOnTrigger: true })
  assert.partialDeepStrictEqual(desk.find('all'), { status: 'Filled', qty: '0.037', cumExecQty: '0.037' })
  assert.equal(desk.position()?.size, '0')
})

test('a resting reduce-only order shrinks with its position and goes with it', () => {
  const desk = openDesk()
  desk.order({ qty: '0.01' })
  desk.order({ orderLinkId: 'tp', side: 'Sell', orderType: 'Limit', price: '101000', reduceOnly: true })
  desk.order({ side: 'Sell', qty: '0.004' })
  assert.partialDeepStrictEqual(desk.find('tp'), { status: 'New', qty: '0.006', leavesQty: '0.006' })
  desk.order({ side: 'Sell', qty: '0.006' })
  assert.partialDeepStrictEqual(desk.find('tp'), { status: 'Cancelled', cancelType: 'CancelByReduceOnly' })
})

test('acknowledgements run ahead of their effect: an order just made cannot be seen or cancelled', () => {
  const desk = openDesk({ ackDelayMs: 40 })
  desk.order({ orderLinkId: 'a', orderType: 'Limit', price: '99000' })
  assert.equal(desk.cancel('a').retCode, 110001)
  assert.deepEqual(desk.venue.account.orders(ALICE), [])
  assert.partialDeepStrictEqual(desk.venue.oracle.ordersByLinkId(ALICE, 'a'), [{ effective: false, working: true }])
  desk.advance(40)
  assert.equal(desk.venue.account.orders(ALICE)[0]?.status, 'New')
  assert.equal(desk.cancel('a').retCode, undefined)
  assert.equal(desk.find('a').status, 'New')
  desk.advance(40)
  assert.equal(desk.find('a').status, 'Cancelled')
})

test('a cancel that loses to the fill is told by a second Filled message', () => {
  const desk = openDesk({ ackDelayMs: 40 })
  desk.order({ orderLinkId: 'a', orderType: 'Limit', price: '99000' })
  desk.advance(40)
  desk.cancel('a')
  desk.mark('98000')
  desk.advance(40)
  const told = desk.events.flatMap((event) =>
    event.type === 'order' && event.order.status === 'Filled' ? [event.order] : [],
  )
  assert.deepEqual(
    told.map(({ cancelType, rejectReason }) => [cancelType, rejectReason]),
    [
      ['UNKNOWN', 'EC_NoError'],
      ['CancelByUser', 'EC_OrigClOrdIDDoesNotExist'],
    ],
  )
  assert.equal(desk.find('a').cancelType, 'UNKNOWN')
})

test('a cancel of what is gone or never was answers 110001', () => {
  const desk = openDesk()
  desk.order({ orderLinkId: 'done' })
  for (const id of ['done', 'never']) assert.equal(desk.cancel(id).retCode, 110001)
  desk.order({ orderLinkId: 'open', orderType: 'Limit', price: '99000' })
  assert.equal(desk.cancel('open', 'ETHUSDT').retCode, 110001)
})

test('cancel-all ends the open orders of a symbol, sleeping ones as deactivated', () => {
  const desk = openDesk()
  desk.order({ orderLinkId: 'a', orderType: 'Limit', price: '99000' })
  desk.order({ orderLinkId: 'b', triggerPrice: '110000', triggerDirection: 1 })
  desk.order({ orderLinkId: 'c', symbol: 'ETHUSDT', qty: '0.1', orderType: 'Limit', price: '3400' })
  const acks = desk.venue.trading.cancelAll(ALICE, 'BTCUSDT')
  assert.deepEqual(
    acks.map(({ orderLinkId }) => orderLinkId),
    ['a', 'b'],
  )
  assert.deepEqual(
    ['a', 'b', 'c'].map((id) => desk.find(id).status),
    ['Cancelled', 'Deactivated', 'New'],
  )
})

test('an amendment moves price and quantity, may cross the market, and refuses what changes nothing', () => {
  const desk = openDesk()
  desk.order({ orderLinkId: 'a', orderType: 'Limit', price: '99000' })
  const amend = (change: object) => desk.venue.trading.amend(ALICE, { symbol: 'BTCUSDT', orderLinkId: 'a', ...change })
  assert.partialDeepStrictEqual(amend({ price: '99000' }), { retCode: 10001 })
  assert.partialDeepStrictEqual(amend({ qty: '0.0001' }), { retCode: 10001 })
  amend({ qty: '0.02', price: '99100' })
  assert.partialDeepStrictEqual(desk.find('a'), { status: 'New', qty: '0.02', price: '99100', leavesQty: '0.02' })
  amend({ price: '100010' })
  assert.partialDeepStrictEqual(desk.find('a'), { status: 'Filled', cumExecQty: '0.02' })
  assert.partialDeepStrictEqual(amend({ price: '99000' }), { retCode: 110001 })
})

test('ten conditional orders and five hundred active ones are the most', () => {
  const desk = openDesk()
  for (let n = 0; n < 10; n++) {
    assert.equal(desk.order({ triggerPrice: '110000', triggerDirection: 1, qty: '0.001' }).retCode, undefined)
  }
  assert.equal(desk.order({ triggerPrice: '110000', triggerDirection: 1, qty: '0.001' }).retCode, 110009)
  desk.venue.operator.deposit(ALICE, '100000')
  for (let n = 0; n < 500; n++) {
    assert.equal(desk.order({ orderType: 'Limit', price: '90000', qty: '0.001' }).retCode, undefined)
  }
  assert.equal(desk.order({ orderType: 'Limit', price: '90000', qty: '0.001' }).retCode, 110020)
})

test('slippage tolerance bounds a market order', () => {
  const desk = openDesk()
  desk.order({ orderLinkId: 'a', slippageToleranceType: 'TickSize', slippageTolerance: '50' })
  assert.equal(desk.find('a').price, '100015')
  desk.order({ orderLinkId: 'b', slippageToleranceType: 'Percent', slippageTolerance: '0.05' })
  assert.equal(desk.find('b').price, '100060')
})

test('an account that may only reduce cannot add, and can close', () => {
  const desk = openDesk()
  desk.order({})
  desk.venue.operator.setReduceOnly(ALICE, 'BTCUSDT', true)
  assert.equal(desk.position()?.isReduceOnly, true)
  assert.equal(desk.order({}).retCode, 110023)
  assert.equal(desk.order({ side: 'Sell' }).retCode, undefined)
})

test('leverage and position mode answer "not modified" with their own codes', () => {
  const { venue } = openDesk()
  const leverage = (buyLeverage: string, sellLeverage = buyLeverage) =>
    venue.trading.setLeverage(ALICE, { symbol: 'BTCUSDT', buyLeverage, sellLeverage })?.retCode
  assert.deepEqual(
    [leverage('10'), leverage('25'), leverage('25'), leverage('101'), leverage('5', '6')],
    [110043, undefined, 110043, 10001, 10001],
  )
  assert.deepEqual(
    [venue.trading.switchMode(ALICE, 0).retCode, venue.trading.switchMode(ALICE, 3).retCode],
    [110025, 10001],
  )
})
