/** A connection on `/v5/trade`: order entry over a socket (reference section B10). The venue has none on demo. */
import { z } from 'zod'
import { isRefusal, type Refusal, refuse } from '#simulators/bybit/engine/refusal.ts'
import { isTimely } from '#simulators/bybit/wire/signature.ts'
import { underFault } from '#simulators/venue/connection-outcome.ts'
import { jsonReply, type Reply } from '#simulators/venue/reply.ts'
import { jsonOf } from '#simulators/venue/request-body.ts'
import type { ApiKey } from './api-keys.ts'
import { authenticateStream, checkPermission } from './authenticate.ts'
import { rateHeaders } from './rate-buckets.ts'
import { textField } from './raw-request.ts'
import type { StreamConnection } from './stream-connection.ts'
import type { SessionParts } from './private-session.ts'
import type { StreamSession } from './stream-session.ts'
import { TRADING_ENDPOINTS } from './trading-endpoints.ts'
import type { RequestSubject, VenueContext } from './venue-context.ts'

const PATHS: Readonly<Record<string, string>> = {
  'order.create': '/v5/order/create',
  'order.amend': '/v5/order/amend',
  'order.cancel': '/v5/order/cancel',
}
const DEFAULT_RECV_WINDOW = 5000

const tradeRequest = z.object({
  reqId: z.string().optional(),
  op: z.string(),
  args: z.array(z.unknown()).default([]),
  header: z.record(z.string(), z.unknown()).default({}),
})
type TradeRequest = z.output<typeof tradeRequest>

/** One order-entry connection. */
export class TradeSession implements StreamSession {
  readonly #connection: StreamConnection
  readonly #context: VenueContext
  readonly #address: string
  readonly #stopped: AbortSignal
  readonly #seen = new Set<string>()
  #key: ApiKey | undefined

  constructor({ connection, context, address }: SessionParts, stopped: AbortSignal) {
    this.#connection = connection
    this.#context = context
    this.#address = address
    this.#stopped = stopped
  }

  watches(account: string): boolean {
    return this.#key?.account === account
  }

  drop(): void {
    this.#connection.drop()
  }

  closed(): void {
    this.#connection.closed()
  }

  publish(): void {
    // Order entry tells nothing unasked.
  }

  async receive(text: string): Promise<void> {
    this.#connection.heard()
    const request = tradeRequest.safeParse(jsonOf(text)).data
    if (request === undefined) return this.#connection.send({ retCode: 10001, retMsg: 'Invalid request', op: '' })
    if (request.op === 'ping') return this.#pong()
    if (request.op === 'auth') return this.#auth(request)
    const path = PATHS[request.op]
    if (path === undefined)
      return this.#connection.sendText(this.#reply(request, refuse(10404, 'op type is not found')).body)
    return this.#trade(request, path)
  }

  #pong(): void {
    const data = [String(this.#context.venue.now())]
    this.#connection.send({ retCode: 0, retMsg: 'OK', op: 'pong', data, connId: this.#connection.id })
  }

  #auth({ args, reqId }: TradeRequest): void {
    const named = reqId === undefined ? {} : { reqId }
    const [apiKey = '', expires = '', signature = ''] = args.map(String)
    const key =
      this.#key === undefined
        ? authenticateStream(this.#context, { apiKey, expires, signature, address: this.#address })
        : refuse(20001, 'Repeat auth')
    const { retCode, retMsg } = isRefusal(key) ? key : { retCode: 0, retMsg: 'OK' }
    if (!isRefusal(key)) this.#key = key
    this.#connection.send({ ...named, retCode, retMsg, op: 'auth', connId: this.#connection.id })
  }

  async #trade(request: TradeRequest, path: string): Promise<void> {
    const [body] = request.args
    const subject: RequestSubject = {
      path: '/v5/trade',
      orderLinkId: textField(body, 'orderLinkId'),
      symbol: textField(body, 'symbol'),
      topic: undefined,
      account: this.#key?.account,
    }
    const scripted = this.#context.faults.ofKinds(subject, ['ret-code'])
    if (scripted !== undefined) {
      if (scripted.processed) this.#process(request, path, subject)
      return this.#connection.sendText(this.#reply(request, refuse(scripted.code, scripted.message)).body)
    }
    const rateLimited = this.#reply(request, refuse(10429, 'System level frequency protection'))
    const outcome = await underFault(
      this.#context.faults.ofRequest(subject),
      () => this.#process(request, path, subject),
      { rateLimited, stopped: this.#stopped },
    )
    if (outcome === 'hang') return
    if (outcome === 'drop') return this.drop()
    const { status, body: text } = outcome.reply
    // A socket has no HTTP status: an error of the venue comes as its code.
    this.#connection.sendText(status === 200 ? text : this.#reply(request, refuse(10016, 'Internal server error')).body)
  }

  #process(request: TradeRequest, path: string, subject: RequestSubject): Reply {
    const refused = this.#refuse(request)
    if (refused !== undefined) return this.#reply(request, refused)
    const key = this.#key
    const endpoint = TRADING_ENDPOINTS[path]
    if (key === undefined || endpoint === undefined)
      return this.#reply(request, refuse(10004, 'Request not authorized'))
    const denied = checkPermission(key, endpoint)
    if (denied !== undefined) return this.#reply(request, denied)
    const rate = this.#context.rates.take(key.account, path, endpoint.limit, this.#context.venue.now())
    const headers = rateHeaders(rate)
    if (!rate.allowed)
      return this.#reply(request, refuse(10006, 'Too many visits. Exceeded the API Rate Limit.'), headers)
    const [body] = request.args
    const signed = { context: this.#context, key, account: key.account, query: new URLSearchParams(), body, subject }
    const answer = endpoint.answer(signed)
    return this.#reply(request, isRefusal(answer) ? answer : { data: answer.result }, headers)
  }

  #refuse({ reqId, header }: TradeRequest): Refusal | undefined {
    if (reqId !== undefined && this.#seen.has(reqId)) return refuse(20006, 'reqId is duplicated')
    if (reqId !== undefined) this.#seen.add(reqId)
    const timestamp = Number(header['X-BAPI-TIMESTAMP'])
    const window = Number(header['X-BAPI-RECV-WINDOW'] ?? DEFAULT_RECV_WINDOW)
    return isTimely(timestamp, window, this.#context.venue.now())
      ? undefined
      : refuse(10002, 'invalid request timestamp')
  }

  #reply(request: TradeRequest, answer: Refusal | { readonly data: unknown }, headers: Reply['headers'] = {}): Reply {
    const named = request.reqId === undefined ? {} : { reqId: request.reqId }
    const { retCode, retMsg } = 'data' in answer ? { retCode: 0, retMsg: 'OK' } : answer
    return jsonReply({
      ...named,
      retCode,
      retMsg,
      op: request.op,
      data: 'data' in answer ? answer.data : {},
      retExtInfo: {},
      header: { ...headers, Traceid: this.#connection.id, Timenow: String(this.#context.venue.now()) },
      connId: this.#connection.id,
    })
  }
}
