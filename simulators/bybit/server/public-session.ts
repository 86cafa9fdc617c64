/** A connection on `/v5/public/linear`: tickers as a snapshot and what moved since. */
import type { VenueEventBatch } from '#simulators/bybit/engine/event.ts'
import type { Instrument } from '#simulators/bybit/engine/instrument.ts'
import type { PriceView } from '#simulators/bybit/engine/record.ts'
import { tickerDelta, tickerRow } from '#simulators/bybit/wire/market-row.ts'
import { jsonOf } from '#simulators/venue/request-body.ts'
import type { SessionParts } from './private-session.ts'
import type { StreamConnection } from './stream-connection.ts'
import { readSubscriptionRequest, type StreamSession, type SubscriptionRequest, topicsOf } from './stream-session.ts'
import type { VenueContext } from './venue-context.ts'

const TICKERS = 'tickers.'

/** One public connection. */
export class PublicSession implements StreamSession {
  readonly #connection: StreamConnection
  readonly #context: VenueContext
  readonly #instruments: ReadonlyMap<string, Instrument>
  readonly #symbols = new Set<string>()
  #sequence = 0

  constructor({ connection, context, instruments }: SessionParts) {
    this.#connection = connection
    this.#context = context
    this.#instruments = instruments
  }

  watches(): boolean {
    return false
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
    if (request?.op === 'ping') return this.#reply({ ...request, op: 'ping' }, true, 'pong')
    if (request?.op !== 'subscribe' && request?.op !== 'unsubscribe') {
      return this.#reply(request ?? { op: '' }, false, 'Invalid request')
    }
    const topics = topicsOf(request)
    const unknown = topics.find((topic) => !this.#instruments.has(symbolOf(topic)))
    if (unknown !== undefined) return this.#reply(request, false, `error:handler not found,topic:${unknown}`)
    this.#reply(request, true, '')
    for (const topic of topics) this.#follow(request.op, symbolOf(topic))
  }

  publish(batch: VenueEventBatch): void {
    for (const event of batch.events) {
      if (event.type !== 'ticker' || !this.#symbols.has(event.prices.symbol)) continue
      this.#push('delta', event.prices, batch.time)
    }
  }

  #follow(op: string, symbol: string): void {
    if (op === 'unsubscribe') {
      this.#symbols.delete(symbol)
      return
    }
    this.#symbols.add(symbol)
    const prices = this.#context.venue.market.prices(symbol)
    if (prices !== undefined) this.#push('snapshot', prices, this.#context.venue.now())
  }

  #push(type: 'snapshot' | 'delta', prices: PriceView, ts: number): void {
    const { symbol } = prices
    const instrument = this.#instruments.get(symbol)
    if (instrument === undefined) return
    const data = type === 'snapshot' ? tickerRow(instrument, prices) : tickerDelta(instrument, prices)
    this.#connection.push(
      { topic: `${TICKERS}${symbol}`, type, data, cs: ++this.#sequence, ts },
      { path: '/v5/public/linear', topic: 'tickers', symbol, account: undefined, orderLinkId: undefined },
    )
  }

  #reply({ op, req_id = '' }: Pick<SubscriptionRequest, 'op' | 'req_id'>, success: boolean, ret_msg: string): void {
    this.#connection.send({ success, ret_msg, conn_id: this.#connection.id, req_id, op })
  }
}

function symbolOf(topic: string): string {
  return topic.startsWith(TICKERS) ? topic.slice(TICKERS.length) : ''
}
