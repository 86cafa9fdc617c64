/** Ids that look like the venue's and are the same on every run with the same seed. */
import { createHash } from 'node:crypto'
import type { VenueState } from './state.ts'

/** A new id in the form of a UUID. */
export function newId(state: VenueState): string {
  const digest = createHash('sha256')
    .update(`bybit:${state.seed}:${++state.ids}`)
    .digest('hex')
  return [
    digest.slice(0, 8),
    digest.slice(8, 12),
    digest.slice(12, 16),
    digest.slice(16, 20),
    digest.slice(20, 32),
  ].join('-')
}

/** A number in [0, 1) from the given numbers only. */
export function noise(...parts: readonly number[]): number {
  return createHash('sha256').update(parts.join(':')).digest().readUInt32BE(0) / 0x1_0000_0000
}
