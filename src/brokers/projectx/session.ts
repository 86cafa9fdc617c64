/**
 * The door of the venue: allow-listed paths under the token and the request limits. Reads answer or throw BrokerUnavailable
 * (invariant 1) and may log in once more; transmissions of orders happen once and never throw (invariants 2 and 3, case A13).
 */
import type { z } from 'zod'
import { type Conceal, concealerOf } from '#domain/conceal.ts'
import { concealed } from '#brokers/concealed.ts'
import type { RequestBudget } from '#brokers/broker.ts'
import { BrokerProtocolError, BrokerUnavailable, CommandRefused } from '#brokers/errors.ts'
import type { HttpClient, HttpOutcome } from '#brokers/http-request.ts'
import type { Urgency } from '#brokers/rate-limit.ts'
import { parseAnswer } from '#brokers/wire-answer.ts'
import { errorWords, type Path, PATHS } from './error-codes.ts'
import { parseJson } from './json.ts'
import type { RequestWindow } from './request-window.ts'
import { type ApiKey, TokenKeeper } from './token.ts'
import { loginSchema, validateSchema, verdictSchema } from './wire.ts'

/** What bounds one exchange with the venue, ms. */
export interface Timeouts {
  readonly readMs: number
  readonly sendMs: number
  /** How long a read may wait for the request limit. */
  readonly budgetMs: number
}

/** A user of the platform. */
export interface Login {
  readonly userName: string
  readonly apiKey: ApiKey
}

export interface SessionTerms {
  readonly login: Login
  readonly timeouts: Timeouts
  readonly general: RequestWindow
  readonly bars: RequestWindow
  /** Ms since epoch. */
  readonly clock: () => number
}

/** An answer, what it says of the venue's clock, and the body as received. */
export interface Answer<Data> {
  readonly data: Data
  readonly serverDate: number | null
}

type SendPath = '/api/Order/place' | '/api/Order/cancel'
type AuthPath = '/api/Auth/loginKey' | '/api/Auth/validate'
export type ReadPath = Exclude<Path, SendPath | AuthPath>

const ALLOWED: ReadonlySet<string> = new Set(PATHS)
const UNAUTHORIZED = 401
const TOO_MANY = 429
const TOKENS_KEPT = 3

/** Says a refusal of a read in the venue's terms. */
class VenueRefusal extends BrokerUnavailable {
  readonly code: number

  constructor(path: Path, code: number, message: string | null | undefined) {
    super(`ProjectX ${path}: ${errorWords(path, code, message)}.`)
    this.code = code
  }
}

export class VenueSession {
  readonly #http: HttpClient
  readonly #terms: SessionTerms
  readonly #tokens: TokenKeeper
  /** Tokens had so far, newest last; an answer may echo one that is just being replaced. */
  #issued: readonly string[] = []
  #conceal: Conceal

  constructor(http: HttpClient, terms: SessionTerms) {
    this.#http = http
    this.#terms = terms
    this.#conceal = concealerOf([terms.login.apiKey.reveal()])
    this.#tokens = new TokenKeeper({ login: () => this.#login(), renew: (token) => this.#renew(token) }, terms.clock)
  }

  /** Cuts our key and tokens out of what the venue says. */
  readonly conceal: Conceal = (text) => this.#conceal(text)

  /** The token for the hubs. @throws BrokerUnavailable */
  token(): Promise<string> {
    return this.#tokens.current()
  }

  /** Asks; a 401 is answered by one new login. @throws BrokerUnavailable; VenueRefusal; BrokerProtocolError */
  async read<Schema extends z.ZodType>(
    path: ReadPath,
    body: object,
    schema: Schema,
    urgency: Urgency = 'normal',
  ): Promise<Answer<z.output<Schema>>> {
    return understood(path, await this.#reading(path, body, urgency), schema)
  }

  /** The same for what may not be there: null when the venue refuses with the code of "not found". @throws as `read` */
  async find<Schema extends z.ZodType>(
    path: ReadPath,
    body: object,
    terms: { readonly schema: Schema; readonly notFound: number; readonly urgency: Urgency },
  ): Promise<Answer<z.output<Schema>> | null> {
    const outcome = await this.#reading(path, body, terms.urgency)
    return refusalOf(path, outcome)?.code === terms.notFound ? null : understood(path, outcome, terms.schema)
  }

  /** Transmits an order or cancel once. What the limit or the login do not allow is not sent. */
  async transmit(path: SendPath, body: string, urgency: Urgency): Promise<HttpOutcome> {
    const { general, timeouts } = this.#terms
    if (!(await general.take(urgency, timeouts.budgetMs))) {
      return { kind: 'not-sent', detail: 'our own request limit is used up' }
    }
    let token: string
    try {
      token = await this.#tokens.current()
    } catch (error) {
      if (error instanceof BrokerUnavailable) return { kind: 'not-sent', detail: error.message }
      throw error
    }
    const outcome = concealed(await this.#post(path, body, token, timeouts.sendMs), this.#conceal)
    if (isUnauthorized(outcome)) this.#tokens.drop(token)
    return outcome
  }

  budgets(): readonly RequestBudget[] {
    const { general, bars } = this.#terms
    return [
      { name: 'requests', left: general.left, limit: general.limit },
      { name: 'bars', left: bars.left, limit: bars.limit },
    ]
  }

  close(): Promise<void> {
    return this.#http.close()
  }

  async #reading(path: ReadPath, body: object, urgency: Urgency): Promise<HttpOutcome> {
    const token = await this.#tokens.current()
    const first = await this.#ask(path, body, token, urgency)
    if (!isUnauthorized(first)) return concealed(first, this.#conceal)
    this.#tokens.drop(token)
    return concealed(await this.#ask(path, body, await this.#tokens.current(), urgency), this.#conceal)
  }

  async #ask(path: Path, body: object, token: string | null, urgency: Urgency): Promise<HttpOutcome> {
    const { bars, general, timeouts } = this.#terms
    const window = path === '/api/History/retrieveBars' ? bars : general
    if (!(await window.take(urgency, timeouts.budgetMs))) {
      throw new BrokerUnavailable(`ProjectX ${path}: our own request limit is used up; try again in a minute.`)
    }
    return await this.#post(path, JSON.stringify(body), token, timeouts.readMs)
  }

  async #post(path: Path, body: string, token: string | null, deadlineMs: number): Promise<HttpOutcome> {
    if (!ALLOWED.has(path)) throw new CommandRefused(`Only the venue's listed paths are called; refused ${path}.`)
    const headers = token === null ? {} : { authorization: `Bearer ${token}` }
    const outcome = await this.#http.post(path, body, deadlineMs, headers)
    if (outcome.kind === 'answer' && outcome.status === TOO_MANY) {
      const window = path === '/api/History/retrieveBars' ? this.#terms.bars : this.#terms.general
      window.exhaust()
    }
    return outcome
  }

  async #login(): Promise<string> {
    const { userName, apiKey } = this.#terms.login
    const body = { userName, apiKey: apiKey.reveal() }
    const path = '/api/Auth/loginKey'
    const outcome = await this.#ask(path, body, null, 'urgent')
    return this.#issue(this.#granted(path, outcome, loginSchema).data.token)
  }

  async #renew(token: string): Promise<string> {
    const path = '/api/Auth/validate'
    const outcome = await this.#ask(path, {}, token, 'urgent')
    return this.#issue(this.#granted(path, outcome, validateSchema).data.newToken)
  }

  /** What grants a token is read as it came; what grants none is read again, and told, without what it may echo. */
  #granted<Schema extends z.ZodType>(path: Path, outcome: HttpOutcome, schema: Schema): Answer<z.output<Schema>> {
    try {
      return understood(path, outcome, schema)
    } catch (error) {
      if (!(error instanceof BrokerUnavailable)) throw error
      return understood(path, concealed(outcome, this.#conceal), schema)
    }
  }

  #issue(token: string): string {
    this.#issued = [...this.#issued, token].slice(-TOKENS_KEPT)
    this.#conceal = concealerOf([this.#terms.login.apiKey.reveal(), ...this.#issued])
    return token
  }
}

function isUnauthorized(outcome: HttpOutcome): boolean {
  return outcome.kind === 'answer' && outcome.status === UNAUTHORIZED
}

/** The venue's refusal of a read, if the answer is one. @throws BrokerUnavailable when there is no answer to read */
function refusalOf(path: Path, outcome: HttpOutcome): VenueRefusal | null {
  const { success, errorCode, errorMessage } = parseAnswer(verdictSchema, bodyOf(path, outcome), `ProjectX ${path}`)
  if (success && errorCode !== 0) {
    throw new BrokerProtocolError(`ProjectX ${path}: expected errorCode 0 beside success, saw ${errorCode}.`)
  }
  return success ? null : new VenueRefusal(path, errorCode, errorMessage)
}

function understood<Schema extends z.ZodType>(
  path: Path,
  outcome: HttpOutcome,
  schema: Schema,
): Answer<z.output<Schema>> {
  const refusal = refusalOf(path, outcome)
  if (refusal !== null) throw refusal
  const serverDate = outcome.kind === 'answer' ? outcome.serverDate : null
  return { data: parseAnswer(schema, bodyOf(path, outcome), `ProjectX ${path}`), serverDate }
}

function bodyOf(path: Path, outcome: HttpOutcome): unknown {
  if (outcome.kind !== 'answer') throw new BrokerUnavailable(`ProjectX ${path}: ${outcome.detail}.`)
  const { status, body } = outcome
  if (status !== 200) throw new BrokerUnavailable(`ProjectX ${path}: HTTP ${status} ${body.slice(0, 200)}.`)
  try {
    return parseJson(body)
  } catch (error) {
    throw new BrokerProtocolError(`ProjectX ${path}: expected JSON, saw ${body.slice(0, 200)}.`, { cause: error })
  }
}
