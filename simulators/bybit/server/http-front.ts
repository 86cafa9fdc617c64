/**
 * The REST front: limits of machines, faults, signatures, limits of accounts, and the hand-over to the endpoints and to
 * /control. It writes every byte a client sees over HTTP.
 */
import { isRefusal } from '#simulators/bybit/engine/refusal.ts'
import { envelope } from '#simulators/bybit/wire/envelope.ts'
import { type ConnectionOutcome, underFault } from '#simulators/venue/connection-outcome.ts'
import type { ControlHandler } from '#simulators/venue/control-endpoint.ts'
import type { VenueHttp } from '#simulators/venue/http-exchange.ts'
import { jsonReply, type Reply, textReply } from '#simulators/venue/reply.ts'
import { authenticate, checkPermission, credentialsOf } from './authenticate.ts'
import type { PrivateEndpoint } from './endpoint.ts'
import { PRIVATE_ENDPOINTS } from './private-endpoints.ts'
import { PUBLIC_ENDPOINTS } from './public-reads.ts'
import { rateHeaders, type RateState } from './rate-buckets.ts'
import { type RawRequest, readRequest, subjectOf } from './raw-request.ts'
import type { VenueContext } from './venue-context.ts'
import type { VenueRequest } from '#simulators/venue/venue-request.ts'

const NOT_FOUND = textReply(404, '404 page not found')
const GET_WITH_BODY = textReply(403, '403 Forbidden')
const TOO_FREQUENT = textReply(403, 'access too frequent')
const WRONG_METHOD = textReply(405, '405 Method Not Allowed')

/** Serves HTTP requests of one venue. */
export class HttpFront implements VenueHttp {
  readonly #context: VenueContext
  readonly #control: ControlHandler
  readonly #stopped: AbortSignal

  constructor(context: VenueContext, control: ControlHandler, stopped: AbortSignal) {
    this.#context = context
    this.#control = control
    this.#stopped = stopped
  }

  now(): number {
    return this.#context.venue.now()
  }

  headers(): Reply['headers'] {
    return { Timenow: String(this.#context.venue.now()) }
  }

  /** Decides how a request ends. */
  async answer(request: VenueRequest): Promise<ConnectionOutcome> {
    const raw = await readRequest(request)
    if (raw.path.startsWith('/control/')) return { reply: this.#command(raw) }
    if (!this.#context.rates.takeOfMachine(raw.address, this.#context.venue.now())) return { reply: TOO_FREQUENT }
    if (raw.method === 'GET' && raw.body !== '') return { reply: GET_WITH_BODY }
    const subject = subjectOf(raw, this.#context)
    const refusal = this.#context.faults.ofKinds(subject, ['ret-code', 'ip-ban'])
    if (refusal?.kind === 'ip-ban') return { reply: TOO_FREQUENT }
    if (refusal?.kind === 'ret-code') {
      const reply = refusal.processed ? this.#answer(raw) : undefined
      return { reply: this.#enveloped({ retCode: refusal.code, retMsg: refusal.message }, reply?.headers) }
    }
    const fault = this.#context.faults.ofRequest(subject)
    return underFault(fault, () => this.#answer(raw), { rateLimited: this.#rateLimited(raw), stopped: this.#stopped })
  }

  #command(raw: RawRequest): Reply {
    const name = raw.path.slice('/control/'.length)
    if (raw.method === 'GET') return this.#control(name, {})
    return raw.json === undefined ? jsonReply({ error: 'Expected a JSON object.' }, 400) : this.#control(name, raw.json)
  }

  #answer(raw: RawRequest): Reply {
    const open = Object.hasOwn(PUBLIC_ENDPOINTS, raw.path) ? PUBLIC_ENDPOINTS[raw.path] : undefined
    if (open !== undefined) {
      return raw.method === 'GET' ? this.#enveloped(open.answer(this.#context, raw.query)) : WRONG_METHOD
    }
    const closed = Object.hasOwn(PRIVATE_ENDPOINTS, raw.path) ? PRIVATE_ENDPOINTS[raw.path] : undefined
    if (closed === undefined || closed.method !== raw.method) return NOT_FOUND
    return this.#signed(raw, closed)
  }

  #signed(raw: RawRequest, endpoint: PrivateEndpoint): Reply {
    const payload = raw.method === 'GET' ? raw.queryText : raw.body
    const credentials = credentialsOf(raw.headers, payload, raw.address)
    if (credentials === undefined) {
      return { ...this.#enveloped({ retCode: 10003, retMsg: 'API key is invalid.' }), status: 401 }
    }
    const key = authenticate(this.#context, credentials)
    if (isRefusal(key)) return this.#enveloped(key)
    const denied = checkPermission(key, endpoint)
    if (denied !== undefined) return this.#enveloped(denied)
    const now = this.#context.venue.now()
    const rate = this.#context.rates.take(key.account, raw.path, endpoint.limit, now)
    if (!rate.allowed) return this.#tooMany(rate)
    if (raw.method === 'POST' && raw.json === undefined) {
      return this.#enveloped({ retCode: 10001, retMsg: 'params error: the body is no JSON' }, rateHeaders(rate))
    }
    const { query, json: body } = raw
    const subject = subjectOf(raw, this.#context)
    const answer = endpoint.answer({ context: this.#context, key, account: key.account, query, body, subject })
    return this.#enveloped(answer, rateHeaders(rate))
  }

  #rateLimited(raw: RawRequest): Reply {
    const limit = PRIVATE_ENDPOINTS[raw.path]?.limit ?? 50
    return this.#tooMany({ allowed: false, limit, remaining: 0, resetAt: this.#context.venue.now() + 1000 })
  }

  #tooMany(rate: RateState): Reply {
    return this.#enveloped(
      { retCode: 10006, retMsg: 'Too many visits. Exceeded the API Rate Limit.' },
      rateHeaders(rate),
    )
  }

  #enveloped(answer: Parameters<typeof envelope>[0], headers: Reply['headers'] = {}): Reply {
    return { ...jsonReply(envelope(answer, this.#context.venue.now())), headers }
  }
}
