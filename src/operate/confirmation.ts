/**
 * Confirm tokens: the proof that somebody was shown what an action would do, and that it would still do the same. A token is a keyed hash
 * over caller, action and radius with a time of expiry; the key lives as long as the process, so no token outlives a restart and none can
 * be made elsewhere. Nothing is stored to check one.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { canonicalJson } from '#domain/ids.ts'
import type { Action } from '#domain/operator/action.ts'
import type { Radius } from '#domain/operator/radius.ts'

/** Long enough to read a preview, short enough that nobody confirms yesterday's. */
export const CONFIRM_WITHIN_MS = 120_000

/** What a token binds. */
export interface Shown {
  readonly caller: string
  readonly action: Action
  readonly radius: Radius
}

export interface IssuedToken {
  readonly token: string
  readonly expiresAt: number
}

/** expired: shown too long ago. other: made for another caller, action or radius, by another process, or by nobody. */
export type TokenState = 'good' | 'expired' | 'other'

export interface Confirmations {
  issue(shown: Shown, now: number): IssuedToken
  check(token: string, shown: Shown, now: number): TokenState
}

/** `key` is for tests; a process makes its own. */
export function createConfirmations(key: Buffer = randomBytes(32)): Confirmations {
  const macOf = (shown: Shown, head: string): Buffer =>
    createHmac('sha256', key)
      .update(canonicalJson({ ...shown, head }))
      .digest()
  return {
    issue(shown, now) {
      const expiresAt = now + CONFIRM_WITHIN_MS
      // Two previews of one thing are two confirmations, even in one millisecond.
      const head = `${expiresAt.toString(36)}.${randomBytes(8).toString('hex')}`
      return { token: `${head}.${macOf(shown, head).toString('hex')}`, expiresAt }
    },
    check(token, shown, now) {
      const parts = readToken(token)
      if (parts === null) return 'other'
      if (!timingSafeEqual(parts.mac, macOf(shown, parts.head))) return now > parts.expiresAt ? 'expired' : 'other'
      return now > parts.expiresAt ? 'expired' : 'good'
    },
  }
}

/** The name that a record gives to the preview that was confirmed. It proves nothing by itself. */
export function confirmationOf(token: string): string {
  return token.split('.')[1] ?? ''
}

function readToken(token: string): { readonly head: string; readonly expiresAt: number; readonly mac: Buffer } | null {
  const [, head, expiry, mac] = /^(([0-9a-z]{1,11})\.[0-9a-f]{16})\.([0-9a-f]{64})$/.exec(token) ?? []
  if (head === undefined || expiry === undefined || mac === undefined) return null
  return { head, expiresAt: Number.parseInt(expiry, 36), mac: Buffer.from(mac, 'hex') }
}
