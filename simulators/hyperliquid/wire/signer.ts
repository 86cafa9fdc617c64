/** From a parsed request to the address that signed it, by the scheme its action type uses. */
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
