/**
 * The door of the venue under one request budget. Reads answer or throw BrokerUnavailable (invariant 1); transmissions of orders
 * happen once and never throw (invariants 2 and 3).
 */
import type { z } from 'zod'
import type { PreparedRequest } from '#domain/order.ts'
import { type Conceal, concealerOf } from '#domain/conceal.ts'
import { concealed } from '#brokers/concealed.ts'
import type { RequestBudget } from '#brokers/broker.ts'
import { BrokerProtocolError, BrokerUnavailable } from '#brokers/errors.ts'
import type { HttpClient, HttpOutcome } from '#brokers/http-request.ts'
import type { Urgency, WeightBudget } from '#brokers/rate-limit.ts'
import { jsonOf, parseAnswer } from '#brokers/wire-answer.ts'
import { RATE_LIMITED } from './codes.ts'
import { RateGate } from './rate-gate.ts'
import { type Credentials, isOpenPath, type OrderPath, type ReadPath, signRequest } from './signature.ts'
import { type Envelope, envelopeSchema } from './wire.ts'

/** What bounds one exchange with the venue, ms. */
export interface Timeouts {
  readonly readMs: number
  readonly sendMs: number
  /** How long a request may wait for the request budget. */
  readonly budgetMs: number
}

export interface SessionTerms {
  readonly credentials: Credentials
  readonly timeouts: Timeouts
  readonly recvWindowMs: number
  /** Ms since epoch. */
  readonly clock: () => number
}

/** Query of a read; undefined values are left out. */
export type Query = Readonly<Record<string, string | number | undefined>>

/** A good answer and the venue's own time of it, ms. */
export interface Answer<Data> {
  readonly data: Data
  readonly time: number
}

const SHOWN = 200
const TOO_MANY = 429

/** Reads that decide over exits and unknown orders: they may use the reserve of the budget. */
const URGENT: ReadonlySet<ReadPath> = new Set<ReadPath>([
  '/v5/market/time',
  '/v5/order/realtime',
  '/v5/position/list',
  '/v5/account/wallet-balance',
])

export class VenueSession {
  readonly #http: HttpClient
  readonly #budget: WeightBudget
  readonly #terms: SessionTerms
  readonly #conceal: Conceal
  // Resets are spans of real time, also under a driven or stepped venue clock.
  readonly #gate = new RateGate(() => performance.now())

  constructor(http: HttpClient, budget: WeightBudget, terms: SessionTerms) {
    this.#http = http
    this.#budget = budget
    this.#terms = terms
    this.#conceal = concealerOf([terms.credentials.apiKey.reveal(), terms.credentials.apiSecret.reveal()])
  }

  /** Asks. @throws BrokerUnavailable; VenueRefusal with the venue's code; BrokerProtocolError when the answer is not understood */
  async read<Schema extends z.ZodType>(
    path: ReadPath,
    query: Query,
    schema: Schema,
  ): Promise<Answer<z.output<Schema>>> {
    const { timeouts, recvWindowMs, credentials, clock } = this.#terms
    const urgency = URGENT.has(path) ? 'urgent' : 'normal'
    if (!(await this.#pass(path, urgency))) {
      throw new BrokerUnavailable(`Bybit ${path}: the request budget is used up; try again in a moment.`)
    }
    const payload = queryText(query)
    const headers = isOpenPath(path)
      ? {}
      : signRequest(credentials, { path, payload, timestamp: clock(), recvWindowMs })
    const target = payload === '' ? path : `${path}?${payload}`
    const outcome = concealed(await this.#http.get(target, timeouts.readMs, headers), this.#conceal)
    const { result, time } = this.#readEnvelope(outcome, path)
    return { data: parseAnswer(schema, result, `Bybit ${path}`), time }
  }

  /** Transmits a prepared request once. An entry that the budget cannot afford is not sent; the urgent always is. */
  async send(path: OrderPath, request: PreparedRequest, urgency: Urgency): Promise<HttpOutcome> {
    const { body, preparedAt, deadline } = request
    if (!(await this.#pass(path, urgency))) return { kind: 'not-sent', detail: 'the request budget is used up' }
    // Signed as of its preparation, also when it is sent again: the end of its window is its deadline.
    const recvWindowMs = (deadline ?? preparedAt) - preparedAt
    const signing = { path, payload: body, timestamp: preparedAt, recvWindowMs }
    const headers = signRequest(this.#terms.credentials, signing)
    const sent = await this.#http.post(path, body, this.#terms.timeouts.sendMs, headers)
    const outcome = concealed(sent, this.#conceal)
    this.#learn(path, outcome)
    return outcome
  }

  budgets(): readonly RequestBudget[] {
    return [{ name: 'requests', left: this.#budget.available, limit: this.#budget.limit }]
  }

  close(): Promise<void> {
    return this.#http.close()
  }

  async #pass(path: ReadPath | OrderPath, urgency: Urgency): Promise<boolean> {
    const { budgetMs } = this.#terms.timeouts
    if (!(await this.#budget.take(1, urgency, budgetMs))) return false
    // An exit is sent even into a limit that says no: the refusal then is the venue's.
    return (await this.#gate.pass(path, budgetMs)) || urgency === 'urgent'
  }

  #learn(path: ReadPath | OrderPath, outcome: HttpOutcome): void {
    if (outcome.kind !== 'answer') return
    const envelope = envelopeOf(outcome.body)
    const limited = outcome.status === TOO_MANY || (!isUnreadable(envelope) && envelope.retCode === RATE_LIMITED)
    if (limited) this.#budget.exhaust()
    const time = Number(outcome.headers?.['timenow'])
    this.#gate.note(path, outcome, Number.isFinite(time) ? time : this.#terms.clock())
  }

  #readEnvelope(outcome: HttpOutcome, path: ReadPath): Envelope {
    this.#learn(path, outcome)
    if (outcome.kind !== 'answer') throw new BrokerUnavailable(`Bybit ${path}: ${outcome.detail}.`)
    const { status, body } = outcome
    const envelope = envelopeOf(body)
    if (!isUnreadable(envelope) && envelope.retCode !== 0) {
      throw new VenueRefusal(path, envelope.retCode, envelope.retMsg)
    }
    if (status !== 200) throw new BrokerUnavailable(`Bybit ${path}: HTTP ${status} ${body.slice(0, SHOWN)}.`)
    if (isUnreadable(envelope)) {
      throw new BrokerProtocolError(`Bybit ${path}: expected retCode, result and time, saw ${envelope.unreadable}.`)
    }
    return envelope
  }
}

/** The venue refused a read; `code` says why in its terms. */
export class VenueRefusal extends BrokerUnavailable {
  readonly code: number
  constructor(path: string, code: number, text: string) {
    super(`Bybit ${path}: code ${code} ${text}.`)
    this.code = code
  }
}

/** A body that is no envelope of the venue's; what it begins with is shown. */
export interface Unreadable {
  readonly unreadable: string
}

/** The envelope that every answer of the venue comes in. */
export function envelopeOf(body: string): Envelope | Unreadable {
  const unreadable = { unreadable: body.slice(0, SHOWN) }
  return envelopeSchema.safeParse(jsonOf(body)).data ?? unreadable
}

/** Whether a body was no envelope. */
export function isUnreadable(envelope: Envelope | Unreadable): envelope is Unreadable {
  return !('retCode' in envelope)
}

/** The query exactly as it is signed and sent. A cursor comes percent-encoded and is encoded once more (reference B4). */
function queryText(query: Query): string {
  return Object.entries(query)
    .flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${encodeURIComponent(String(value))}`]))
    .join('&')
}
