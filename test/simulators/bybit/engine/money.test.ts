/** Money: average cost, closed PnL, funding, forced closes, fees in another coin, and the cash ledger they all end in. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Decimal } from '#domain/decimal.ts'
import { applyFill, averagePrice, FLAT } from '#simulators/bybit/engine/position.ts'
import { ALICE, openDesk } from './desk.ts'

const EIGHT_HOURS = 480 * 60_000

test("closed PnL is the venue's published row: exit less entry value less both fees", () => {
  // Reference section B4: the row of ETHPERP, size 3, fee rate 0.0006.
  const rate = new Decimal('0.0006')
  const entry = new Decimal('3584.9255')
  const exit = new Decimal('3541.795')
  const opened = { size: new Decimal(3), cost: entry, openFees: entry.times(rate) }
  assert.equal(averagePrice(opened).toFixed(), '1194.97516667')
  const price = exit.div(3)
  const { gross, openFee, closeFee } = applyFill(opened, {
    isBuy: false,
    price,
    qty: new Decimal(3),
    fee: exit.times(rate),
  })
  assert.equal(gross.minus(openFee).minus(closeFee).toDecimalPlaces(7).toFixed(), '-47.4065323')
})

test('a fill through zero closes with its share of the fee and opens with the rest', () => {
  const long = applyFill(FLAT, {
    isBuy: true,
    price: new Decimal(100),
    qty: new Decimal(2),
    fee: new Decimal('0.2'),
  }).holding
  const flip = applyFill(long, { isBuy: false, price: new Decimal(110), qty: new Decimal(5), fee: new Decimal('0.5') })
  assert.deepEqual(
    [
      flip.gross,
      flip.closedQty,
      flip.openFee,
      flip.closeFee,
      flip.holding.size,
      flip.holding.cost,
      flip.holding.openFees,
    ].map(String),
    ['20', '2', '0.2', '0.2', '-3', '330', '0.3'],
  )
})

test('a closing order has one closed PnL row that grows with its fills', () => {
  const desk = openDesk()
  desk.order({ qty: '0.02' })
  desk.order({ orderLinkId: 'out', side: 'Sell', orderType: 'Limit', price: '101000', qty: '0.02' })
  for (const part of ['0.005', '0.015']) desk.venue.operator.fillByHand(ALICE, { orderLinkId: 'out' }, part)
  const rows = desk.venue.account.closedPnl(ALICE)
  assert.equal(rows.length, 1)
  assert.partialDeepStrictEqual(rows[0], {
    orderId: desk.find('out').orderId,
    side: 'Sell',
    closedSize: '0.02',
    cumEntryValue: '2000.2',
    cumExitValue: '2020',
    openFee: '1.10011',
    closeFee: '0.404',
    closedPnl: '18.29589',
    fillCount: 2,
  })
})

test('longs pay positive funding every eight hours; the execution and the settlement carry opposite signs', () => {
  const desk = openDesk()
  desk.order({ qty: '0.1' })
  desk.venue.operator.setFundingRate('BTCUSDT', '0.0002')
  desk.advance(EIGHT_HOURS)
  const paid = desk.fills().at(-1)
  assert.partialDeepStrictEqual(paid, {
    execType: 'Funding',
    orderType: 'UNKNOWN',
    orderLinkId: '',
    side: 'Buy',
    execQty: '0.1',
    execFee: '2',
    feeRate: '0.0002',
    closedSize: '0',
  })
  const [row] = desk.venue.account.transactionLog(ALICE)
  assert.partialDeepStrictEqual(row, {
    type: 'SETTLEMENT',
    funding: '-2',
    change: '-2',
    cashFlow: '0',
    fee: '0',
    size: '0.1',
    tradeId: paid?.execId,
  })
  desk.venue.operator.setFundingRate('BTCUSDT', '-0.0002')
  desk.advance(EIGHT_HOURS)
  assert.equal(desk.fills().at(-1)?.execFee, '-2')
  assert.equal(desk.position()?.size, '0.1')
  assert.equal(desk.venue.account.transactionLog(ALICE)[0]?.funding, '2')
})

for (const [title, act, row] of [
  [
    'liquidation',
    'liquidate',
    { execType: 'BustTrade', createType: 'CreateByLiq', type: 'LIQUIDATION', cancel: 'CancelAllBeforeLiq' },
  ],
  [
    'auto-deleveraging',
    'autoDeleverage',
    { execType: 'AdlTrade', createType: 'CreateByAdl_PassThrough', type: 'ADL', cancel: 'CancelByPrepareAdl' },
  ],
  [
    'an administrator',
    'adminClose',
    { execType: 'Trade', createType: 'CreateByAdminClosing', type: 'TRADE', cancel: 'CancelByAdmin' },
  ],
] as const) {
  test(`${title} closes a position as ${row.execType} and cancels its orders`, () => {
    const desk = openDesk()
    desk.order({ side: 'Sell' })
    desk.order({ orderLinkId: 'rest', side: 'Sell', orderType: 'Limit', price: '101000' })
    desk.venue.operator[act](ALICE, 'BTCUSDT')
    assert.partialDeepStrictEqual(desk.fills().at(-1), {
      side: 'Buy',
      execType: row.execType,
      createType: row.createType,
      execPrice: '100000',
    })
    assert.equal(desk.venue.account.transactionLog(ALICE)[0]?.type, row.type)
    assert.equal(desk.find('rest').cancelType, row.cancel)
    assert.equal(desk.venue.account.closedPnl(ALICE)[0]?.execType, row.execType)
    assert.equal(desk.position()?.size, '0')
    assert.throws(() => desk.venue.operator[act](ALICE, 'BTCUSDT'), /Expected a position in BTCUSDT, saw none/)
  })
}

test('an account whose equity no longer covers its maintenance margin is liquidated', () => {
  const desk = openDesk()
  desk.order({ qty: '0.9' })
  desk.mark('91000')
  assert.equal(desk.position()?.size, '0.9')
  desk.mark('89000')
  assert.equal(desk.fills().at(-1)?.execType, 'BustTrade')
  assert.equal(desk.position()?.size, '0')
})

test('fees can be paid in MNT: the trade row is free of them and a row in MNT carries them, until MNT runs out', () => {
  const desk = openDesk({ mntPrice: '0.5' })
  desk.venue.operator.createAccount(ALICE, 'MNT')
  desk.venue.operator.deposit(ALICE, '1.5', 'MNT')
  desk.order({ orderLinkId: 'e' })
  assert.partialDeepStrictEqual(desk.fills()[0], { execFee: '1.10011', feeCurrency: 'MNT' })
  assert.deepEqual(desk.find('e').fees, { MNT: '1.10011' })
  const [inMnt, trade] = desk.venue.account.transactionLog(ALICE)
  assert.partialDeepStrictEqual(trade, { currency: 'USDT', fee: '0', change: '0', cashBalance: '10000' })
  assert.partialDeepStrictEqual(inMnt, { currency: 'MNT', fee: '1.10011', change: '-1.10011', cashBalance: '0.39989' })
  desk.order({ side: 'Sell' })
  assert.partialDeepStrictEqual(desk.fills()[1], { feeCurrency: 'USDT' })
})

test('equity is wallet balance and unrealised result', () => {
  const desk = openDesk()
  desk.order({ side: 'Sell', qty: '0.1' })
  desk.mark('99000')
  assert.partialDeepStrictEqual(desk.venue.account.balances(ALICE)[0], {
    coin: 'USDT',
    walletBalance: '9994.50055',
    unrealisedPnl: '99',
    equity: '10093.50055',
  })
})
