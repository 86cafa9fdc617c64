/** Logins and tokens: a key of a user gives tokens that live 24 hours of venue time, several at once (reference C2). */
import { createHash } from 'node:crypto'

/** ms a token lives. */
const TOKEN_LIFE_MS = 24 * 3_600_000
/** Errors of Auth/loginKey. */
const LOGIN_ERROR = { invalidCredentials: 3 } as const

interface Session {
  readonly userName: string
  expiresAt: number
}

/** Knows users, their keys and their tokens. */
export class Sessions {
  readonly #now: () => number
  readonly #seed: number
  readonly #keys = new Map<string, string>()
  readonly #loginErrors = new Map<string, number>()
  readonly #sessions = new Map<string, Session>()
  #issued = 0

  /** @param now venue time, ms */
  constructor(now: () => number, seed: number) {
    this.#now = now
    this.#seed = seed
  }

  /** Enters a user, or gives it another key. */
  setKey(userName: string, apiKey: string): void {
    this.#keys.set(userName, apiKey)
  }

  /** Has logins of a user fail with a code of LoginErrorCode; 0 lets them succeed again. */
  setLoginError(userName: string, errorCode: number): void {
    if (errorCode === 0) this.#loginErrors.delete(userName)
    else this.#loginErrors.set(userName, errorCode)
  }

  /** A new token, or the code of the refusal. Earlier tokens stay good. */
  login(userName: string, apiKey: string): { readonly token: string } | { readonly errorCode: number } {
    const scripted = this.#loginErrors.get(userName)
    if (scripted !== undefined) return { errorCode: scripted }
    const key = this.#keys.get(userName)
    if (key === undefined || key !== apiKey) return { errorCode: LOGIN_ERROR.invalidCredentials }
    return { token: this.issue(userName) }
  }

  /** A new token of a user. */
  issue(userName: string): string {
    const now = this.#now()
    const id = `${this.#seed}-${++this.#issued}`
    const expiresAt = now + TOKEN_LIFE_MS
    const seconds = (ms: number) => Math.floor(ms / 1000)
    const payload = { sub: userName, jti: id, iat: seconds(now), exp: seconds(expiresAt) }
    const signature = createHash('sha256').update(`projectx simulator ${id}`).digest('base64url')
    const token = `${encoded({ alg: 'HS256', typ: 'JWT' })}.${encoded(payload)}.${signature}`
    this.#sessions.set(token, { userName, expiresAt })
    return token
  }

  /** The user of a token that is good now. */
  userOf(token: string | undefined): string | undefined {
    const session = token === undefined ? undefined : this.#sessions.get(token)
    return session !== undefined && session.expiresAt > this.#now() ? session.userName : undefined
  }

  /** Ends one token. */
  logout(token: string): void {
    this.#sessions.delete(token)
  }

  /** Ends all tokens, of one user or of all. Returns how many were good. */
  expire(userName?: string): number {
    const now = this.#now()
    const ended = [...this.#sessions.values()].filter(
      (session) => session.expiresAt > now && (userName === undefined || session.userName === userName),
    )
    for (const session of ended) session.expiresAt = now
    return ended.length
  }
}

/** The token of an Authorization header. */
export function bearerToken(header: string | undefined): string | undefined {
  return /^Bearer (.+)$/i.exec(header ?? '')?.[1]
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
