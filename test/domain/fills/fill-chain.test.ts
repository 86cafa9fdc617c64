/** Position chain: order, repeats and gaps of fills. */
import { test } from 'node:test'
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { decimalString, toDecimalString } from '#domain/decimal.ts'
import { type Fill, effectOf } from '#domain/fill.ts'
import { type FillChain, chainFills, groupFills, positionAfter } from '#domain/fill-chain.ts'
import { fillOf, fillsOf, oneLotTrades, shuffled, trades } from './trades.ts'

const d = decimalString
const keys = fc.array(fc.integer(), { minLength: 1, maxLength: 60 })
const wire = { evidence: 'time' } as const

function breaksOf(chain: FillChain): number {
  let breaks = 0
  for (const [rank, fill] of chain.fills.entries()) {
    const before = chain.fills[rank - 1]
    if (before !== undefined && toDecimalString(effectOf(before).after) !== fill.startPosition) breaks += 1
  }
  return breaks
}

test('shuffled fills with many in one millisecond come back as one unbroken chain (B2)', () => {
  fc.assert(
    fc.property(fc.oneof(trades, oneLotTrades), keys, (history, order) => {
      const fills = fillsOf(history)
      const chain = chainFills(shuffled(fills, order), { ...wire, opening: d('0') })
      assert.deepEqual(chain.gaps, [])
      assert.equal(breaksOf(chain), 0)
      assert.equal(chain.fills.length, fills.length)
      assert.equal(positionAfter(chain), toDecimalString(effectOf(fills.at(-1) as Fill).after))
    }),
  )
})

test('a history read from the middle, its opening unknown, is one unbroken chain too', () => {
  fc.assert(
    fc.property(trades, fc.nat(59), keys, (history, skip, order) => {
      const fills = fillsOf(history)
      const from = fills[skip % fills.length]?.time ?? 0
      const read = fills.filter((fill) => fill.time >= from)
      assert.deepEqual(chainFills(shuffled(read, order), wire).gaps, [])
    }),
    { numRuns: 500 },
  )
})

test('an instant that ends where it began is entered where the next instant goes on', () => {
  const rows = [
    fillOf({ startPosition: d('5'), size: d('2'), tradeId: 'b' }),
    fillOf({ startPosition: d('7'), size: d('2'), side: 'sell', tradeId: 'a' }),
    fillOf({ startPosition: d('5'), size: d('1'), time: 1_700_000_000_001 }),
  ]
  const chain = chainFills(rows, wire)
  assert.deepEqual(chain.gaps, [])
  assert.deepEqual(chain.fills, rows)
  assert.equal(chain.tied.size, 0)
})

test('fills missing inside an instant leave as few breaks as they can', () => {
  const at = (start: string, time: number): Fill => fillOf({ startPosition: d(start), time, tradeId: start })
  // 0 -> 1, 5 -> 6 and 9 -> 10 in one instant, 6 -> 7 in the next: 5 -> 6 came last.
  const chain = chainFills([at('0', 1), at('5', 1), at('9', 1), at('6', 2)], { ...wire, opening: d('0') })
  assert.deepEqual(
    chain.gaps.map(({ expected, seen }) => [expected, seen]),
    [
      ['1', '9'],
      ['10', '5'],
    ],
  )
})

test('where the chain leaves one order only, it is the true one', () => {
  fc.assert(
    fc.property(trades, keys, (history, order) => {
      const fills = fillsOf(history)
      const chain = chainFills(shuffled(fills, order), { ...wire, opening: d('0') })
      if (chain.tied.size === 0) assert.deepEqual(chain.fills, fills)
    }),
  )
})

test('the result does not depend on the order the wire delivers, tied or not', () => {
  fc.assert(
    fc.property(fc.oneof(trades, oneLotTrades), keys, keys, (history, one, other) => {
      const fills = fillsOf(history)
      assert.deepEqual(chainFills(shuffled(fills, one), wire).fills, chainFills(shuffled(fills, other), wire).fills)
    }),
  )
})

test('fills delivered twice count once (B7)', () => {
  fc.assert(
    fc.property(trades, keys, (history, order) => {
      const fills = fillsOf(history)
      const chain = chainFills(shuffled([...fills, ...structuredClone(fills)], order), wire)
      assert.equal(chain.fills.length, fills.length)
      assert.equal(chain.duplicates.length, fills.length)
      assert.ok(chain.duplicates.every(({ differs }) => differs.length === 0))
    }),
  )
})

test('a row with the identity of another and other content is a conflict that names the fields', () => {
  const fill = fillOf({})
  const chain = chainFills([fill, { ...fill, fee: d('9') }], wire)
  assert.deepEqual(chain.duplicates[0]?.differs, ['fee'])
  assert.deepEqual(chain.fills, [fill])
})

test('one missing fill is one gap between its neighbours, with the size that is missing', () => {
  const apart = trades.filter((history) => history.length >= 3)
  fc.assert(
    fc.property(apart, fc.nat(), keys, (history, pick, order) => {
      const fills = fillsOf(history.map((trade) => ({ ...trade, later: true })))
      const lost = 1 + (pick % (fills.length - 2))
      const kept = fills.filter((_, index) => index !== lost)
      const chain = chainFills(shuffled(kept, order), wire)
      const [before, missing, after] = fills.slice(lost - 1, lost + 2) as [Fill, Fill, Fill]
      assert.deepEqual(chain.gaps, [
        {
          afterFillId: before.fillId,
          beforeFillId: after.fillId,
          expected: missing.startPosition,
          seen: after.startPosition,
        },
      ])
      assert.deepEqual(chain.fills, kept)
    }),
  )
})

test('a missing fill inside one millisecond is still reported', () => {
  // 0 -> 1 -> 3 -> 6 in one instant without the middle one; listed backwards.
  const at = (start: string, size: string, tradeId: string): Fill =>
    fillOf({ startPosition: d(start), size: d(size), tradeId })
  const chain = chainFills([at('3', '3', 'c'), at('0', '1', 'a')], { ...wire, opening: d('0') })
  assert.deepEqual(
    chain.gaps.map(({ expected, seen }) => [expected, seen]),
    [['1', '3']],
  )
})

test('a known opening position that the first fill does not start from is a gap', () => {
  const chain = chainFills([fillOf({ startPosition: d('4') })], { ...wire, opening: d('1') })
  assert.deepEqual(
    chain.gaps.map(({ afterFillId, expected, seen }) => [afterFillId, expected, seen]),
    [[null, '1', '4']],
  )
})

test('a file in order is left as it is, one out of order is repaired, newest first too', () => {
  fc.assert(
    fc.property(trades, keys, (history, order) => {
      const minute = (fill: Fill): Fill => ({ ...fill, time: Math.floor(fill.time / 4) * 4 })
      const fills = fillsOf(history).map(minute)
      const inOrder = chainFills(fills, { evidence: 'given' })
      assert.deepEqual(inOrder.fills, fills)
      assert.equal(inOrder.order, 'given')
      for (const file of [shuffled(fills, order), fills.toReversed()]) {
        const chain = chainFills(file, { evidence: 'given', opening: d('0') })
        assert.deepEqual(chain.gaps, [])
        assert.equal(chain.fills.length, fills.length)
      }
    }),
  )
})

test('round trips listed in the wrong order are put right by their times', () => {
  const fills = fillsOf([2, -2, 3, -3].map((lots) => ({ lots, ticks: 100, later: true })))
  const [a, b, c, e] = fills as [Fill, Fill, Fill, Fill]
  const chain = chainFills([c, e, a, b], { evidence: 'given' })
  assert.deepEqual(chain.fills, fills)
  assert.equal(chain.order, 'repaired')
  const apart = fillOf({ startPosition: d('9'), time: e.time + 1 })
  assert.deepEqual(chainFills([c, e, a, b, apart], { evidence: 'given' }).fills, [...fills, apart])
})

test('a file listed newest first keeps its order where the chain leaves it open', () => {
  fc.assert(
    fc.property(oneLotTrades, (history) => {
      const fills = fillsOf(history)
      fc.pre(fills[0]?.time !== fills.at(-1)?.time)
      assert.deepEqual(chainFills(fills.toReversed(), { evidence: 'given' }).fills, fills)
    }),
  )
})

test('a wrong timestamp does not break a file whose order and chain agree', () => {
  const fills = fillsOf([1, 2, 3, -6].map((lots) => ({ lots, ticks: 100, later: true })))
  const wrong = fills.map((fill, index) => (index === 1 ? { ...fill, time: 5 } : fill))
  const chain = chainFills(wrong, { evidence: 'given' })
  assert.deepEqual(chain.fills, wrong)
  assert.deepEqual(chain.gaps, [])
})

test('a hundred thousand fills of one millisecond are ordered', () => {
  const history = Array.from({ length: 100_000 }, (_, index) => ({
    lots: ((index * 7919) % 61) - 30 || 1,
    ticks: 100 + (index % 13),
    later: false,
  }))
  const fills = fillsOf(history)
  const chain = chainFills(shuffled(fills, [3, 1, 2]), { ...wire, opening: d('0') })
  assert.equal(chain.fills.length, fills.length)
  assert.deepEqual(chain.gaps, [])
})

test('fills are grouped by account and instrument, never by instrument alone (C20)', () => {
  const groups = groupFills([
    fillOf({}),
    fillOf({ account: 'other' }),
    fillOf({ instrument: 'BTC-PERP' }),
    fillOf({ tradeId: '2' }),
  ])
  assert.deepEqual(
    groups.map((group) => group.length),
    [2, 1, 1],
  )
})
