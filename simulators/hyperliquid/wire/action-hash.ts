/**
 * The hash of an L1 action and the EIP-712 agent digest over it, built from the canonical form and never from the
 * client's bytes: the venue re-serialises what it parsed (reference/hyperliquid.md sections 0.7 and 3.1).
 */
import { Encoder } from '@msgpack/msgpack'
import { TypedDataEncoder } from 'ethers'
import { hexBytes, keccak, uint64Bytes } from './bytes.ts'

/** Which network a venue says it is: mainnet signs with source "a", testnet with "b". */
export type Network = 'mainnet' | 'testnet'

/** What surrounds an action in its hash. Times and nonces in ms. */
export interface ActionContext {
  readonly nonce: number
  readonly vaultAddress?: string | undefined
  readonly expiresAfter?: number | undefined
}

const encoder = new Encoder({ ignoreUndefined: true })
const TEXT = new TextEncoder()

const DOMAIN_SEPARATOR = hexBytes(
  TypedDataEncoder.hashDomain({
    name: 'Exchange',
    version: '1',
    chainId: 1337,
    verifyingContract: '0x0000000000000000000000000000000000000000',
  }),
)
const AGENT_TYPE = keccak(TEXT.encode('Agent(string source,bytes32 connectionId)'))
const SOURCE: Readonly<Record<Network, Uint8Array>> = {
  mainnet: keccak(TEXT.encode('a')),
  testnet: keccak(TEXT.encode('b')),
}
const EIP712_PREFIX = Uint8Array.of(0x19, 0x01)

/** connectionId of an action: keccak(msgpack ‖ nonce ‖ vault ‖ expiresAfter). Key order of `action` matters. */
export function actionHash(action: object, context: ActionContext): Uint8Array {
  const parts: Uint8Array[] = [encoder.encodeSharedRef(action), uint64Bytes(context.nonce)]
  if (context.vaultAddress === undefined) parts.push(Uint8Array.of(0))
  else parts.push(Uint8Array.of(1), hexBytes(context.vaultAddress))
  if (context.expiresAfter !== undefined) parts.push(Uint8Array.of(0), uint64Bytes(context.expiresAfter))
  return keccak(Buffer.concat(parts))
}

/** The digest an agent or account key signs for an L1 action on a network. */
export function agentDigest(connectionId: Uint8Array, network: Network): Uint8Array {
  const agent = keccak(Buffer.concat([AGENT_TYPE, SOURCE[network], connectionId]))
  return keccak(Buffer.concat([EIP712_PREFIX, DOMAIN_SEPARATOR, agent]))
}
