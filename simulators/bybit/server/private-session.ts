/** A connection on `/v5/private`: sign-in, subscriptions, pushes. Nothing is replayed (reference section B9). */
import { randomUUID } from 'node:crypto'
import type { VenueEvent, VenueEventBatch } from '#simulators/bybit/engine/event.ts'
import type { Instrument } from '#simulators/bybit/engine/instrument.ts'
import { isRefusal } from '#simulators/bybit/engine/refusal.ts'
import { executionPush } from '#simulators/bybit/wire/execution-row.ts'
import { orderPush } from '#simulators/bybit/wire/order-row.ts'
import { positionPush, walletRow } from '#simulators/bybit/wire/position-row.ts'
import { jsonOf } from '#simulators/venue/request-body.ts'
import { authenticateStream } from './authenticate.ts'
import type { StreamConnection } from './stream-connection.ts'
import { readSubscriptionRequest, type StreamSession, type SubscriptionRequest, topicsOf } from './stream-session.ts'
import type { VenueContext } from './venue-context.ts'

const TOPICS: ReadonlySet<string> = new Set(['order', 'execution', 'position', 'wallet'])
const CATEGORISED: ReadonlySet<string> = new Set(['order', 'execution', 'position'])

/** What the front hands to a session. */
export interface SessionParts {
  readonly connection: StreamConnection
  readonly context: VenueContext
  readonly instruments: ReadonlyMap<string, Instrument>
  readonly address: string
}

/** One private connection. */
export class PrivateSession implements StreamSession {
  readonly #connection: StreamConnection
  readonly #context: VenueContext
  readonly #instruments: ReadonlyMap<string, Instrument>
  readonly #address: string
  readonly #topics = new Set<string>()
  #account: string | undefined

  constructor({ connection, context, instruments, address }: SessionParts) {
    this.#connection = connection
    this.#context = context
    this.#instruments = instruments
    this.#address = address
  }

  watches(account: string): boolean {
    return this.#account === account
  }

  drop(): void {
    this.#connection.drop()
  }

  closed(): void {
    this.#connection.closed()
  }

  receive(text: string): void {
    this.#connection.heard()
    const request = readSubscriptionRequest(jsonOf(text))
    if (request === undefined) return this.#reply('', undefined, 'Invalid request')
    switch (request.op) {
      case 'ping':
        return this.#pong(request)
      case 'auth':
        return this.#auth(request)
      case 'subscribe':
      case 'unsubscribe':
        return this.#subscribe(request)
      default:
        return this.#reply(request.op, request.req_id, `unknown op ${request.op}`)
    }
  }

  publish(batch: VenueEventBatch): void {
    const account = this.#account
    if (account === undefined) return
    const own = batch.events.filter((event) => event.type !== 'ticker' && event.account === account)
    const lastOf = new Map(own.map((event) => [positionKey(event), event]))
    for (const event of own) {
      // Several changes of one position in one step are one message.
      if (event.type !== 'position' || lastOf.get(positionKey(event)) === event) this.#push(account, event, batch.time)
    }
  }

  #pong({ req_id }: SubscriptionRequest): void {
    const named = req_id === undefined ? {} : { req_id }
    this.#connection.send({
      ...named,
      op: 'pong',
      args: [String(this.#context.venue.now())],
      conn_id: this.#connection.id,
    })
  }

  #auth({ req_id, args = [] }: SubscriptionRequest): void {
    const [apiKey, expires, signature] = args.map(String)
    const key = authenticateStream(this.#context, {
      apiKey: apiKey ?? '',
      expires: expires ?? '',
      signature: signature ?? '',
      address: this.#address,
    })
    if (isRefusal(key)) {
      this.#reply('auth', req_id, key.retMsg)
      this.#connection.end()
      return
    }
    this.#account = key.account
    this.#reply('auth', req_id)
  }

  #subscribe(request: SubscriptionRequest): void {
    const { op, req_id } = request
    const topics = topicsOf(request)
    if (this.#account === undefined) return this.#reply(op, req_id, 'Request not authorized')
    const unknown = topics.find((topic) => !isTopic(topic))
    if (unknown !== undefined) return this.#reply(op, req_id, `error:handler not found,topic:${unknown}`)
    const mixed = topics.some((topic) => topics.includes(`${topic}.linear`))
    if (mixed) return this.#reply(op, req_id, 'error:all-in-one and categorised topics cannot be mixed')
    for (const topic of topics) {
      if (op === 'subscribe') this.#topics.add(topic)
      else this.#topics.delete(topic)
    }
    this.#reply(op, req_id)
  }

  #reply(op: string, reqId: string | undefined, error = ''): void {
    const named = reqId === undefined ? {} : { req_id: reqId }
    this.#connection.send({ success: error === '', ret_msg: error, op, ...named, conn_id: this.#connection.id })
  }

  #push(account: string, event: VenueEvent, time: number): void {
    const data = this.#row(event)
    if (data === undefined) return
    for (const topic of [event.type, `${event.type}.linear`]) {
      if (!this.#topics.has(topic)) continue
      this.#connection.push(
        { id: pushId(event), topic, creationTime: time, data: [data] },
        { path: '/v5/private', topic: event.type, account, symbol: symbolOf(event), orderLinkId: linkIdOf(event) },
      )
    }
  }

  #row(event: VenueEvent): object | undefined {
    const instrument = this.#instruments.get(symbolOf(event) ?? '')
    switch (event.type) {
      case 'order':
        return instrument && orderPush(instrument, event.order)
      case 'execution':
        return executionPush(event.execution)
      case 'position':
        return instrument && positionPush({ instrument, position: event.position, mark: event.mark })
      case 'wallet':
        return walletRow(event.balances)
      case 'ticker':
        return undefined
    }
  }
}

function isTopic(topic: string): boolean {
  const [name = '', category, ...more] = topic.split('.')
  if (category === undefined) return TOPICS.has(name)
  return category === 'linear' && more.length === 0 && CATEGORISED.has(name)
}

function positionKey(event: VenueEvent): string {
  return event.type === 'position' ? event.position.symbol : event.type
}

function symbolOf(event: VenueEvent): string | undefined {
  switch (event.type) {
    case 'order':
      return event.order.symbol
    case 'execution':
      return event.execution.symbol
    case 'position':
      return event.position.symbol
    case 'ticker':
      return event.prices.symbol
    case 'wallet':
      return undefined
  }
}

function linkIdOf(event: VenueEvent): string | undefined {
  if (event.type === 'order') return event.order.orderLinkId
  return event.type === 'execution' ? event.execution.orderLinkId : undefined
}

function pushId(event: VenueEvent): string {
  if (event.type !== 'execution') return randomUUID()
  return `386825804_${event.execution.symbol}_${event.execution.seq}`
}
