/** Who sits here: name, role and the token that proves to the server that a change comes from this page. */
import { signal } from '@preact/signals'

export interface Session {
  readonly name: string
  readonly role: 'viewer' | 'operator' | 'admin'
  readonly csrf: string
}

export const session = signal<Session | null>(null)

/** Reads the session again. `unknown`: the server was not reached. */
export async function loadSession(): Promise<'known' | 'signed-out' | 'unknown'> {
  try {
    const response = await fetch('/v1/session', { headers: { accept: 'application/json' } })
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
