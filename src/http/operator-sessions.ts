/**
 * Browser sessions of operators: a one-time code in a login link becomes a cookie. Kept in memory as digests only; a
 * restart signs everybody out. Needed because a browser cannot send a bearer token when it opens Bull Board.
 */
import { createHash, randomBytes } from 'node:crypto'

const CODE_LIFE_MS = 15 * 60_000
const SESSION_LIFE_MS = 12 * 3_600_000
const SESSION_IDLE_MS = 2 * 3_600_000
const SESSIONS_MAX = 100

export interface OperatorSessions {
  /** A code for one login within 15 minutes. */
  mintCode(now: number): string
  /** Spends a code for the id of a new session; null when it is unknown, spent or too old. */
  redeem(code: string, now: number): string | null
  /** Whether a session lives (12 h at most, 2 h without use); counts as use. */
  touch(sessionId: string, now: number): boolean
}

/** An empty set of codes and sessions. */
export function createOperatorSessions(): OperatorSessions {
  const codes = new Map<string, number>()
  const sessions = new Map<string, { readonly endsAt: number; idleAt: number }>()
  return {
    mintCode(now) {
      dropOldest(codes)
      const code = randomBytes(32).toString('base64url')
      codes.set(digestOf(code), now + CODE_LIFE_MS)
      return code
    },
    redeem(code, now) {
      const endsAt = codes.get(digestOf(code))
      codes.delete(digestOf(code))
      if (endsAt === undefined || now >= endsAt) return null
      dropOldest(sessions)
      const sessionId = randomBytes(32).toString('base64url')
      sessions.set(digestOf(sessionId), { endsAt: now + SESSION_LIFE_MS, idleAt: now + SESSION_IDLE_MS })
      return sessionId
    },
    touch(sessionId, now) {
      const session = sessions.get(digestOf(sessionId))
      if (session === undefined) return false
      if (now >= session.endsAt || now >= session.idleAt) {
        sessions.delete(digestOf(sessionId))
        return false
      }
      session.idleAt = now + SESSION_IDLE_MS
      return true
    },
  }
}

function digestOf(value: string): string {
  return createHash('sha256').update(value).digest('hex')
}

function dropOldest(entries: Map<string, unknown>): void {
  const [oldest] = entries.keys()
  if (entries.size >= SESSIONS_MAX && oldest !== undefined) entries.delete(oldest)
}
