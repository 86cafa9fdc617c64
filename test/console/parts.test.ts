/** The parts of the console that decide without a browser: what waits under the hand, how digits are grouped, what curves are drawn. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { differences } from '#console/live/hold.ts'
import { alignedOf, equityCurves, resultCurves } from '#console/parts/curves.ts'
import { groupedText, wholeText } from '#console/parts/grouped.ts'
import type { LedgerAnswer } from '#http/overview-wire.ts'
import type { EquityDaysAnswer } from '#http/wire.ts'

test('room is never shown larger than it is', () => {
  assert.deepEqual(['1999.99', '-0.5', '-1234.9', '0'].map(wholeText), ['1\u202f999', '0', '\u22121\u202f234', '0'])
})

test('rows that came, went or moved are counted; none are when nothing did', () => {
  assert.equal(differences(['a', 'b'], ['a', 'b']), 0)
  assert.equal(differences(['a', 'b'], ['a', 'c', 'b', 'd']), 2)
  assert.equal(differences(['a', 'b'], ['b']), 1)
  assert.equal(differences(['a', 'b', 'c'], ['a', 'c', 'b']), 2)
})

test('grouping gains and loses no digit, whatever the amount', () => {
  assert.equal(groupedText('-1234567.125'), '\u22121\u202f234\u202f567.125')
  assert.equal(groupedText('0.000012345'), '0.000012345')
  const amounts = fc
    .tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 10n ** 30n }), fc.stringMatching(/^\d{0,12}$/))
    .map(([negative, whole, fraction]) => `${negative ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`)
  fc.assert(
    fc.property(amounts, (amount) => {
      assert.equal(groupedText(amount).replaceAll('\u202f', '').replace('\u2212', '-'), amount)
    }),
  )
})

const row = (at: number, net: string, strategy: string | null, kind = 'realised') =>
  ({ at, net, strategy, kind, account: 'a' }) as LedgerAnswer['ledger'][number]

test('results are summed in order of time, group by group, and transfers are no result', () => {
  const rows = [row(3000, '5', 'trend'), row(1000, '-2', 'trend'), row(2000, '7', 'carry')]
  assert.deepEqual(resultCurves([...rows, row(500, '100', null, 'transfer')], 'strategy'), [
    {
      name: 'trend',
      points: [
        [0, 0],
        [1, -2],
        [3, 3],
      ],
    },
    {
      name: 'carry',
      points: [
        [1, 0],
        [2, 7],
      ],
    },
  ])
  const { times, values } = alignedOf(resultCurves(rows, 'strategy'))
  assert.deepEqual(times, [0, 1, 2, 3])
  assert.deepEqual(values, [
    [0, -2, null, 3],
    [null, 0, 7, null],
  ])
})

test('equity is drawn from the opening of the first day to the close of each', () => {
  const day = (closedAt: number, closingEquity: string) =>
    ({
      account: 'a',
      openedAt: 1000,
      openingEquity: '100',
      closedAt,
      closingEquity,
    }) as EquityDaysAnswer['days'][number]
  assert.deepEqual(equityCurves({ days: [day(3000, '120'), day(2000, '110')] }), [
    {
      name: 'a',
      points: [
        [1, 100],
        [2, 110],
        [3, 120],
      ],
    },
  ])
})
