/**
 * Nonce admission per signer (reference section 2): the 100 highest are kept, a new one must exceed the smallest kept, be unused
 * and lie within (T - 2 d, T + 1 d). Admission consumes the nonce whatever becomes of the action.
 */
import { nonceError } from './messages.ts'

const KEPT = 100
const DAY_MS = 86_400_000
/** Beyond this many remembered nonces those out of the window are dropped: the window refuses them anyway. */
const FIRST_PRUNING = 20_000

/** One signer's nonces. */
export interface NonceState {
  /** The highest, ascending, at most 100. */
  readonly kept: number[]
  /** Every nonce admitted that the window could still let in: a replay below the floor still answers "duplicate". */
  readonly seen: Set<number>
  /** Size of `seen` at which it is pruned next; doubles with what survives, so pruning stays cheap on average. */
  pruneAt: number
}

export function createNonceState(): NonceState {
  return { kept: [], seen: new Set(), pruneAt: FIRST_PRUNING }
}

/** Consumes `nonce` and returns undefined, or returns the refusal and consumes nothing. `slackMs` narrows the window at both ends. */
export function admitNonce(state: NonceState, nonce: number, now: number, slackMs: number): string | undefined {
  const min = now - 2 * DAY_MS + slackMs
  const max = now + DAY_MS - slackMs
  if (nonce <= min) return nonceError.tooLow(nonce, min)
  if (nonce >= max) return nonceError.tooHigh(nonce, max)
  if (state.seen.has(nonce)) return nonceError.duplicate(nonce)
  const floor = state.kept[0]
  if (state.kept.length >= KEPT && floor !== undefined && nonce < floor) return nonceError.tooLow(nonce, floor)
  remember(state, nonce, min)
  return undefined
}

function remember(state: NonceState, nonce: number, windowStart: number): void {
  state.seen.add(nonce)
  let index = state.kept.length
  while (index > 0 && (state.kept[index - 1] ?? 0) > nonce) index--
  state.kept.splice(index, 0, nonce)
  if (state.kept.length > KEPT) state.kept.shift()
  if (state.seen.size < state.pruneAt) return
  for (const old of state.seen) if (old <= windowStart) state.seen.delete(old)
  state.pruneAt = Math.max(FIRST_PRUNING, 2 * state.seen.size)
}
