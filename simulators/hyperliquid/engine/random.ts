/** Seeded pseudo-randomness and mixing: the venue's only source of variety, so the same seed gives the same venue. */

/** Mixes 32-bit words into one well-spread 32-bit unsigned word. */
export function mix32(...words: readonly number[]): number {
  let hash = 0x9e3779b9
  for (const word of words) {
    hash = Math.imul(hash ^ (word | 0), 0x85ebca6b)
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
    hash ^= hash >>> 16
  }
  return hash >>> 0
}

/** A generator of 32-bit unsigned words. */
export type Random = () => number

/** Small seeded generator (counter mixed with the seed). */
export function createRandom(seed: number): Random {
  let counter = 0
  return () => mix32(seed, ++counter)
}

/** 64 hex digits with 0x, unique per (seed, sequence number). */
export function transactionHash(seed: number, sequence: number): string {
  const high = Math.floor(sequence / 0x1_0000_0000)
  const low = sequence >>> 0
  let text = '0x'
  for (let word = 0; word < 7; word++) text += mix32(seed, high, low, word).toString(16).padStart(8, '0')
  // The sequence number itself makes two hashes of one venue differ for certain.
  return text + low.toString(16).padStart(8, '0')
}

/** 50-bit trade id of a buyer's and a seller's order (reference 4.3). */
export function tradeId(seed: number, buyerOid: number, sellerOid: number): number {
  const high = mix32(seed, buyerOid, Math.floor(buyerOid / 0x1_0000_0000), sellerOid, 1) >>> 14
  const low = mix32(seed, sellerOid, Math.floor(sellerOid / 0x1_0000_0000), buyerOid, 2)
  return high * 0x1_0000_0000 + low || 1
}
