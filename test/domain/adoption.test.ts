/** An adoption takes over exactly what the fills prove: for any history of trades, cut off anywhere. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { AdoptionRequest } from '#domain/account.ts'
import { type AdoptionInputs, judgeAdoption, lastEpisodeOf } from '#domain/adoption.ts'
import { Decimal, ZERO, decimal } from '#domain/decimal.ts'
import { type Fill, effectOf } from '#domain/fill.ts'
import { adoptedPositionIdOf } from '#domain/ids.ts'
import { trade } from './fill-row.ts'
import { BTC, NOW, NQ, POSITION, d } from './samples.ts'

const REQUEST: AdoptionRequest = { by: 'anna', at: NOW, why: 'ours', strategy: 'trend', refused: null }

function judge(fills: readonly Fill[], held: Decimal, change: Partial<AdoptionInputs> = {}) {
  return judgeAdoption({
    account: 'account',
    instrument: 'BTC-PERP',
    request: REQUEST,
    held,
    episode: lastEpisodeOf(fills, 'USDC'),
    specification: BTC,
    claimedBy: null,
    now: NOW + 5000,
    ...change,
  })
}

/** Trades of somebody, one after the other from flat; signed lots, never zero. */
function chainOf(lots: readonly number[]): Fill[] {
  let held = 0
  return lots.map((lot, index) => {
    const start = String(held)
    held += lot
    const price = String(100 + index)
    return trade({
      side: lot > 0 ? 'buy' : 'sell',
      size: String(Math.abs(lot)),
      start,
      clientOrderId: null,
      n: index,
      price,
    })
  })
}

const LOTS = fc.array(
  fc.integer({ min: -3, max: 3 }).filter((lot) => lot !== 0),
  { minLength: 1, maxLength: 12 },
)

test('what is adopted is of the side, size and beginning that the fills say, whatever was traded before', () => {
  fc.assert(
    fc.property(LOTS, (lots) => {
      const fills = chainOf(lots)
      const held = fills.reduce((sum, fill) => sum.plus(fill.side === 'buy' ? fill.size : `-${fill.size}`), ZERO)
      const verdict = judge(fills, held)
      if (held.isZero()) {
        assert.equal(verdict.kind, 'refused')
        return
      }
      assert.ok(verdict.kind === 'adopted', JSON.stringify(verdict))
      const { side, size, openedAt, positionId } = verdict.position
      // The last trade that found nothing, or turned what it found.
      const first = fills.findLast((fill) => {
        const { start, after } = effectOf(fill)
        return !after.isZero() && (start.isZero() || start.isNegative() !== after.isNegative())
      })
      assert.deepEqual([side, size], [held.isNegative() ? 'short' : 'long', held.abs().toFixed()])
      assert.deepEqual(
        [openedAt, positionId],
        [first?.time, adoptedPositionIdOf('account', 'BTC-PERP', first?.fillId ?? '')],
      )
    }),
  )
})

test('a history that is cut off inside the stretch, or that gives another size, is never adopted', () => {
  fc.assert(
    fc.property(LOTS, fc.nat(11), fc.integer({ min: -20, max: 20 }), (lots, cut, other) => {
      const fills = chainOf(lots)
      const rest = fills.slice(cut)
      const [first] = rest
      const last = rest.at(-1)
      if (first === undefined || last === undefined) return
      const { after } = effectOf(last)
      if (!after.eq(other) && other !== 0) assert.equal(judge(rest, new Decimal(other)).kind, 'refused')
      const beginsInside = !decimal(first.startPosition).isZero()
      const verdict = judge(rest, after.isZero() ? new Decimal(1) : after)
      const turnsLater = rest.some((fill) => {
        const { start, after: then } = effectOf(fill)
        return start.isZero() || (!then.isZero() && start.isNegative() !== then.isNegative())
      })
      if (beginsInside && !turnsLater) assert.equal(verdict.kind, 'refused')
    }),
  )
})

test('the value reserved is that of the entry, in the multiplier of the contract', () => {
  const verdict = judge(chainOf([2, 1]), new Decimal(3), { specification: NQ })
  assert.ok(verdict.kind === 'adopted')
  // (2 x 100 + 1 x 101) x 20 USD a point.
  assert.deepEqual([verdict.exposure.notional, verdict.exposure.size, verdict.exposure.root], ['6020', '3', 'NQ'])
  assert.deepEqual([verdict.position.strategy, verdict.position.discipline.stopLoss], ['trend', null])
})

test('what the book claims in part, and what the venue lists no more, is refused whatever the fills say', () => {
  const fills = chainOf([1])
  const claimed = judge(fills, new Decimal(1), { claimedBy: { positionId: POSITION, state: 'open' } })
  assert.deepEqual(claimed.kind === 'refused' && [claimed.mayHeal, claimed.reason.includes(POSITION)], [false, true])
  assert.equal(judge(fills, new Decimal(1), { specification: null }).kind, 'refused')
})

test('only what fills told late could prove is worth another look', () => {
  const healing = [
    judge([], new Decimal(1)),
    judge(chainOf([1]), new Decimal(2)),
    judge(chainOf([2]).slice(1), new Decimal(1)),
  ]
  assert.ok(healing.every((verdict) => verdict.kind === 'refused' && verdict.mayHeal))
})

test('a trade that was taken back is no part of what is adopted', () => {
  const [bought] = chainOf([1])
  assert.ok(bought !== undefined)
  const undone: Fill = {
    ...bought,
    fillId: `${bought.fillId}|void`,
    reverses: bought.fillId,
    side: 'sell',
    startPosition: d('1'),
    time: bought.time + 10,
  }
  const again = trade({ side: 'buy', size: '2', start: '0', clientOrderId: null, n: 20 })
  const verdict = judge([bought, undone, again], new Decimal(2))
  assert.deepEqual(verdict.kind === 'adopted' && verdict.position.adopted?.openedBy, [again.fillId])
})
