/**
 * Browser sessions of people: a one-time code, or a token, becomes a cookie. A browser cannot send a bearer token when it opens a page. Kept in memory
 * as digests only; a restart signs everybody out.
 */
import { createHash, randomBytes } from 'node:crypto'
import type { Person } from './callers.ts'

const CODE_LIFE_MS = 15 * 60_000
const SESSION_LIFE_MS = 12 * 3_600_000
const SESSION_IDLE_MS = 2 * 3_600_000
/** Of one person: who is named in the configuration, so that all together are bounded too. */
const ENTRIES_EACH = 20

/** A live session. `csrf` proves that a change was asked for by a page that could read this session, see own-page.ts. */
export interface Session {
  readonly person: Person
  readonly csrf: string
  /** 12 h after its start, used or not, ms. */
  readonly endsAt: number
}

/** A secret that is shown once, and when it ends. */
export interface Issued {
  readonly code: string
  readonly endsAt: number
}

export interface Sessions {
  /** A code for one login of this person within 15 minutes. */
  mintCode(person: Person, now: number): Issued
  /** Spends a code; null when it is unknown, spent or too old. */
  redeem(code: string, now: number): Person | null
  /** Starts a session; answers its id, which is the cookie. */
  open(person: Person, now: number): string
  /** The session while it lives (12 h at most, 2 h without use), or null. `use` counts as use. */
  find(id: string, now: number, use?: 'use'): Session | null
  end(id: string): void
}

/** An empty set of codes and sessions. */
export function createSessions(): Sessions {
  const codes = new Map<string, { readonly person: Person; readonly endsAt: number }>()
  const sessions = new Map<string, Session & { idleAt: number }>()
  return {
    mintCode(person, now) {
      dropOldest(codes, person)
      const issued = { code: newSecret(), endsAt: now + CODE_LIFE_MS }
      codes.set(digestOf(issued.code), { person, endsAt: issued.endsAt })
      return issued
    },
    redeem(code, now) {
      const found = codes.get(digestOf(code))
      codes.delete(digestOf(code))
      return found !== undefined && now < found.endsAt ? found.person : null
    },
    open(person, now) {
      dropOldest(sessions, person)
      const id = newSecret()
      const session = { person, csrf: newSecret(), endsAt: now + SESSION_LIFE_MS, idleAt: now + SESSION_IDLE_MS }
      sessions.set(digestOf(id), session)
      return id
    },
    find(id, now, use) {
      const session = sessions.get(digestOf(id))
      if (session === undefined) return null
      if (now >= session.endsAt || now >= session.idleAt) {
        sessions.delete(digestOf(id))
        return null
      }
      if (use === 'use') session.idleAt = now + SESSION_IDLE_MS
      return session
    },
    end: (id) => void sessions.delete(digestOf(id)),
  }
}

function newSecret(): string {
  return randomBytes(32).toString('base64url')
}

/** Looked up by digest: how long a look-up takes says nothing about the secret. */
function digestOf(value: string): string {
  return createHash('sha256').update(value).digest('hex')
}

/** Only a person's own give way: nobody ends the session of somebody else by logging in. */
function dropOldest(entries: Map<string, { readonly person: Person }>, { name }: Person): void {
  const own = [...entries].filter(([, entry]) => entry.person.name === name)
  const [oldest] = own
  if (own.length >= ENTRIES_EACH && oldest !== undefined) entries.delete(oldest[0])
}
