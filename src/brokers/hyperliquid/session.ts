/**
 * The two doors of the venue, `/info` and `/exchange`, under one request budget. Reads answer or throw BrokerUnavailable
 * (invariant 1); transmissions to `/exchange` happen once and never throw (invariants 2 and 3).
 */
import type { z } from 'zod'
import type { RequestBudget } from '#brokers/broker.ts'
import { BrokerProtocolError, BrokerUnavailable } from '#brokers/errors.ts'
import type { HttpClient, HttpOutcome } from '#brokers/http-request.ts'
import type { Urgency, WeightBudget } from '#brokers/rate-limit.ts'
import { parseAnswer, parseWireJson } from '#brokers/wire-answer.ts'

/** What bounds one exchange with the venue, ms. */
export interface Timeouts {
  readonly readMs: number
  readonly sendMs: number
  /** How long a read may wait for the request budget. */
  readonly budgetMs: number
}

/** A question to `/info`; `type` names it. */
export interface InfoRequest {
  readonly type: string
  readonly [field: string]: unknown
}

/** An answer and what it says of the venue's clock. */
export interface InfoAnswer<Data> {
  readonly data: Data
  /** As received, before translation. */
  readonly raw: unknown
  readonly serverDate: number | null
}

// Weight by request type, from the venue's rate limit page; the others weigh 20.
const LIGHT = new Set([
  'clearinghouseState',
  'orderStatus',
  'allMids',
  'l2Book',
  'spotClearinghouseState',
  'exchangeStatus',
])
const LIGHT_WEIGHT = 2
const HEAVY_WEIGHT = 20
const ROLE_WEIGHT = 60
const EXCHANGE_WEIGHT = 1
const ROWS_PER_WEIGHT = 20

export class VenueSession {
  readonly #http: HttpClient
  readonly #budget: WeightBudget
  readonly #timeouts: Timeouts

  constructor(http: HttpClient, budget: WeightBudget, timeouts: Timeouts) {
    this.#http = http
    this.#budget = budget
    this.#timeouts = timeouts
  }

  /** Asks `/info`. @throws BrokerUnavailable; BrokerProtocolError when the answer is not understood */
  async info<Schema extends z.ZodType>(request: InfoRequest, schema: Schema): Promise<InfoAnswer<z.output<Schema>>> {
    // Light reads decide over exits and unknown orders: they may use the reserve.
    const urgency: Urgency = LIGHT.has(request.type) ? 'urgent' : 'normal'
    if (!(await this.#budget.take(weightOf(request.type), urgency, this.#timeouts.budgetMs))) {
      throw new BrokerUnavailable(
        `Hyperliquid ${request.type}: our own request budget is used up; try again in a minute.`,
      )
    }
    const outcome = await this.#http.post('/info', JSON.stringify(request), this.#timeouts.readMs)
    const raw = this.#readBody(outcome, request.type)
    if (Array.isArray(raw)) this.#budget.charge(Math.floor(raw.length / ROWS_PER_WEIGHT))
    const serverDate = outcome.kind === 'answer' ? outcome.serverDate : null
    return { data: parseAnswer(schema, raw, `Hyperliquid ${request.type}`), raw, serverDate }
  }

  /** Transmits a signed body once. An entry that the budget cannot afford is not sent; the urgent always is. */
  async exchange(body: string, urgency: Urgency): Promise<HttpOutcome> {
    if (!(await this.#budget.take(EXCHANGE_WEIGHT, urgency, this.#timeouts.budgetMs))) {
      return { kind: 'not-sent', detail: 'our own request budget is used up' }
    }
    const outcome = await this.#http.post('/exchange', body, this.#timeouts.sendMs)
    if (outcome.kind === 'answer' && outcome.status === 429) this.#budget.exhaust()
    return outcome
  }

  budgets(): readonly RequestBudget[] {
    return [{ name: 'weight', left: this.#budget.available, limit: this.#budget.limit }]
  }

  close(): Promise<void> {
    return this.#http.close()
  }

  #readBody(outcome: HttpOutcome, type: string): unknown {
    if (outcome.kind !== 'answer') throw new BrokerUnavailable(`Hyperliquid ${type}: ${outcome.detail}.`)
    if (outcome.status === 429) this.#budget.exhaust()
    if (outcome.status !== 200) {
      throw new BrokerUnavailable(`Hyperliquid ${type}: HTTP ${outcome.status} ${outcome.body.slice(0, 200)}.`)
    }
    try {
      return parseWireJson(outcome.body)
    } catch (error) {
      throw new BrokerProtocolError(`Hyperliquid ${type}: expected JSON, saw ${outcome.body.slice(0, 200)}.`, {
        cause: error,
      })
    }
  }
}

function weightOf(type: string): number {
  if (type === 'userRole') return ROLE_WEIGHT
  return LIGHT.has(type) ? LIGHT_WEIGHT : HEAVY_WEIGHT
}
