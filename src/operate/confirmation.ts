/**
 * Confirm tokens: the proof that somebody was shown what an action would do, and that it would still do the same. A token is a keyed hash
 * over caller, action and radius with a time of expiry. Every API process of an installation makes and checks the same tokens, for their
 * key follows from a secret that they share. Nothing is stored to check one.
 */
import { createHmac, randomBytes, scryptSync, timingSafeEqual } from 'node:crypto'
import { canonicalJson } from '#domain/ids.ts'
import type { Action } from '#domain/operator/action.ts'
import type { Radius } from '#domain/operator/radius.ts'

/** Long enough to read a preview, short enough that nobody confirms yesterday's. */
export const CONFIRM_WITHIN_MS = 120_000

/** The clocks of two API processes may be so far apart. A token from further ahead was made before a clock was set back. */
const CLOCKS_APART_MS = 30_000
const KEY_BYTES = 32

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

/** expired: shown too long ago. other: made for another caller, action or radius, by another installation, or by nobody. */
export type TokenState = 'good' | 'expired' | 'other'

export interface Confirmations {
  issue(shown: Shown, now: number): IssuedToken
  check(token: string, shown: Shown, now: number): TokenState
}

/**
 * The key of an installation, from the token of its admin: every API process has that, and no lesser caller. Slow on purpose, since whoever
 * sees a preview could otherwise try tokens against it.
 */
export function confirmationKeyOf(secret: { reveal(): string }): Buffer {
  return scryptSync(secret.reveal(), 'truebook: key of confirmations', KEY_BYTES)
}

/** Without a key: one that nobody else has. */
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
      const isLate = now > parts.expiresAt || parts.expiresAt > now + CONFIRM_WITHIN_MS + CLOCKS_APART_MS
      if (!timingSafeEqual(parts.mac, macOf(shown, parts.head))) return isLate ? 'expired' : 'other'
      return isLate ? 'expired' : 'good'
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
