/** Every gate closes at its limit and says the limit and what it saw. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decimal } from '#domain/decimal.ts'
import {
  type MoneyInputs,
  type StandingInputs,
  SIGNAL_AHEAD_MS,
  checkInstrument,
  checkMoney,
  checkStanding,
  utcDayOf,
} from '#domain/gates.ts'
import { BTC, GATES, NOW, NQ, POSITION, aSignal, anAccount, d } from './samples.ts'

const standing = (change: Partial<StandingInputs>) =>
  checkStanding({
    signal: aSignal(),
    gates: GATES,
    row: anAccount(),
    halt: null,
    unknownOrders: 0,
    now: NOW,
    ...change,
  })

const held = { positionId: POSITION, side: 'long', notional: d('1000'), size: d('0.01'), root: null } as const
const halted = { scope: { kind: 'all' }, row: { tradingEnabled: false, by: 'operator', why: 'test', at: 1 } } as const
const lock = { reason: 'drift', since: 1, alertId: null }

const STANDING: readonly (readonly [gate: string, change: Partial<StandingInputs>])[] = [
  ['trading-enabled', { halt: halted }],
  ['account-state', { row: anAccount({ state: 'reduce-only' }) }],
  ['account-state', { row: anAccount({ state: 'quarantined' }) }],
  ['drift-lock', { row: anAccount({ locks: { '*': lock } }) }],
  ['unknown-orders', { unknownOrders: 3 }],
  ['signal-age', { now: NOW + 30_001 }],
  ['signal-age', { now: NOW - SIGNAL_AHEAD_MS - 1 }],
  ['stop-required', { signal: aSignal({ stop_loss: undefined }) }],
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
  assert.equal(standing({ now: NOW - SIGNAL_AHEAD_MS }), null)
  assert.equal(standing({ unknownOrders: 2 }), null)
  assert.equal(standing({ row: anAccount({ exposures: { A: held, B: held } }) }), null)
  assert.equal(standing({ row: anAccount({ recentEntries: [1, 2, 3, 4, 60].map((s) => NOW - s * 1000) }) }), null)
})

type InstrumentInputs = Parameters<typeof checkInstrument>
const instrument = (...[what, gates = GATES, row = anAccount()]: Partial<InstrumentInputs>) =>
  checkInstrument(what ?? BTC, gates, row)
const only = (...instruments: string[]) => ({ ...GATES, instruments })
const heldNq = (contract: string) => anAccount({ exposures: { [contract]: { ...held, root: 'NQ' } } })
const NQH = { ...NQ, instrument: 'NQH7' }

const INSTRUMENT: readonly (readonly [gate: string | null, inputs: Partial<InstrumentInputs>])[] = [
  [null, []],
  ['instrument-active', [{ ...BTC, active: false }]],
  ['instrument-allowed', [BTC, only('ETH-PERP')]],
  ['instrument-allowed', [NQ, only('NQH7', 'MNQ')]],
  [null, [NQ, only('NQZ6')]],
  [null, [NQ, only('NQ')]],
  ['drift-lock', [BTC, GATES, anAccount({ locks: { 'BTC-PERP': lock } })]],
  [null, [BTC, GATES, anAccount({ locks: { 'ETH-PERP': lock } })]],
  ['one-position-per-instrument', [BTC, GATES, anAccount({ exposures: { 'BTC-PERP': held } })]],
  ['one-position-per-instrument', [NQH, GATES, heldNq('NQZ6')]],
  ['one-position-per-instrument', [NQ, GATES, heldNq('NQZ6')]],
  [null, [{ ...NQH, root: 'MNQ', instrument: 'MNQH7' }, GATES, heldNq('NQZ6')]],
  [null, [BTC, GATES, anAccount({ exposures: { 'ETH-PERP': held } })]],
]

for (const [gate, inputs] of INSTRUMENT) {
  test(`${gate ?? 'no gate'} closes for one instrument: ${JSON.stringify(inputs.slice(1)).slice(0, 70)}`, () => {
    const denial = instrument(...inputs)
    assert.equal(denial?.gate ?? null, gate)
    if (denial !== null) assert.ok(denial.limit.length > 0 && denial.observed.length > 0)
  })
}

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
