/** The REST front: sign-in, budgets, body checks, faults, and the hand-over to the endpoints. It writes every byte over HTTP. */
import { requestSubject } from '#simulators/projectx/faults/fault-subject.ts'
import { REQUESTS } from '#simulators/projectx/wire/requests.ts'
import { type ConnectionOutcome, underFault } from '#simulators/venue/connection-outcome.ts'
import type { ControlHandler } from '#simulators/venue/control-endpoint.ts'
import type { VenueHttp } from '#simulators/venue/http-exchange.ts'
import { type Reply, textReply } from '#simulators/venue/reply.ts'
import { ACCOUNT_ENDPOINTS } from './account-endpoints.ts'
import {
  bodyReply,
  failed,
  malformed,
  METHOD_NOT_ALLOWED,
  NOT_FOUND,
  NOT_JSON,
  RATE_LIMITED,
  succeeded,
  UNAUTHORIZED,
  UNSUPPORTED_MEDIA,
} from './answers.ts'
import type { Desk } from './desk.ts'
import type { Endpoint } from './endpoint.ts'
import { type BodyResult, readBody } from './http-body.ts'
import { negotiation } from './hub-paths.ts'
import { ORDER_ENDPOINTS } from './order-endpoints.ts'
import { bearerToken } from './sessions.ts'
import type { VenueRequest } from '#simulators/venue/venue-request.ts'

const ENDPOINTS: Readonly<Record<string, Endpoint>> = { ...ACCOUNT_ENDPOINTS, ...ORDER_ENDPOINTS }
const LOGIN = '/api/Auth/loginKey'

/** A body, or the venue's refusal of it, which comes only after those of the token and the budget. */
interface Body {
  readonly raw: unknown
  readonly refusal: Reply | null
}

interface Addressed {
  readonly path: string
  readonly endpoint: Endpoint
  readonly token: string | undefined
}

/** Serves HTTP requests of one venue. */
export class HttpFront implements VenueHttp {
  readonly #desk: Desk
  readonly #control: ControlHandler
  readonly #stopped: AbortSignal

  constructor(desk: Desk, control: ControlHandler, stopped: AbortSignal) {
    this.#desk = desk
    this.#control = control
    this.#stopped = stopped
  }

  now(): number {
    return this.#desk.venue.now()
  }

  /** Decides how a request ends. */
  async answer(request: VenueRequest): Promise<ConnectionOutcome> {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/'
    if (path.startsWith('/control/')) return { reply: await this.#command(request, path.slice('/control/'.length)) }
    if (path === '/api/Status/ping') return { reply: textReply(200, 'pong') }
    const token = bearerToken(request.headers.authorization)
    const negotiated = negotiation(path, request.method, this.#desk.sessions.userOf(token))
    if (negotiated !== undefined) return { reply: negotiated }
    const endpoint = Object.hasOwn(ENDPOINTS, path) ? ENDPOINTS[path] : undefined
    if (endpoint === undefined && path !== LOGIN) return { reply: NOT_FOUND }
    if (request.method !== 'POST') return { reply: METHOD_NOT_ALLOWED }
    const body = bodyOrRefusal(await readBody(request))
    if (endpoint === undefined) return this.#login(body, request.socket.remoteAddress ?? '')
    return this.#call({ path, endpoint, token, ...body })
  }

  async #command(request: VenueRequest, name: string): Promise<Reply> {
    if (request.method === 'GET') return this.#control(name, {})
    if (request.method !== 'POST') return METHOD_NOT_ALLOWED
    const body = await readBody(request)
    return 'json' in body ? this.#control(name, body.json) : NOT_JSON
  }

  async #login({ raw, refusal }: Body, address: string): Promise<ConnectionOutcome> {
    const { budget, venue, faults, sessions } = this.#desk
    if (!budget.take(address, 'general', venue.now())) return { reply: RATE_LIMITED }
    const process = (): Reply => {
      if (refusal !== null) return refusal
      const parsed = REQUESTS.login.safeParse(raw)
      if (!parsed.success) return malformed(parsed.error)
      const result = sessions.login(parsed.data.userName, parsed.data.apiKey)
      if ('errorCode' in result) return bodyReply({ token: null, ...failed(result.errorCode) })
      return bodyReply({ token: result.token, ...succeeded() })
    }
    return this.#underFaults(faults.ofRequest(requestSubject(venue, LOGIN, raw)), process)
  }

  async #call({ path, endpoint, token, raw, refusal }: Addressed & Body): Promise<ConnectionOutcome> {
    const { budget, venue, faults, sessions } = this.#desk
    const userName = sessions.userOf(token)
    if (userName === undefined || token === undefined) return { reply: UNAUTHORIZED }
    if (!budget.take(userName, endpoint.budget, venue.now())) return { reply: RATE_LIMITED }
    if (refusal !== null) return { reply: refusal }
    const subject = requestSubject(venue, path, raw)
    const fault = faults.ofRequest(subject)
    if (fault === undefined && faults.ofKinds(subject, ['unauthorized']) !== undefined) return { reply: UNAUTHORIZED }
    const code = fault === undefined ? faults.ofKinds(subject, ['error-code']) : undefined
    const process = (): Reply => {
      const parsed = endpoint.schema.safeParse(raw)
      if (!parsed.success) return malformed(parsed.error)
      return bodyReply(endpoint.answer(parsed.data as never, { desk: this.#desk, userName, token, subject }))
    }
    if (code === undefined) return this.#underFaults(fault, process)
    if (code.processed) process()
    const orderId = path === '/api/Order/place' ? { orderId: null } : {}
    return { reply: bodyReply(failed(code.code, null, orderId)) }
  }

  #underFaults(fault: Parameters<typeof underFault>[0], process: () => Reply): Promise<ConnectionOutcome> {
    return underFault(fault, process, { rateLimited: RATE_LIMITED, stopped: this.#stopped })
  }
}

function bodyOrRefusal(body: BodyResult): Body {
  if ('json' in body) return { raw: body.json, refusal: null }
  return { raw: undefined, refusal: body.refusal === 'not-json' ? NOT_JSON : UNSUPPORTED_MEDIA }
}
