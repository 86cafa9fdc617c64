/** Fills as the simulator makes them: start positions, attribution, void trades, and what a read may claim. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BrokerUnavailable } from '#brokers/errors.ts'
import { effectOf } from '#domain/fill.ts'
import { chainFills } from '#domain/fill-chain.ts'
import { decimalString, sumDecimals } from '#domain/decimal.ts'
import { faultRule } from '#simulators/projectx/faults/fault.ts'
import { entryOf, idOf } from '#test/brokers/orders.ts'
import { NOW, openScriptedVenue } from './scripted-venue.ts'
import { ACCOUNT_NAME, FRONT, type SimulatedAccount, openSimulatedAccount } from './simulated-account.ts'

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
const everything = (account: SimulatedAccount) =>
  account.broker.listFills({ from: 0, through: account.venue.clock.now() })
const byHand = ({ venue }: SimulatedAccount, side: 'buy' | 'sell', size: number): void =>
  void venue.engine.operator.trade({ account: ACCOUNT_NAME, contract: FRONT, side, size })

test('a flip by hand: lots close first in, first out, each row starts where the one before ended', async (t) => {
  const account = await openSimulatedAccount(t)
  const { operator, oracle } = account.venue.engine
  byHand(account, 'buy', 1)
  operator.setMark('NQ', '20010')
  byHand(account, 'buy', 1)
  operator.setMark('NQ', '20020')
  byHand(account, 'sell', 3)
  const { fills, coverage, voided } = await everything(account)
  assert.deepEqual(
    fills.map(({ startPosition, side, size, closedPnl }) => [startPosition, side, size, closedPnl]),
    [
      ['0', 'buy', '1', '0'],
      ['1', 'buy', '1', '0'],
      ['2', 'sell', '1', '400'],
      ['1', 'sell', '1', '200'],
      ['0', 'sell', '1', '0'],
    ],
  )
  assert.equal(new Set(fills.slice(2).map(({ venueOrderId }) => venueOrderId)).size, 1)
  assert.deepEqual([coverage.complete, coverage.gap, voided], [true, null, []])
  assert.deepEqual(chainFills(fills, { evidence: 'time', opening: decimalString('0') }).gaps, [])
  const { profitAndLoss, fees, commissions } = oracle.ledger(ACCOUNT_NAME).equity
  assert.equal(sumDecimals(fills.map(({ closedPnl }) => closedPnl)).toFixed(), profitAndLoss)
  assert.ok(sumDecimals(fills.map(({ fee }) => fee)).eq(sumDecimals([fees, commissions])))
})

test('a later part of the history starts from what was held', async (t) => {
  const account = await openSimulatedAccount(t)
  byHand(account, 'sell', 2)
  account.venue.clock.advance(60_000)
  const from = account.venue.clock.now()
  byHand(account, 'sell', 1)
  account.venue.clock.advance(60_000)
  const through = account.venue.clock.now()
  byHand(account, 'buy', 3)
  account.venue.clock.advance(60_000)
  const { fills, coverage } = await account.broker.listFills({ from, through: through - 1 })
  assert.deepEqual(
    fills.map(({ startPosition, size }) => [startPosition, size]),
    [['-2', '1']],
  )
  assert.deepEqual([coverage.from, coverage.through, coverage.complete], [from, through - 1, true])
})

test('fills of our orders, of their stops and of others are told apart', async (t) => {
  const account = await openSimulatedAccount(t)
  const { broker, venue } = account
  const command = entryOf('a', {
    instrument: 'NQZ6',
    size: decimalString('2'),
    limitPrice: decimalString('20000'),
    attachedStop: {
      clientOrderId: idOf('a-stop'),
      triggerPrice: decimalString('19990'),
      limitPrice: decimalString('19900'),
      entryReference: decimalString('20000'),
    },
  })
  await broker.send(await broker.prepare(command, { nonce: 1, now: venue.clock.now() }), command)
  venue.engine.operator.tripStop(ACCOUNT_NAME, FRONT)
  byHand(account, 'buy', 1)
  const { fills } = await everything(account)
  assert.deepEqual(
    fills.map(({ clientOrderId, attachedTo }) => [clientOrderId, attachedTo]),
    [
      [idOf('a'), null],
      [null, idOf('a')],
      [null, null],
    ],
  )
})

test('a void trade is named, not told, and the others are counted without it (B21)', async (t) => {
  const account = await openSimulatedAccount(t)
  byHand(account, 'buy', 1)
  byHand(account, 'buy', 2)
  const [first] = (await everything(account)).fills
  assert.ok(first !== undefined)
  account.venue.engine.operator.voidTrade(Number(first.tradeId), true)
  const after = await everything(account)
  assert.deepEqual(after.voided, [first.fillId])
  assert.deepEqual(
    after.fills.map(({ startPosition, size }) => [startPosition, size]),
    [['0', '2']],
  )
  assert.equal(after.coverage.complete, true)
})

test('a first read goes back its days and says what was open before; a later one goes as far as it is asked', async (t) => {
  const account = await openSimulatedAccount(t, {
    broker: { historyDays: 2 },
    venue: { engine: { rules: { session: 'open' } } },
  })
  const start = account.venue.clock.now()
  byHand(account, 'buy', 1)
  account.venue.clock.advance(3 * DAY_MS)
  const first = await everything(account)
  assert.deepEqual([first.fills, first.coverage.complete], [[], false])
  assert.match(first.coverage.gap ?? '', /history: CON.F.US.ENQ.Z26 stood at 1 /)
  assert.equal(first.coverage.from, account.venue.clock.now() - 2 * DAY_MS)
  const later = await account.broker.listFills({ from: start, through: account.venue.clock.now() })
  assert.deepEqual([later.fills.length, later.coverage.complete, later.coverage.gap], [1, true, null])
  byHand(account, 'sell', 1)
  account.venue.clock.advance(3 * DAY_MS)
  const fresh = await everything(account)
  assert.deepEqual([fresh.fills, fresh.coverage.complete, fresh.coverage.gap], [[], true, null])
})

test('trades that lag behind the position are waited for; a lag that stays is a gap, not a start', async (t) => {
  const account = await openSimulatedAccount(t)
  byHand(account, 'buy', 1)
  byHand(account, 'sell', 1)
  const now = account.venue.clock.now()
  const lastHour = () => account.broker.listFills({ from: now - HOUR_MS, through: now })
  // Both readings of the first look miss the closing trade, without which the account should be long.
  account.venue.faults.add(faultRule.parse({ fault: { kind: 'trade-lag' }, count: 2 }))
  const healed = await lastHour()
  assert.deepEqual([healed.fills.length, healed.coverage.complete], [2, true])
  account.venue.faults.add(faultRule.parse({ fault: { kind: 'trade-lag' }, count: null }))
  const lagging = await lastHour()
  assert.equal(lagging.coverage.complete, false)
  assert.match(lagging.coverage.gap ?? '', /chain: trade .* says that it opened, but by the count it started from -1/)
})

test('a trade between the readings is counted with the position after it, not before', async (t) => {
  const row = {
    id: 9,
    accountId: 7,
    contractId: FRONT,
    creationTimestamp: '2026-09-30T14:59:59.0000001+00:00',
    price: 20000,
    profitAndLoss: null,
    fees: 1.4,
    side: 0,
    size: 1,
    voided: false,
    orderId: 5,
  }
  const prices = { limitPrice: null, stopPrice: null, filledPrice: 20000 }
  const order = { ...row, ...prices, id: 5, status: 2, type: 2, fillVolume: 1, customTag: null }
  const trades = [[], [row]]
  const sizes = [1]
  const { broker } = await openScriptedVenue(t, {
    '/api/Trade/search': () => ({ trades: trades.shift() ?? [row] }),
    '/api/Position/searchOpen': () => ({
      positions: [{ contractId: FRONT, type: 1, size: sizes.shift() ?? 2, averagePrice: 20000 }],
    }),
    '/api/Order/searchById': { order },
  })
  // What was held before is older than the time asked for, so only the count can be wrong.
  const { fills, coverage } = await broker.listFills({ from: NOW - HOUR_MS, through: NOW })
  assert.deepEqual([fills.map(({ startPosition }) => startPosition), coverage.complete], [['1'], true])
})

test('a trade whose order the venue does not show yet makes the read unavailable: attribution is for good', async (t) => {
  const account = await openSimulatedAccount(t)
  byHand(account, 'buy', 1)
  account.venue.faults.add(faultRule.parse({ fault: { kind: 'hide-order' }, count: null }))
  await assert.rejects(
    everything(account),
    (error) => error instanceof BrokerUnavailable && /no record yet/.test(error.message),
  )
  account.venue.faults.clear()
  assert.equal((await everything(account)).fills.length, 1)
})

test('what a fill did is what the venue says it did', async (t) => {
  const account = await openSimulatedAccount(t)
  for (const [side, size] of [
    ['buy', 2],
    ['sell', 5],
    ['buy', 1],
    ['buy', 4],
    ['sell', 2],
  ] as const)
    byHand(account, side, size)
  for (const fill of (await everything(account)).fills) {
    const { opened, closed } = effectOf(fill)
    assert.ok(fill.raw['profitAndLoss'] === null ? closed.isZero() : opened.isZero(), fill.fillId)
  }
})
