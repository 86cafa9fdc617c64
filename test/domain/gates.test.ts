/** Every gate closes at its limit and says the limit and what it saw. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decimal } from '#domain/decimal.ts'
import { type MoneyInputs, type StandingInputs, checkMoney, checkStanding, utcDayOf } from '#domain/gates.ts'
import { GATES, NOW, POSITION, aSignal, anAccount, d } from './samples.ts'

const standing = (change: Partial<StandingInputs>) =>
  checkStanding({
    signal: aSignal(),
    gates: GATES,
    row: anAccount(),
    control: null,
    unknownOrders: 0,
    now: NOW,
    ...change,
  })

const held = { positionId: POSITION, side: 'long', notional: d('1000'), size: d('0.01'), root: null } as const
const halted = { tradingEnabled: false, by: 'operator', why: 'test', at: 1 }
const lock = { reason: 'drift', since: 1, alertId: null }

const STANDING: readonly (readonly [gate: string, change: Partial<StandingInputs>])[] = [
  ['trading-enabled', { control: halted }],
  ['account-state', { row: anAccount({ state: 'reduce-only' }) }],
  ['account-state', { row: anAccount({ state: 'quarantined' }) }],
  ['drift-lock', { row: anAccount({ locks: { 'BTC-PERP': lock } }) }],
  ['drift-lock', { row: anAccount({ locks: { '*': lock } }) }],
  ['unknown-orders', { unknownOrders: 3 }],
  ['instrument-allowed', { gates: { ...GATES, instruments: ['ETH-PERP'] } }],
  ['signal-age', { now: NOW + 30_001 }],
  ['stop-required', { signal: aSignal({ stop_loss: undefined }) }],
  ['one-position-per-instrument', { row: anAccount({ exposures: { 'BTC-PERP': held } }) }],
  ['position-count', { row: anAccount({ exposures: { A: held, B: held, C: held } }) }],
  ['entry-rate', { row: anAccount({ recentEntries: [1, 2, 3, 4, 5].map((second) => NOW - second * 1000) }) }],
]

test('with everything in order no gate is closed', () => {
  assert.equal(standing({}), null)
})

for (const [gate, change] of STANDING) {
  test(`${gate} closes: ${JSON.stringify(change).slice(0, 70)}`, () => {
    const denial = standing(change)
    assert.equal(denial?.gate, gate)
    assert.ok(denial.limit.length > 0 && denial.observed.length > 0)
  })
}

test('limits themselves are still allowed', () => {
  assert.equal(standing({ now: NOW + 30_000 }), null)
  assert.equal(standing({ unknownOrders: 2 }), null)
  assert.equal(standing({ row: anAccount({ exposures: { A: held, B: held } }) }), null)
  assert.equal(standing({ row: anAccount({ recentEntries: [1, 2, 3, 4, 60].map((s) => NOW - s * 1000) }) }), null)
})

const plan = {
  side: 'buy',
  size: d('0.05'),
  limitPrice: d('100500'),
  timeInForce: 'ioc',
  entryTimeoutMs: 0,
  reference: d('100000'),
  notional: d('5000'),
  stopLoss: null,
  takeProfit: null,
} as const
const money = (change: Partial<MoneyInputs>) =>
  checkMoney({
    plan,
    gates: GATES,
    row: anAccount(),
    mark: decimal(d('100000')),
    equity: decimal(d('10000')),
    now: NOW,
    ...change,
  })

const MONEY: readonly (readonly [gate: string, change: Partial<MoneyInputs>])[] = [
  ['order-notional', { plan: { ...plan, notional: d('10000.01') } }],
  ['price-collar', { plan: { ...plan, limitPrice: d('102001') } }],
  ['price-collar', { plan: { ...plan, limitPrice: d('97999') } }],
  ['equity', { equity: decimal(d('0')) }],
  ['exposure', { row: anAccount({ exposures: { A: { ...held, notional: d('15000.01') } } }) }],
  ['drawdown', { row: anAccount({ highWaterMark: d('12500') }) }],
  ['daily-loss', { row: anAccount({ dayStart: { day: utcDayOf(NOW), equity: d('10500') } }) }],
]

test('with money in order no gate is closed, and limits themselves are allowed', () => {
  assert.equal(money({}), null)
  assert.equal(money({ plan: { ...plan, notional: d('10000') } }), null)
  assert.equal(money({ row: anAccount({ exposures: { A: { ...held, notional: d('15000') } } }) }), null)
  assert.equal(money({ row: anAccount({ dayStart: { day: '2020-01-01', equity: d('99999') } }) }), null)
})

for (const [gate, change] of MONEY) {
  test(`${gate} closes: ${JSON.stringify(change).slice(0, 70)}`, () => {
    assert.equal(money(change)?.gate, gate)
  })
}
