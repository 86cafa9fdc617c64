/**
 * The digest an L1 action is signed over, built from its parts: keccak of msgpack(action), nonce, vault and deadline,
 * wrapped as the `connectionId` of an EIP-712 `Agent`. Signing moves no authority by itself; see sign.ts.
 */
import { encode } from '@msgpack/msgpack'
import { concat, getBytes, keccak256, toBeHex, TypedDataEncoder } from 'ethers'

/** Which network's actions are signed: it is part of the digest, so one can never be replayed on the other. */
export type Network = 'mainnet' | 'testnet'

const DOMAIN = {
  name: 'Exchange',
  version: '1',
  chainId: 1337,
  verifyingContract: '0x0000000000000000000000000000000000000000',
}
const AGENT_TYPE = {
  Agent: [
    { name: 'source', type: 'string' },
    { name: 'connectionId', type: 'bytes32' },
  ],
}
const SOURCE: Readonly<Record<Network, string>> = { mainnet: 'a', testnet: 'b' }

/** What is hashed besides the action. `nonce` and `expiresAfter` in ms; null is absent. */
export interface HashTerms {
  readonly nonce: number
  readonly vaultAddress: string | null
  readonly expiresAfter: number | null
}

/** Hash of an action in its canonical key order, as 0x hex. */
export function connectionIdOf(action: object, terms: HashTerms): string {
  const parts: (Uint8Array | string)[] = [
    encode(action, { ignoreUndefined: true }),
    toBeHex(terms.nonce, 8),
    terms.vaultAddress === null ? '0x00' : concat(['0x01', terms.vaultAddress]),
  ]
  if (terms.expiresAfter !== null) parts.push('0x00', toBeHex(terms.expiresAfter, 8))
  return keccak256(getBytes(concat(parts)))
}

/** The EIP-712 digest to sign for a connection id, as 0x hex. */
export function agentDigestOf(connectionId: string, network: Network): string {
  return TypedDataEncoder.hash(DOMAIN, AGENT_TYPE, { source: SOURCE[network], connectionId })
}
