/** What others hold at the broker, as previews show it, and the radii of the verbs about it. Also what the comparison makes of it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { compareBookAndBroker, isIgnored, unjudged } from '#domain/comparison.ts'
import { cancelOrdersRadius } from '#domain/operator/canceling.ts'
import { flattenRadius } from '#domain/operator/flattening.ts'
import { adoptRadius, ignoreRadius, unignoreRadius } from '#domain/operator/stranger-verbs.ts'
import { foreignOrdersAt, strangersAt } from '#domain/operator/strangers.ts'
import type { Radius, Refusal } from '#domain/operator/radius.ts'
import type { Finding } from '#domain/records.ts'
import { NOW, POSITION, aPosition, d } from '../samples.ts'
import { aSweep, aView, held, viewed } from './view.ts'

const WORD = { by: 'anna', at: NOW, why: 'a hedge' }
const SHORT_2 = { side: 'short', size: d('2'), ...WORD } as const
const found = (kind: Finding['kind'], instrument: string, broker: string): Finding => {
  return { kind, instrument, positionId: null, book: 'flat', broker, action: 'alert' }
}
const SWEPT = aView({
  sweeps: [
    aSweep('alpha', {
      findings: [found('unexpected-position', 'ETH-PERP', '-2'), found('foreign-order', 'SOL-PERP', 'x')],
    }),
  ],
})
const AT_ALPHA = { account: 'alpha', instrument: 'ETH-PERP' } as const

function lines(answer: Radius | Refusal): string {
  return 'lines' in answer ? answer.lines.join('\n') : assert.fail(answer.message)
}
function refusal(answer: Radius | Refusal): string {
  return 'refused' in answer ? answer.message : assert.fail('not refused')
}

test('strangers are what the last sweep found and what is ignored', () => {
  assert.deepEqual(
    strangersAt('alpha', SWEPT).map(({ instrument, side, size }) => [instrument, side, size]),
    [['ETH-PERP', 'short', '2']],
  )
  assert.deepEqual(foreignOrdersAt('alpha', SWEPT), ['SOL-PERP'])
  assert.deepEqual(strangersAt('beta', SWEPT), [])
  const ignoring = aView({ accounts: [viewed('alpha', ['*'], { ignored: { 'BTC-PERP': SHORT_2 } })] })
  assert.deepEqual(
    strangersAt('alpha', ignoring).map(({ instrument, ignored }) => [instrument, ignored?.by]),
    [['BTC-PERP', 'anna']],
  )
})

test('adopting and ignoring need a sweep that saw the position, and only one of each', () => {
  const strategy = 'operator'
  assert.match(lines(adoptRadius({ verb: 'adopt', ...AT_ALPHA, strategy }, SWEPT)), /makes short 2 ETH-PERP a position/)
  assert.match(lines(ignoreRadius({ verb: 'ignore', ...AT_ALPHA }, SWEPT)), /stay locked until the broker is flat/)
  assert.match(refusal(ignoreRadius({ verb: 'ignore', ...AT_ALPHA }, aView())), /the last sweep found none/)
  const unread = aView({ sweeps: [aSweep('alpha', { complete: false })] })
  assert.match(refusal(ignoreRadius({ verb: 'ignore', ...AT_ALPHA }, unread)), /No sweep has compared alpha yet/)
  const asked = viewed('alpha', ['*'], { adopting: { 'ETH-PERP': { ...WORD, strategy, refused: null } } })
  assert.match(
    refusal(adoptRadius({ verb: 'adopt', ...AT_ALPHA, strategy }, { ...SWEPT, accounts: [asked] })),
    /already/,
  )
  const ignoring = viewed('alpha', ['*'], { ignored: { 'ETH-PERP': SHORT_2 } })
  assert.match(
    refusal(ignoreRadius({ verb: 'ignore', ...AT_ALPHA }, { ...SWEPT, accounts: [ignoring] })),
    /anna ignores short 2/,
  )
  assert.match(
    lines(unignoreRadius({ verb: 'unignore', ...AT_ALPHA }, { ...SWEPT, accounts: [ignoring] })),
    /no longer ignored/,
  )
  const unresolved = held(POSITION, aPosition({ account: 'alpha', instrument: 'ETH-PERP', state: 'unresolved' }))
  assert.match(
    refusal(adoptRadius({ verb: 'adopt', ...AT_ALPHA, strategy }, { ...SWEPT, positions: [unresolved] })),
    /unresolved/,
  )
  for (const answer of [
    adoptRadius({ verb: 'adopt', account: 'gamma', instrument: 'X', strategy }, SWEPT),
    flattenRadius({ verb: 'flatten', account: 'gamma' }, SWEPT),
    cancelOrdersRadius({ verb: 'cancel-orders', account: 'gamma' }, SWEPT),
  ])
    assert.match(refusal(answer), /expected one of alpha, beta, saw "gamma"/)
})

test('a flatten shows an entry as large as it may become, and everything that it leaves alone', () => {
  const entering = {
    account: 'alpha',
    state: 'entering',
    entrySettled: false,
    plannedSize: d('3'),
    size: d('1'),
  } as const
  const unresolved = held('u', aPosition({ account: 'alpha', instrument: 'SOL-PERP', state: 'unresolved' }))
  const radius = flattenRadius(
    { verb: 'flatten', account: '*' },
    { ...SWEPT, positions: [held(POSITION, aPosition(entering)), unresolved] },
  )
  assert.ok('positions' in radius)
  assert.deepEqual(
    [radius.positions.map(({ size }) => size), radius.orders, radius.accounts],
    [['3'], 2, ['alpha', 'beta']],
  )
  const told = lines(radius)
  for (const left of [/ETH-PERP at alpha is not the book's/, /SOL-PERP at alpha that are not ours/, /waits unresolved/])
    assert.match(told, left)
})

test('a product name means the contract held of it', () => {
  const exposure = { positionId: POSITION, side: 'long', notional: d('1'), size: d('1'), root: 'NQ' } as const
  const view = aView({
    accounts: [viewed('alpha', ['*'], { exposures: { NQZ6: exposure } })],
    positions: [held(POSITION, aPosition({ account: 'alpha', instrument: 'NQZ6' }))],
  })
  const count = (instrument: string) => {
    const radius = flattenRadius({ verb: 'flatten', account: 'alpha', instrument }, view)
    return 'positions' in radius ? radius.positions.length : assert.fail(radius.message)
  }
  assert.deepEqual([count('NQ'), count('NQZ6'), count('ES')], [1, 1, 0])
})

test('canceling touches only entries that nobody has canceled yet, by word or by exit', () => {
  const entry = { account: 'alpha', state: 'entering', entrySettled: false } as const
  const exit = { reason: 'operator', requestedAt: NOW, leg: 0 } as const
  const radius = cancelOrdersRadius(
    { verb: 'cancel-orders', account: 'alpha' },
    aView({
      positions: [
        held('a', aPosition(entry)),
        held('b', aPosition({ ...entry, cancelEntry: WORD })),
        held('c', aPosition({ ...entry, exit })),
        held('d', aPosition({ account: 'alpha' })),
        held('e', aPosition({ ...entry, account: 'beta' })),
      ],
    }),
  )
  assert.deepEqual('orders' in radius && [radius.orders, radius.positions.length], [1, 1])
})

test('a position is ignored exactly while its side and size are those that were ignored', () => {
  const sizes = fc.integer({ min: -3, max: 3 }).filter((size) => size !== 0)
  fc.assert(
    fc.property(sizes, sizes, (wanted, seen) => {
      const ignored = {
        'ETH-PERP': { side: wanted < 0 ? 'short' : 'long', size: d(String(Math.abs(wanted))), ...WORD } as const,
      }
      const sides = { positions: [], held: new Map([['ETH-PERP', d(String(seen))]]), ignored }
      const findings = compareBookAndBroker({ ...sides, openOrders: [], isOurs: () => true })
      assert.equal(findings.length, wanted === seen ? 0 : 1)
      assert.deepEqual(unjudged(sides), ['ETH-PERP'])
    }),
  )
})

test('what is ignored and gone is judged like anything else, and no other kind of finding is ever ignored', () => {
  const ignored = { 'ETH-PERP': SHORT_2 }
  assert.deepEqual(unjudged({ positions: [], held: new Map(), ignored }), [])
  assert.equal(isIgnored(found('size-drift', 'ETH-PERP', '-2'), ignored), false)
  assert.equal(isIgnored(found('unexpected-position', 'ETH-PERP', '-2.0'), ignored), true)
})

test('a name that every object has is no ignored position', () => {
  for (const instrument of ['constructor', '__proto__', 'toString', 'valueOf'])
    assert.match(refusal(unignoreRadius({ verb: 'unignore', account: 'alpha', instrument }, SWEPT)), /found none/)
})
