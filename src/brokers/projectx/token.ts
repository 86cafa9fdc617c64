/**
 * The session token that REST and hubs share: one login by API key, renewed by validation well before its 24 hours end (reference C2).
 * The key leaves its holder only in the login's body and is in no message.
 */
import { BrokerUnavailable } from '#brokers/errors.ts'

/** A secret that can be read but not printed (the configuration's `Secret` is one). */
export interface ApiKey {
  reveal(): string
}

/** How a token is had. Both throw BrokerUnavailable. */
export interface TokenSource {
  login(): Promise<string>
  /** A new token for one that is still good. */
  renew(token: string): Promise<string>
}

const LIFE_MS = 24 * 3_600_000
/** Renewed from this age on: four hours are left to do it in. */
const RENEW_MS = 20 * 3_600_000

/** Holds the current token; questions at the same moment share one login. */
export class TokenKeeper {
  readonly #source: TokenSource
  readonly #clock: () => number
  #token: string | null = null
  #since = 0
  #under: Promise<string> | null = null

  /** @param clock ms since epoch, as the venue counts the token's life */
  constructor(source: TokenSource, clock: () => number) {
    this.#source = source
    this.#clock = clock
  }

  /** A token that should be good now. @throws BrokerUnavailable */
  async current(): Promise<string> {
    const age = this.#clock() - this.#since
    if (this.#token !== null && age >= 0 && age < RENEW_MS) return this.#token
    this.#under ??= this.#next(age).finally(() => {
      this.#under = null
    })
    return await this.#under
  }

  /** The venue answered 401 to this token: the next question logs in anew. */
  drop(token: string): void {
    if (this.#token === token) this.#token = null
  }

  async #next(age: number): Promise<string> {
    const old = this.#token
    const at = this.#clock()
    const token = old !== null && age >= 0 && age < LIFE_MS ? await this.#renewed(old) : await this.#source.login()
    this.#token = token
    this.#since = at
    return token
  }

  async #renewed(old: string): Promise<string> {
    try {
      return await this.#source.renew(old)
    } catch (error) {
      // A session that cannot be renewed may have ended at the venue: the key opens a new one, or says why not.
      if (error instanceof BrokerUnavailable) return await this.#source.login()
      throw error
    }
  }
}
