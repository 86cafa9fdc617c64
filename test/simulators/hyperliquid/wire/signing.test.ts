/** The signing vectors, both ways: the hash equals the published connectionId, and the signature names its signer. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import secp256k1 from 'secp256k1'
import { hexBytes, hexText } from '#simulators/hyperliquid/wire/bytes.ts'
import { actionHash, agentDigest, type Network } from '#simulators/hyperliquid/wire/action-hash.ts'
import { parseAction } from '#simulators/hyperliquid/wire/action-schema.ts'
import { recoverSigner, type WireSignature } from '#simulators/hyperliquid/wire/signature.ts'
import { userSignedDigest } from '#simulators/hyperliquid/wire/typed-data.ts'
import { L1_VECTORS, SIGNER, USER_SIGNED_VECTORS } from '#test/vectors/hyperliquid/signing.ts'

const NETWORKS: readonly Network[] = ['mainnet', 'testnet']

function sign(digest: Uint8Array, privateKey: string): WireSignature {
  const { signature, recid } = secp256k1.ecdsaSign(digest, hexBytes(privateKey))
  return { r: hexText(signature.subarray(0, 32)), s: hexText(signature.subarray(32)), v: 27 + recid }
}

function unpadded(signature: WireSignature): WireSignature {
  const strip = (word: string) => `0x${word.slice(2).replace(/^0+/, '')}`
  return { r: strip(signature.r), s: strip(signature.s), v: signature.v }
}

describe('L1 signing vectors', () => {
  for (const vector of L1_VECTORS) {
    const context = {
      nonce: vector.nonce,
      vaultAddress: vector.vaultAddress ?? undefined,
      expiresAfter: vector.expiresAfter ?? undefined,
    }

    test(`${vector.name} hashes to its connectionId`, () => {
      assert.equal(hexText(actionHash(vector.action, context)), vector.connectionId)
    })

    for (const network of NETWORKS) {
      const expected = vector.expected[network]
      if (expected === undefined) continue
      test(`${vector.name} on ${network} recovers its signer, and the signer's key gives the same signature`, () => {
        const digest = agentDigest(actionHash(vector.action, context), network)
        assert.equal(recoverSigner(digest, expected), SIGNER.address)
        assert.deepEqual(unpadded(sign(digest, SIGNER.privateKey)), unpadded(expected))
      })
      test(`${vector.name} signed for ${network} names somebody else on the other network`, () => {
        const other = network === 'mainnet' ? 'testnet' : 'mainnet'
        assert.notEqual(recoverSigner(agentDigest(actionHash(vector.action, context), other), expected), SIGNER.address)
      })
    }

    if (vector.action['type'] === 'dummy') continue
    test(`${vector.name} parses to a canonical action of the same hash, whatever its key order`, () => {
      const shuffled = reversedKeys(vector.action)
      const parsed = parseAction(shuffled)
      assert.ok(parsed)
      assert.equal(hexText(actionHash(parsed, context)), vector.connectionId)
    })
  }
})

describe('user-signed vectors', () => {
  for (const vector of USER_SIGNED_VECTORS) {
    test(`${vector.name} recovers its signer, and the signer's key gives the same signature`, () => {
      const digest = userSignedDigest(vector.action)
      assert.equal(recoverSigner(digest, vector.expected.testnet), SIGNER.address)
      assert.deepEqual(unpadded(sign(digest, SIGNER.privateKey)), unpadded(vector.expected.testnet))
    })
  }
})

function reversedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversedKeys)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, inner]) => [key, reversedKeys(inner)]),
  )
}
