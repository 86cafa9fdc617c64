/**
 * The REST front: body checks, weight metering, faults, and the hand-over to /info, /exchange and /control. It writes
 * every byte a client sees over HTTP.
 */
import type { RequestFault } from '#simulators/venue/faults.ts'
import type { Answer } from './answer.ts'
import { type ConnectionOutcome, underFault } from '#simulators/venue/connection-outcome.ts'
import type { ControlHandler } from '#simulators/venue/control-endpoint.ts'
import type { VenueHttp } from '#simulators/venue/http-exchange.ts'
import { answerExchange, exchangeWeight } from './exchange.ts'
import { readJsonBody } from './http-body.ts'
import { answerInfo, type InfoDesk, infoWeight } from './info.ts'
import { jsonReply, type Reply } from '#simulators/venue/reply.ts'
import { METHOD_NOT_ALLOWED, NOT_FOUND, RATE_LIMITED } from './reply.ts'
import { exchangeSubject, infoSubject } from './request-subject.ts'
import type { VenueRequest } from '#simulators/venue/venue-request.ts'

/** Serves HTTP requests of one venue. */
export class HttpFront implements VenueHttp {
  readonly #desk: InfoDesk
  readonly #control: ControlHandler
  readonly #stopped: AbortSignal

  constructor(desk: InfoDesk, control: ControlHandler, stopped: AbortSignal) {
    this.#desk = desk
    this.#control = control
    this.#stopped = stopped
  }

  now(): number {
    return this.#desk.venue.now()
  }

  headers(): Reply['headers'] {
    return { 'access-control-allow-origin': '*' }
  }

  /** Decides how a request ends. */
  async answer(request: VenueRequest): Promise<ConnectionOutcome> {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/'
    if (path.startsWith('/control/')) return { reply: await this.#command(request, path.slice('/control/'.length)) }
    if (path !== '/info' && path !== '/exchange') return { reply: NOT_FOUND }
    if (request.method !== 'POST') return { reply: METHOD_NOT_ALLOWED }
    const body = await readJsonBody(request)
    if ('refusal' in body) return { reply: body.refusal }
    const client = request.socket.remoteAddress ?? ''
    return path === '/info' ? this.#info(body.json, client) : this.#exchange(body.json, client)
  }

  async #command(request: VenueRequest, name: string): Promise<Reply> {
    if (request.method === 'GET') return this.#control(name, {})
    if (request.method !== 'POST') return METHOD_NOT_ALLOWED
    const body = await readJsonBody(request)
    return 'refusal' in body ? body.refusal : this.#control(name, body.json)
  }

  async #info(raw: unknown, client: string): Promise<ConnectionOutcome> {
    if (!this.#admit(client, infoWeight(raw))) return { reply: RATE_LIMITED }
    const fault = this.#desk.faults.ofRequest(infoSubject(raw, '/info'))
    return this.#answered(fault, client, () => answerInfo(raw, '/info', this.#desk))
  }

  async #exchange(raw: unknown, client: string): Promise<ConnectionOutcome> {
    if (!this.#admit(client, exchangeWeight(raw))) return { reply: RATE_LIMITED }
    const fault = this.#desk.faults.ofRequest(exchangeSubject(raw, '/exchange', this.#desk))
    return this.#answered(fault, client, () => answerExchange(raw, this.#desk))
  }

  #admit(client: string, weight: number): boolean {
    return this.#desk.ipWeights.take(client, weight, this.#desk.venue.now())
  }

  async #answered(fault: RequestFault | undefined, client: string, act: () => Answer): Promise<ConnectionOutcome> {
    const process = (): Reply => {
      const answer = act()
      if ('refused' in answer) return answer.refused
      this.#desk.ipWeights.charge(client, answer.rowWeight ?? 0, this.#desk.venue.now())
      return jsonReply(answer.body)
    }
    return underFault(fault, process, { rateLimited: RATE_LIMITED, stopped: this.#stopped })
  }
}
