/** What the venue can deserialise, and the canonical form it makes of it (reference sections 0.7 and 1.1). */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { actionHash } from '#simulators/hyperliquid/wire/action-hash.ts'
import { parseAction } from '#simulators/hyperliquid/wire/action-schema.ts'
import { hexText } from '#simulators/hyperliquid/wire/bytes.ts'
import { parseEnvelope } from '#simulators/hyperliquid/wire/envelope.ts'
import { canonicalDecimal } from '#simulators/hyperliquid/wire/scalars.ts'

const LEG = { a: 0, b: true, p: '97123', s: '0.5', r: false, t: { limit: { tif: 'Ioc' } } }
const CLOID = '0x1234567890abcdef1234567890abcdef'

function order(leg: object, extra: object = {}): object {
  return { type: 'order', orders: [{ ...LEG, ...leg }], grouping: 'na', ...extra }
}

function hashOf(action: object): string {
  const parsed = parseAction(action)
  assert.ok(parsed, `expected an action the venue understands: ${JSON.stringify(action)}`)
  return hexText(actionHash(parsed, { nonce: 1 }))
}

describe('an order on the wire', () => {
  test('means the same with padded decimals, upper-case hex, nulls for absent fields or unknown leg fields', () => {
    const plain = hashOf(order({ c: CLOID }))
    assert.equal(hashOf(order({ c: CLOID.toUpperCase().replace('0X', '0x') })), plain)
    assert.equal(hashOf(order({ c: CLOID, p: '097123.000', s: '0.500000000' })), plain)
    assert.equal(hashOf(order({ c: CLOID }, { builder: null })), plain)
    assert.equal(hashOf(order({ c: CLOID, note: 'ignored' })), plain)
    assert.notEqual(hashOf(order({})), plain)
    assert.equal(hashOf(order({ c: null })), hashOf(order({})))
  })

  for (const [what, leg] of [
    ['a JSON number as price', { p: 97123 }],
    ['a negative size', { s: '-1' }],
    ['scientific notation', { s: '1e-3' }],
    ['an empty price', { p: '' }],
    ['NaN', { p: 'NaN' }],
    ['a ninth decimal', { s: '0.000000001' }],
    ['a short cloid', { c: '0x1234' }],
    ['an unknown time in force', { t: { limit: { tif: 'Day' } } }],
    ['a fractional asset', { a: 0.5 }],
    ['a missing reduce-only flag', { r: undefined }],
  ] as const) {
    test(`is refused with ${what}`, () => {
      assert.equal(parseAction(order(leg)), undefined)
    })
  }

  test('is refused with a field the action does not have', () => {
    assert.equal(parseAction(order({}, { memo: 'x' })), undefined)
  })
})

test('an action type the venue does not know is refused', () => {
  assert.equal(parseAction({ type: 'dummy', num: 1 }), undefined)
  assert.equal(parseAction({ type: 'toString' }), undefined)
  assert.equal(parseAction('order'), undefined)
})

test('a false flag on cancel and modify hashes as an absent one', () => {
  const cancel = { type: 'cancel', cancels: [{ a: 0, o: 1 }] }
  assert.equal(hashOf({ ...cancel, f: false }), hashOf(cancel))
  assert.notEqual(hashOf({ ...cancel, f: true }), hashOf(cancel))
})

test('the envelope takes explicit nulls and refuses unknown fields', () => {
  const envelope = { action: order({}), nonce: 1, signature: { r: '0x1', s: '0x2', v: 27, extra: 1 } }
  assert.ok(parseEnvelope(envelope))
  assert.ok(parseEnvelope({ ...envelope, vaultAddress: null, expiresAfter: null }))
  assert.equal(parseEnvelope({ ...envelope, memo: 1 }), undefined)
  assert.equal(parseEnvelope({ ...envelope, nonce: '1' }), undefined)
  assert.equal(parseEnvelope({ ...envelope, signature: { r: '0x1', s: '0x2', v: 29 } }), undefined)
})

test('canonical decimals are stable, equal in value, and blind to padding', () => {
  const digits = fc.nat({ max: 99_999_999 })
  fc.assert(
    fc.property(digits, digits, fc.nat({ max: 4 }), fc.nat({ max: 4 }), (whole, fraction, lead, trail) => {
      const text = `${'0'.repeat(lead)}${whole}.${String(fraction).padStart(8, '0')}${'0'.repeat(trail)}`
      const canonical = canonicalDecimal(text)
      assert.ok(canonical)
      assert.equal(canonicalDecimal(canonical), canonical)
      assert.equal(BigInt(whole) * 100_000_000n + BigInt(fraction), scaled(canonical))
      assert.doesNotMatch(canonical, /^0\d|\.$|\.\d*0$/)
    }),
  )
})

function scaled(canonical: string): bigint {
  const [whole = '0', fraction = ''] = canonical.split('.')
  return BigInt(whole) * 100_000_000n + BigInt(fraction.padEnd(8, '0'))
}
