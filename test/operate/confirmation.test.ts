/** A token is good for whom it was made, for what was shown, for two minutes, and for nobody else. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { radiusOf } from '#domain/operator/radius.ts'
import { CONFIRM_WITHIN_MS, confirmationOf, createConfirmations, type Shown } from '#operate/confirmation.ts'
import { NOW } from '#test/domain/samples.ts'

const SHOWN: Shown = {
  caller: 'ada',
  action: { verb: 'quarantine', account: 'alpha' },
  radius: radiusOf(['alpha'], ['alpha is quarantined.']),
}

test('a token is good until it expires, not a millisecond longer', () => {
  const confirmations = createConfirmations()
  const { token, expiresAt } = confirmations.issue(SHOWN, NOW)
  assert.equal(expiresAt, NOW + CONFIRM_WITHIN_MS)
  assert.equal(confirmations.check(token, SHOWN, expiresAt), 'good')
  assert.equal(confirmations.check(token, SHOWN, expiresAt + 1), 'expired')
})

test('another caller, verb, target or radius, and another key, make it another token', () => {
  const confirmations = createConfirmations()
  const { token } = confirmations.issue(SHOWN, NOW)
  const others: Shown[] = [
    { ...SHOWN, caller: 'olga' },
    { ...SHOWN, action: { verb: 'release', account: 'alpha' } },
    { ...SHOWN, action: { verb: 'quarantine', account: 'beta' } },
    { ...SHOWN, radius: radiusOf(['alpha'], ['alpha is quarantined.'], { orders: 1 }) },
    { ...SHOWN, radius: radiusOf(['alpha'], ['alpha is quarantined.'], { against: ['a lock'] }) },
  ]
  for (const other of others) assert.equal(confirmations.check(token, other, NOW), 'other', JSON.stringify(other))
  assert.equal(createConfirmations().check(token, SHOWN, NOW), 'other')
})

test('two previews of one thing in one millisecond are two confirmations', () => {
  const confirmations = createConfirmations()
  const [one, two] = [confirmations.issue(SHOWN, NOW), confirmations.issue(SHOWN, NOW)]
  assert.notEqual(one.token, two.token)
  assert.notEqual(confirmationOf(one.token), confirmationOf(two.token))
})

test('no text but the token itself is good: neither a made-up one nor one with any character changed', () => {
  const confirmations = createConfirmations()
  const { token } = confirmations.issue(SHOWN, NOW)
  const changed = fc
    .tuple(fc.nat({ max: token.length - 1 }), fc.constantFrom(...Array.from('0123456789abcdefz.')))
    .map(([at, letter]) => token.slice(0, at) + letter + token.slice(at + 1))
  fc.assert(
    fc.property(fc.oneof(fc.string(), changed), (text) => {
      fc.pre(text !== token)
      assert.notEqual(confirmations.check(text, SHOWN, NOW), 'good')
    }),
  )
})

test('a clock that was set back does not make a token last: it is good for two minutes, or nearly so between two clocks', () => {
  const confirmations = createConfirmations()
  const { token } = confirmations.issue(SHOWN, NOW)
  assert.equal(confirmations.check(token, SHOWN, NOW - 10_000), 'good')
  assert.equal(confirmations.check(token, SHOWN, NOW - 3_600_000), 'expired')
})
