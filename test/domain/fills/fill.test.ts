/** Fill: identity, effect on the position, split at zero. */
import { test } from 'node:test'
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { decimal, decimalString, sumDecimals } from '#domain/decimal.ts'
import { effectOf, fillIdOf, forcedBy, isSpotCoin, legsOf } from '#domain/fill.ts'
import { fillOf, fillsOf, scaled, trades } from './trades.ts'

const d = decimalString

test('a fill id is the same on every machine and keeps its parts apart (B8, B14)', () => {
  assert.equal(fillIdOf('acc', 'BTC', 1, '2', '3'), 'acc|BTC|1|2|3')
  assert.notEqual(fillIdOf('a|b', 'c', 1, '2', '3'), fillIdOf('a', 'b|c', 1, '2', '3'))
  assert.doesNotMatch(fillIdOf('acc', 'PURR/USDC', 1, '2', '3'), /\//)
})

test('the effect follows start position, side and size whatever the direction text says (B13)', () => {
  const effect = effectOf(fillOf({ startPosition: d('-2'), side: 'buy', size: d('5'), direction: 'Open Short' }))
  assert.deepEqual([effect.after, effect.closed, effect.opened].map(String), ['3', '2', '3'])
})

test('a fill that only closes or only opens is one leg with the whole fee', () => {
  const closing = fillOf({ startPosition: d('5'), side: 'sell', size: d('5'), fee: d('0.3'), closedPnl: d('7') })
  assert.deepEqual(legsOf(closing, effectOf(closing)), [
    { fill: closing, role: 'close', size: '5', fee: '0.3', closedPnl: '7' },
  ])
  const opening = fillOf({ startPosition: d('5'), side: 'buy', size: d('5'), fee: d('0.3') })
  assert.equal(legsOf(opening, effectOf(opening))[0]?.role, 'open')
})

test('a fill through zero closes and opens, fee pro rata, PnL with the close (C14)', () => {
  const flip = fillOf({
    startPosition: d('0.01'),
    side: 'sell',
    size: d('33.33'),
    fee: d('0.167971'),
    closedPnl: d('0.021049'),
  })
  const [close, open] = legsOf(flip, effectOf(flip))
  assert.deepEqual([close?.role, close?.size, close?.fee, close?.closedPnl], ['close', '0.01', '0.0000504', '0.021049'])
  assert.deepEqual([open?.role, open?.size, open?.fee, open?.closedPnl], ['open', '33.32', '0.1679206', '0'])
})

test('legs of any fill sum to its size, fee and PnL exactly, and share the fee by size', () => {
  const fees = fc.integer({ min: -1_000_000_000, max: 1_000_000_000 })
  fc.assert(
    fc.property(trades, fees, fc.integer({ min: 0, max: 11 }), (history, fee, places) => {
      for (const fill of fillsOf(history, { fee: scaled(fee, places) })) {
        const legs = legsOf(fill, effectOf(fill))
        assert.equal(sumDecimals(legs.map((leg) => leg.fee)).toFixed(), decimal(fill.fee).toFixed())
        assert.equal(sumDecimals(legs.map((leg) => leg.size)).toFixed(), fill.size)
        assert.equal(sumDecimals(legs.map((leg) => leg.closedPnl)).toFixed(), fill.closedPnl)
        for (const leg of legs) {
          const share = decimal(fill.fee).times(leg.size).div(fill.size)
          assert.ok(
            share.minus(leg.fee).abs().lessThanOrEqualTo('0.00000001'),
            `fee ${leg.fee} for share ${share.toFixed()}`,
          )
        }
      }
    }),
  )
})

test('a forced exit is read from the venue, an unknown word forces nothing (D9)', () => {
  const own = { method: 'backstop', markPrice: d('90') }
  assert.equal(forcedBy({ direction: 'Close Long', liquidation: own }), 'liquidation')
  assert.equal(forcedBy({ direction: 'Liquidated Isolated Short', liquidation: null }), 'liquidation')
  assert.equal(forcedBy({ direction: 'Auto-Deleveraging', liquidation: null }), 'adl')
  assert.equal(forcedBy({ direction: 'Settlement', liquidation: null }), 'settlement')
  assert.equal(forcedBy({ direction: 'Some New Word', liquidation: null }), null)
})

test('spot pairs are known by their name', () => {
  assert.deepEqual(['@107', 'PURR/USDC', 'BTC', 'xyz:NVDA', 'kPEPE'].map(isSpotCoin), [true, true, false, false, false])
})
