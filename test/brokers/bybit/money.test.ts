/** Money on the simulator: every fill with what it realised, every cash row, and an equity that they explain to the last digit. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type DecimalString, decimal, decimalString, sumDecimals, toDecimalString } from '#domain/decimal.ts'
import { seededRandom } from '#simulators/venue/seeded-random.ts'
import { NOW, openScriptedVenue } from './scripted-venue.ts'
import { openSimulatedAccount, type SimulatedAccount, TRADER } from './simulated-account.ts'

const manual = { venue: { clock: { kind: 'manual' } } } as const

async function readAll({ broker, venue }: SimulatedAccount) {
  const interval = { from: 0, through: venue.clock.now() }
  const { fills, coverage } = await broker.listFills(interval)
  return { fills, coverage, cash: await broker.listCash(interval), account: await broker.readAccount() }
}

const sum = (values: readonly DecimalString[]): DecimalString => toDecimalString(sumDecimals(values))

/** What fills and cash rows make of an equity that began with nothing, USD. */
async function explained(account: SimulatedAccount) {
  const { fills, cash, account: snapshot } = await readAll(account)
  const closedPnl = sum(fills.map((fill) => fill.closedPnl))
  const fees = sum(fills.filter(({ feeToken }) => feeToken === 'USDT').map((fill) => fill.fee))
  const funding = sum(cash.filter(({ kind }) => kind === 'funding').map((row) => row.amount))
  const transfers = sum(cash.filter(({ kind }) => kind === 'transfer').map((row) => row.amount))
  const balance = toDecimalString(sumDecimals([closedPnl, funding, transfers]).minus(fees))
  return { closedPnl, fees, funding, transfers, balance, snapshot }
}

test('partial closes, flips and funding explain equity exactly, and agree with the venue term by term', async (t) => {
  const account = await openSimulatedAccount(t, manual)
  const { operator, oracle } = account.venue.engine
  const random = seededRandom(7)
  for (let step = 0; step < 60; step += 1) {
    account.venue.clock.advance(Math.floor(random() * 3_600_000))
    const [symbol, mark, unit] = random() < 0.6 ? ['BTCUSDT', 100_000, 0.001] : ['ETHUSDT', 3_500, 0.01]
    operator.setPrices(symbol, { mark: (mark * (0.97 + random() * 0.06)).toFixed(1) })
    const size = decimal(decimalString(String(unit))).times(1 + Math.floor(random() * 40))
    operator.tradeByHand(TRADER, symbol, random() < 0.5 ? 'Buy' : 'Sell', size.toFixed())
  }
  operator.deposit(TRADER, '250.5')
  const { snapshot, ...ours } = await explained(account)
  const { equity } = oracle.ledger(TRADER)
  assert.deepEqual(
    [ours.closedPnl, ours.fees, ours.funding, ours.transfers, ours.balance],
    [equity.cashFlow, equity.fees, equity.funding, equity.transfers, equity.walletBalance],
  )
  assert.deepEqual(
    [snapshot.equity, snapshot.balance, snapshot.unrealised],
    [equity.equity, equity.walletBalance, equity.unrealised],
  )
  assert.notEqual(equity.funding, '0')
})

test('fills say the position they started from, also through zero, and arrive once each over many pages', async (t) => {
  const account = await openSimulatedAccount(t, manual)
  const { operator, oracle } = account.venue.engine
  for (let count = 0; count < 130; count += 1) {
    account.venue.clock.advance(count % 3 === 0 ? 0 : 3_600_000)
    operator.tradeByHand(TRADER, 'BTCUSDT', count % 2 === 0 ? 'Buy' : 'Sell', count % 2 === 0 ? '0.002' : '0.003')
  }
  const { fills, coverage } = await readAll(account)
  const truth = oracle.ledger(TRADER).executions.filter(({ execType }) => execType === 'Trade')
  assert.deepEqual(
    fills.map((fill) => [fill.tradeId, fill.time]),
    truth.map((row) => [row.execId, row.execTime]),
  )
  assert.deepEqual([coverage.complete, coverage.gap, new Set(fills.map((fill) => fill.fillId)).size], [true, null, 130])
  assert.deepEqual(
    fills.slice(0, 4).map((fill) => [fill.startPosition, fill.side, fill.size]),
    [
      ['0', 'buy', '0.002'],
      ['0.002', 'sell', '0.003'],
      ['-0.001', 'buy', '0.002'],
      ['0.001', 'sell', '0.003'],
    ],
  )
  assert.equal(fills[0]?.closedPnl, '0')
  assert.deepEqual(fills[0]?.raw['execId'], fills[0]?.tradeId)
})

test('F2: funding that was paid in another coin is no cash of the settlement currency', async (t) => {
  const row = {
    id: '1',
    symbol: 'BTCUSDT',
    category: 'linear',
    type: 'SETTLEMENT',
    transactionTime: String(NOW - 1000),
    size: '1',
    cashFlow: '0',
  }
  const paid = { ...row, currency: 'USDT', funding: '-0.25', change: '-0.25' }
  const elsewhere = { ...row, id: '2', currency: 'BNFCR', funding: '-99', change: '-99' }
  const { broker } = await openScriptedVenue(t, {
    '/v5/account/transaction-log': { list: [paid, elsewhere], nextPageCursor: '' },
  })
  const cash = await broker.listCash({ from: NOW - 10_000, through: NOW })
  assert.deepEqual(
    cash.map(({ kind, amount }) => [kind, amount]),
    [['funding', '-0.25']],
  )
})

test('F5: a fee in another coin is told in that coin', async (t) => {
  const account = await openSimulatedAccount(t, manual)
  account.venue.engine.operator.createAccount(TRADER, 'MNT')
  account.venue.engine.operator.deposit(TRADER, '1000', 'MNT')
  account.venue.engine.operator.tradeByHand(TRADER, 'BTCUSDT', 'Buy', '0.01')
  account.venue.engine.operator.closeByHand(TRADER, 'BTCUSDT')
  const { fills } = await readAll(account)
  assert.deepEqual(new Set(fills.map(({ feeToken }) => feeToken)), new Set(['MNT']))
  const { balance, snapshot, transfers } = await explained(account)
  assert.deepEqual([balance, transfers], [snapshot.balance, '100000'])
})

test('the venue states its own result of closing orders: net of both fees, without funding', async (t) => {
  const account = await openSimulatedAccount(t, manual)
  const { operator } = account.venue.engine
  operator.tradeByHand(TRADER, 'BTCUSDT', 'Buy', '0.02')
  account.venue.clock.advance(9 * 3_600_000)
  operator.setPrices('BTCUSDT', { mark: '101000' })
  const first = operator.tradeByHand(TRADER, 'BTCUSDT', 'Sell', '0.01')
  const second = operator.tradeByHand(TRADER, 'BTCUSDT', 'Sell', '0.01')
  const interval = { from: account.venue.clock.now() - 86_400_000, through: account.venue.clock.now() }
  const closing = [first, second].map((venueOrderId) => ({ instrument: 'BTC-PERP', venueOrderId }))
  const { closedPnl, fees, funding } = await explained(account)
  assert.notEqual(funding, '0')
  assert.equal(await account.broker.statedPnl(closing, interval), toDecimalString(decimal(closedPnl).minus(fees)))
  const unseen = [...closing, { instrument: 'BTC-PERP', venueOrderId: 'not-shown' }]
  assert.equal(await account.broker.statedPnl(unseen, interval), null)
})
