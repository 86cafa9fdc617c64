/** How often a call is tried, what each gRPC status says about an attempt, and what is reported when patience ends. */
import { setTimeout as sleep } from 'node:timers/promises'
import { BookUnavailable } from '../errors.ts'
import { Status } from './rpc.ts'

/** Nothing was applied, and trying again can help. */
const TRANSIENT: ReadonlySet<number> = new Set([Status.aborted, Status.resourceExhausted])
/** Nobody knows whether it was applied. */
const AMBIGUOUS: ReadonlySet<number> = new Set([
  Status.cancelled,
  Status.unknown,
  Status.deadlineExceeded,
  Status.internal,
  Status.unavailable,
])
const RETRIED: ReadonlySet<number> = new Set([...TRANSIENT, ...AMBIGUOUS])
const REFUSED_ACCESS: ReadonlySet<number> = new Set([Status.permissionDenied, Status.unauthenticated])

const FIRST_PAUSE_MS = 20
const LONGEST_PAUSE_MS = 1000

/** The gRPC status code of an error; null when it is none. */
export function statusOf(error: unknown): number | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'number' ? error.code : null
}

/** What happened to the attempts before the last one. */
export interface Attempts {
  /** Whether an earlier attempt may have been applied although it was reported as failed. */
  readonly maybeApplied: boolean
}

/**
 * Calls until it is answered, or `patienceMs` have passed. Answers other than "try again" reach the caller as they are.
 * @throws BookUnavailable when patience ended or access was refused
 */
export async function attempt<T>(
  call: (attempts: Attempts) => Promise<T>,
  what: string,
  patienceMs: number,
): Promise<T> {
  const deadline = performance.now() + patienceMs
  let maybeApplied = false
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      return await call({ maybeApplied })
    } catch (error) {
      const status = statusOf(error)
      if (status === null || !RETRIED.has(status)) throw refusalOf(error, status, what)
      maybeApplied ||= AMBIGUOUS.has(status)
      if (performance.now() + pauseMs >= deadline) {
        const known = maybeApplied ? 'Nothing new is known' : 'It took no effect'
        const message = `${what}: no usable answer from Firestore in ${patienceMs} ms (gRPC status ${status}). ${known}.`
        throw new BookUnavailable(message, { cause: error })
      }
    }
    // Random, so that writers who met once do not meet again.
    await sleep(pauseMs * (0.5 + Math.random()))
  }
}

function refusalOf(error: unknown, status: number | null, what: string): unknown {
  if (status === null || !REFUSED_ACCESS.has(status)) return error
  return new BookUnavailable(`${what}: Firestore refused access; check the role roles/datastore.user.`, {
    cause: error,
  })
}
