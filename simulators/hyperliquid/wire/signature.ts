/**
 * Signer recovery: who signed a digest. Native secp256k1, because a simulator that recovers in JavaScript caps the
 * whole system at some 700 orders per second and core.
 */
import secp256k1 from 'secp256k1'
import { hexText, keccak } from './bytes.ts'

/** A signature as clients send it; r and s may arrive with leading zero nibbles stripped. */
export interface WireSignature {
  readonly r: string
  readonly s: string
  readonly v: number
}

/** Recovers the lower-case `0x` address that signed `digest`; undefined when no key fits the signature. */
export function recoverSigner(digest: Uint8Array, signature: WireSignature): string | undefined {
  const compact = Buffer.from(padWord(signature.r) + padWord(signature.s), 'hex')
  if (compact.length !== 64) return undefined
  try {
    const publicKey = secp256k1.ecdsaRecover(compact, signature.v - 27, digest, false)
    return hexText(keccak(publicKey.subarray(1)).subarray(12))
  } catch {
    // The native call throws for r or s out of range: such a signature names nobody.
    return undefined
  }
}

function padWord(hex: string): string {
  return hex.slice(2).padStart(64, '0')
}
