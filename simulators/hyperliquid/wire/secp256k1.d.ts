/** Types of the two native calls that the simulator and its tests make; the package ships none. */
declare module 'secp256k1' {
  interface Secp256k1 {
    /** Recovers a public key. `signature` is r‖s (64 bytes), `recoveryId` 0 or 1. @throws when no key fits. */
    ecdsaRecover(signature: Uint8Array, recoveryId: number, message: Uint8Array, compressed: boolean): Uint8Array
    /** Signs a 32-byte digest deterministically (RFC 6979, low s). */
    ecdsaSign(message: Uint8Array, privateKey: Uint8Array): { signature: Uint8Array; recid: number }
  }
  const secp256k1: Secp256k1
  export default secp256k1
}
