/** From a parsed request to the address that signed it, by the scheme its action type uses; and what the venue checks first. */
import { actionHash, agentDigest, type Network } from './action-hash.ts'
import type { ExchangeEnvelope } from './envelope.ts'
import { recoverSigner } from './signature.ts'
import { isUserSigned, userSignedDigest } from './typed-data.ts'

/** The lower-case address that signed the request, or undefined when nobody did. */
export function signerOf(envelope: ExchangeEnvelope, network: Network): string | undefined {
  const { action, signature } = envelope
  const digest = isUserSigned(action.type)
    ? userSignedDigest({ ...action })
    : agentDigest(actionHash(action, envelope), network)
  return recoverSigner(digest, signature)
}

/**
 * The venue's objection to a user-signed action before it looks at the signature: an inner nonce that differs from the
 * envelope's, or the other network (sections 1.3, 1.4 and 3.2). Undefined for a sound request.
 */
export function userSignedObjection(envelope: ExchangeEnvelope, network: Network): string | undefined {
  const { action, nonce } = envelope
  if (!('hyperliquidChain' in action)) return undefined
  if (('time' in action ? action.time : action.nonce) !== nonce) return 'Nonce mismatch.'
  const chain = network === 'mainnet' ? 'Mainnet' : 'Testnet'
  return action.hyperliquidChain === chain ? undefined : 'Mainnet and testnet require different signature.'
}
