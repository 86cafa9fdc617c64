/** Who sits here: name, role and the token that proves to the server that a change comes from this page. */
import { signal } from '@preact/signals'
import type { SessionAnswer } from '#http/wire.ts'

export type Session = SessionAnswer

/** Says that nobody did anything: what the page asks by itself must not keep a session alive that nobody uses. */
export const BACKGROUND = { accept: 'application/json', 'x-truebook-background': '1' } as const

export const session = signal<Session | null>(null)

/** Reads the session again. `unknown`: the server was not reached. */
export async function loadSession(): Promise<'known' | 'signed-out' | 'unknown'> {
  try {
    const response = await fetch('/v1/session', { headers: BACKGROUND })
    if (response.status === 401) {
      session.value = null
      return 'signed-out'
    }
    if (!response.ok) return 'unknown'
    session.value = (await response.json()) as Session
    return 'known'
  } catch {
    // Not reached: what was known of the session stays, the connection's state tells.
    return 'unknown'
  }
}

/** The token that changes carry. */
export function csrf(): string {
  return session.value?.csrf ?? ''
}
