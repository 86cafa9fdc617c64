/** The signer: byte-exact against the official vectors and an independent library, and deaf to everything but trading. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { signL1Action } from '@nktkas/hyperliquid/signing'
import { SigningKey, Wallet } from 'ethers'
import fc from 'fast-check'
import { CommandRefused } from '#brokers/errors.ts'
import { agentDigestOf, connectionIdOf } from '#brokers/hyperliquid/action-hash.ts'
import { openTradingSigner } from '#brokers/hyperliquid/sign.ts'
import { Secret } from '#config/secret.ts'
import { L1_VECTORS, SIGNER } from '#test/vectors/hyperliquid/signing.ts'

const key = new Secret(SIGNER.privateKey)
const ALLOWED = new Set(['order', 'cancel', 'cancelByCloid', 'updateLeverage', 'scheduleCancel', 'noop'])

const pad = (hex: string): string => `0x${hex.slice(2).padStart(64, '0')}`

for (const vector of L1_VECTORS) {
  test(`vector ${vector.name}: the hash and both networks' signatures are the published ones`, () => {
    const connectionId = connectionIdOf(vector.action, vector)
    assert.equal(connectionId, vector.connectionId)
    for (const network of ['mainnet', 'testnet'] as const) {
      const expected = vector.expected[network]
      if (expected === undefined) continue
      const { r, s, v } = new SigningKey(SIGNER.privateKey).sign(agentDigestOf(connectionId, network))
      assert.deepEqual({ r, s, v }, { r: pad(expected.r), s: pad(expected.s), v: expected.v })
    }
  })
}

test('the vectors that the allow-list lets pass come out of the signer itself unchanged', () => {
  let passed = 0
  for (const vector of L1_VECTORS) {
    if (vector.expiresAfter === null || vector.vaultAddress !== null) continue
    for (const network of ['mainnet', 'testnet'] as const) {
      const signed = openTradingSigner(key, network).signTradingAction(vector.action, vector.nonce, vector.expiresAfter)
      const expected = vector.expected[network]
      assert.ok(expected !== undefined)
      assert.deepEqual(signed.signature, { r: pad(expected.r), s: pad(expected.s), v: expected.v })
      passed += 1
    }
  }
  assert.ok(passed >= 2, `only ${passed} vectors reached the signer`)
})

test('an independent library signs every allowed action the same, whatever order its keys came in', async () => {
  const wallet = new Wallet(SIGNER.privateKey)
  const allowed = L1_VECTORS.filter(
    ({ action }) => ALLOWED.has(String(action['type'])) && action['builder'] === undefined,
  )
  assert.ok(allowed.length >= 8)
  for (const { action } of allowed) {
    const shuffled = Object.fromEntries(Object.entries(action).toReversed())
    const signed = openTradingSigner(key, 'mainnet').signTradingAction(shuffled, 1_760_000_000_000, 1_760_000_015_000)
    const theirs = await signL1Action({ wallet, action, nonce: 1_760_000_000_000, expiresAfter: 1_760_000_015_000 })
    assert.deepEqual(signed.signature, theirs)
    assert.equal(JSON.stringify(signed.action), JSON.stringify(action))
  }
})

test('any action type outside the allow-list is refused, whatever else it carries', () => {
  const signer = openTradingSigner(key, 'mainnet')
  const dangerous = [
    'vaultTransfer',
    'withdraw3',
    'usdSend',
    'spotSend',
    'sendAsset',
    'agentSendAsset',
    'usdClassTransfer',
    'approveAgent',
    'approveBuilderFee',
    'subAccountTransfer',
    'createVault',
    'setReferrer',
    'reserveRequestWeight',
    'borrowLend',
    'batchModify',
    'modify',
    'updateIsolatedMargin',
    'twapOrder',
    'multiSig',
    'convertToMultiSigUser',
    'evmUserModify',
  ]
  const type = fc.oneof(fc.constantFrom(...dangerous), fc.string()).filter((name) => !ALLOWED.has(name))
  fc.assert(
    fc.property(type, fc.dictionary(fc.string(), fc.anything()), (name, fields) => {
      assert.throws(() => signer.signTradingAction({ ...fields, type: name }, 1, 2), CommandRefused)
    }),
  )
})

test('allowed types are refused with any field that plain trading does not have', () => {
  const signer = openTradingSigner(key, 'mainnet')
  const leg = { a: 0, b: true, p: '1', s: '1', r: false, t: { limit: { tif: 'Ioc' } } }
  const plain = { type: 'order', orders: [leg], grouping: 'na' }
  assert.ok(signer.signTradingAction(plain, 1, 2))
  const refused: unknown[] = [
    { ...plain, builder: { b: SIGNER.address, f: 0 } },
    { ...plain, grouping: { p: 1 } },
    { ...plain, grouping: 'positionTpsl' },
    { ...plain, vaultAddress: SIGNER.address },
    { ...plain, orders: [] },
    { ...plain, orders: [{ ...leg, p: '1.0' }] },
    { ...plain, orders: [{ ...leg, p: 1 }] },
    { ...plain, orders: [{ ...leg, x: 1 }] },
    { ...plain, orders: [{ ...leg, c: '0xABCDEF7890abcdef1234567890abcdef' }] },
    { ...plain, orders: [{ ...leg, t: { limit: { tif: 'Ioc', extra: true } } }] },
    { type: 'noop', destination: SIGNER.address },
    { type: 'cancel', cancels: [{ a: 0, o: 1 }], f: false },
    'noop',
    null,
  ]
  for (const action of refused) assert.throws(() => signer.signTradingAction(action, 1, 2), CommandRefused)
})

test('the signer offers an address and one method, and neither it nor its errors show the key', () => {
  const signer = openTradingSigner(key, 'testnet')
  assert.deepEqual(Object.keys(signer).toSorted(), ['address', 'signTradingAction'])
  const secret = SIGNER.privateKey.slice(2)
  for (const text of [
    inspect(signer, { depth: 9, showHidden: true }),
    JSON.stringify(signer),
    inspect(key),
    String(key),
  ]) {
    assert.ok(!text.includes(secret), text)
  }
  for (const bad of [`${secret}00`, 'f'.repeat(64), secret.replace('0', 'g')]) {
    assert.throws(
      () => openTradingSigner(new Secret(bad), 'testnet'),
      (error) => error instanceof CommandRefused && !inspect(error).includes(bad),
    )
  }
})
