/** The position rule on its own, against recorded fills and as properties. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Decimal, ZERO } from '#domain/decimal.ts'
import { applyToHolding, entryPrice, unrealized, type Holding } from '#simulators/hyperliquid/engine/position.ts'

const FLAT: Holding = { szi: ZERO, cost: ZERO }
const d = (text: string): Decimal => new Decimal(text)

test('the entry price is cut to the price decimals, as on recorded closes', () => {
  // AAVE (2 size decimals): 500.1 at 250.01 and 499.9 at 251.02 average 250.514899; the venue closes from 250.5148.
  const opened = applyToHolding(
    applyToHolding(FLAT, true, d('250.01'), d('500.1'), 2),
    true,
    d('251.02'),
    d('499.9'),
    2,
  )
  assert.equal(entryPrice(opened, 2).toString(), '250.5148')
  const closed = applyToHolding(opened, false, d('260'), d('10'), 2)
  assert.equal(closed.closedPnl.toString(), '94.852')
  assert.equal(entryPrice(closed, 2).toString(), '250.5148', 'closing leaves the entry')
})

test('directions are named by what happens to the position', () => {
  const long = applyToHolding(FLAT, true, d('10'), d('2'), 2)
  const short = applyToHolding(FLAT, false, d('10'), d('2'), 2)
  assert.deepEqual([long.dir, short.dir], ['Open Long', 'Open Short'])
  assert.equal(applyToHolding(long, false, d('11'), d('2'), 2).dir, 'Close Long')
  assert.equal(applyToHolding(short, true, d('11'), d('1'), 2).dir, 'Close Short')
  assert.equal(applyToHolding(long, false, d('11'), d('3'), 2).dir, 'Long > Short')
  assert.equal(applyToHolding(short, true, d('11'), d('3'), 2).dir, 'Short > Long')
})

test('a flip realises only the closed part and opens the rest at the fill price', () => {
  const long = applyToHolding(FLAT, true, d('10'), d('2'), 2)
  const flipped = applyToHolding(long, false, d('11'), d('5'), 2)
  assert.deepEqual([flipped.szi, flipped.cost, flipped.closedPnl, flipped.closedSz, flipped.openedSz].map(String), [
    '-3',
    '33',
    '2',
    '2',
    '3',
  ])
})

const fill = fc.record({
  isBuy: fc.boolean(),
  px: fc.integer({ min: 1, max: 99_999 }).map((n) => new Decimal(n).div(100)),
  sz: fc.integer({ min: 1, max: 10_000 }).map((n) => new Decimal(n).div(100)),
})

test('any fills: size is their signed sum, money has at most six decimals, nothing is held at no cost', () => {
  fc.assert(
    fc.property(fc.array(fill, { maxLength: 40, size: 'max' }), (fills) => {
      let holding = FLAT
      let sum: Decimal = ZERO
      for (const { isBuy, px, sz } of fills) {
        const next = applyToHolding(holding, isBuy, px, sz, 2)
        sum = isBuy ? sum.plus(sz) : sum.minus(sz)
        assert.ok(next.szi.eq(sum))
        assert.ok(next.closedSz.plus(next.openedSz).eq(sz))
        assert.ok(next.closedPnl.decimalPlaces() <= 6 && next.cost.decimalPlaces() <= 6)
        assert.equal(next.cost.isZero(), next.szi.isZero())
        holding = next
      }
    }),
  )
})

test('a long gains and a short loses with the mark', () => {
  assert.equal(unrealized({ szi: d('2'), cost: d('20') }, d('11')).toString(), '2')
  assert.equal(unrealized({ szi: d('-2'), cost: d('20') }, d('11')).toString(), '-2')
})
