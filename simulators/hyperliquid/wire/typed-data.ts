/**
 * Digests of user-signed actions: EIP-712 typed data in the domain HyperliquidSignTransaction, whose chain id the
 * client chooses (reference/hyperliquid.md section 3.2).
 */
import { TypedDataEncoder } from 'ethers'
import { hexBytes } from './bytes.ts'

type Field = readonly [name: string, type: string]

const CHAIN: Field = ['hyperliquidChain', 'string']
const NONCE: Field = ['nonce', 'uint64']
const TIME: Field = ['time', 'uint64']

/** Primary type and fields per action type, in the order the venue hashes them. */
const TYPES: Readonly<Record<string, { readonly primary: string; readonly fields: readonly Field[] }>> = {
  usdSend: { primary: 'UsdSend', fields: [CHAIN, ['destination', 'string'], ['amount', 'string'], TIME] },
  withdraw3: { primary: 'Withdraw', fields: [CHAIN, ['destination', 'string'], ['amount', 'string'], TIME] },
  usdClassTransfer: {
    primary: 'UsdClassTransfer',
    fields: [CHAIN, ['amount', 'string'], ['toPerp', 'bool'], NONCE],
  },
  approveAgent: {
    primary: 'ApproveAgent',
    fields: [CHAIN, ['agentAddress', 'address'], ['agentName', 'string'], NONCE],
  },
  approveBuilderFee: {
    primary: 'ApproveBuilderFee',
    fields: [CHAIN, ['maxFeeRate', 'string'], ['builder', 'address'], NONCE],
  },
}

/** Whether an action type is signed as typed data by the account's own key. */
export function isUserSigned(actionType: string): boolean {
  return Object.hasOwn(TYPES, actionType)
}

/** Digest of a user-signed action. `action` holds the typed fields and `signatureChainId` (hex). */
export function userSignedDigest(action: Readonly<Record<string, unknown>> & { readonly type: string }): Uint8Array {
  const type = TYPES[action.type]
  if (type === undefined) throw new Error(`Expected a user-signed action, saw ${JSON.stringify(action.type)}.`)
  const domain = {
    name: 'HyperliquidSignTransaction',
    version: '1',
    chainId: Number.parseInt(String(action['signatureChainId']), 16),
    verifyingContract: '0x0000000000000000000000000000000000000000',
  }
  const value: Record<string, unknown> = {}
  // Unnamed agents drop the name from the JSON but sign it as the empty string.
  for (const [name, kind] of type.fields) value[name] = action[name] ?? (kind === 'string' ? '' : action[name])
  const types = {
    [`HyperliquidTransaction:${type.primary}`]: type.fields.map(([name, kind]) => ({ name, type: kind })),
  }
  return hexBytes(TypedDataEncoder.hash(domain, types, value))
}
