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
 * The venue's objection to a user-signed action of the other network, before it looks at the signature (sections 1.3
 * and 3.2). Undefined for a sound request.
 */
export function networkObjection({ action }: ExchangeEnvelope, network: Network): string | undefined {
  if (!('hyperliquidChain' in action)) return undefined
  const chain = network === 'mainnet' ? 'Mainnet' : 'Testnet'
  return action.hyperliquidChain === chain ? undefined : 'Mainnet and testnet require different signature.'
}
