/** Each account sizes a signal its own way, with the multiplier of the instrument, and never beyond what it was told. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Decimal, decimal } from '#domain/decimal.ts'
import { type EntryPlan, planEntry } from '#domain/entry-plan.ts'
import type { Instrument } from '#domain/instrument.ts'
import type { Denial, SizeRule } from '#domain/policy.ts'
import { sizingOf, sizingText, unsized } from '#domain/sizing.ts'
import { BTC, NQ, aSignal, d } from './samples.ts'

const rule = (type: SizeRule['type'], value: string): SizeRule => ({ type, value: d(value) })

test("the account's size for the strategy goes before its size for all, and that before the signal's", () => {
  const policy = { sizing: rule('notional_usd', '100'), strategySizing: { trend: rule('risk_usd', '50') } }
  const own = { type: 'contracts', value: '1' }
  const said = (change: object, at: Parameters<typeof sizingOf>[0]) => {
    const sizing = sizingOf(at, aSignal({ size: own, ...change }))
    return sizing === null ? null : sizingText(sizing)
  }
  assert.equal(said({ strategy: 'trend' }, policy), 'risk_usd 50 by strategy_sizing')
  assert.equal(said({ strategy: 'carry' }, policy), 'notional_usd 100 by sizing')
  assert.equal(said({ strategy: 'toString' }, policy), 'notional_usd 100 by sizing')
  assert.equal(said({}, { sizing: null, strategySizing: {} }), 'contracts 1 by signal')
  assert.equal(said({ size: undefined }, { sizing: null, strategySizing: {} }), null)
})

test('an entry that nobody sized is denied with what to configure', () => {
  const denial = unsized({ account: 'topstep' }, 'trend')
  assert.equal(denial.gate, 'size')
  assert.match(denial.limit, /size in the signal, or sizing or strategy_sizing\."trend" of account topstep/)
})

interface Case {
  readonly size: SizeRule
  readonly instrument?: Instrument
  readonly signal?: object
  readonly equity?: string
}
const planned = ({ size, instrument = NQ, signal = {}, equity }: Case): EntryPlan | Denial =>
  planEntry({
    signal: aSignal({ instrument: instrument.root ?? instrument.instrument, stop_loss: { price: '20000' }, ...signal }),
    size,
    instrument,
    mark: new Decimal('20040'),
    equity: equity === undefined ? null : new Decimal(equity),
  })

/** NQ at 20,040: one contract is worth 400,800 USD and loses 800 USD down to a stop at 20,000. */
const SIZES: readonly (readonly [what: string, given: Case, result: string])[] = [
  ['contracts as they are', { size: rule('contracts', '2') }, '2'],
  ['a part of a contract is left', { size: rule('contracts', '2.9') }, '2'],
  ['order value over 20 USD a point', { size: rule('notional_usd', '801600') }, '2'],
  ['a dollar less is a contract less', { size: rule('notional_usd', '801599.99') }, '1'],
  ['equity times the fraction', { size: rule('equity_fraction', '8.016'), equity: '50000' }, '1'],
  ['loss to the stop over 20 USD a point', { size: rule('risk_usd', '1600') }, '2'],
  ['a cent less is a contract less', { size: rule('risk_usd', '1599.99') }, '1'],
  [
    'from a limit price, not from the mark',
    { size: rule('risk_usd', '1600'), signal: { entry: { type: 'limit', price: '20020' } } },
    '4',
  ],
  ['as much as one order may hold', { size: rule('contracts', '10') }, '10'],
  ['more than one order may hold', { size: rule('contracts', '11') }, 'maximum-size'],
  ['less than one contract', { size: rule('risk_usd', '799') }, 'minimum-size'],
  ['a fraction of unread equity', { size: rule('equity_fraction', '1') }, 'equity'],
  ['risk without a stop', { size: rule('risk_usd', '100'), signal: { stop_loss: undefined } }, 'stop-required'],
]

for (const [what, given, result] of SIZES) {
  test(`G5: NQ by ${given.size.type}: ${what}`, () => {
    const plan = planned(given)
    assert.equal('gate' in plan ? plan.gate : plan.size, result)
  })
}

test('G5: what an order is worth to the gates counts the points of its contract', () => {
  const plan = planned({ size: rule('contracts', '2') })
  assert.equal('gate' in plan ? plan.gate : plan.notional, '801600')
})

test('a venue without a smallest order value takes any order of one lot', () => {
  const plan = planned({ size: rule('contracts', '1') })
  assert.ok('notional' in plan)
  assert.equal(plan.notional, '400800')
})

const marks = fc.integer({ min: 40_000, max: 120_000 }).map((quarters) => new Decimal(quarters).div(4))
const bps = fc.integer({ min: 1, max: 50_000 }).map((n) => n / 100)
const wishes = fc.oneof(
  bps.map((distance) => ({ distance_bps: distance })),
  fc.integer({ min: 1, max: 5_000_000 }).map((cents) => ({ price: (cents / 100).toFixed(2) })),
)
const entries = fc.oneof(
  fc.constant({ type: 'market' }),
  fc.integer({ min: 900_000, max: 3_100_000 }).map((cents) => ({ type: 'limit', price: (cents / 100).toFixed(2) })),
)
const amounts = fc.integer({ min: 1, max: 2_000_000_000 }).map((cents) => (cents / 100).toFixed(2))
const cases = fc.record({
  instrument: fc.constantFrom(NQ, { ...NQ, maxSize: null }, BTC),
  side: fc.constantFrom('long', 'short'),
  mark: marks,
  stop: wishes,
  target: wishes,
  entry: entries,
  amount: amounts,
  type: fc.constantFrom('risk_usd' as const, 'notional_usd' as const, 'equity_fraction' as const),
})

test('no order risks or is worth more than it was told, and every price and size is on the grid of the venue', () => {
  let approved = 0
  fc.assert(
    fc.property(cases, ({ instrument, side, mark, stop, target, entry, amount, type }) => {
      const signal = aSignal({ side, entry, stop_loss: stop, take_profit: target })
      const equity = new Decimal('50000')
      const plan = planEntry({ signal, size: rule(type, amount), instrument, mark, equity })
      if ('gate' in plan) return
      approved += 1
      const size = decimal(plan.size)
      const told = type === 'equity_fraction' ? equity.times(amount) : new Decimal(amount)
      const stopLoss = decimal(plan.stopLoss ?? d('0'))
      const fill = decimal(plan.reference)
      const risk = fill.minus(stopLoss).abs().times(instrument.multiplier).times(size)
      assert.ok((type === 'risk_usd' ? risk : size.times(mark).times(instrument.multiplier)).lte(told))
      assert.ok(size.gt(0) && size.mod(instrument.lot).isZero())
      assert.ok(instrument.maxSize === null || size.lte(instrument.maxSize))
      if (instrument.tick === null) return
      for (const price of [plan.stopLoss, plan.takeProfit, plan.limitPrice])
        assert.ok(price !== null && decimal(price).mod(instrument.tick).isZero(), `${price} is on the tick`)
    }),
    { numRuns: 2000 },
  )
  assert.ok(approved > 200, `enough of the cases were orders, saw ${approved}`)
})
