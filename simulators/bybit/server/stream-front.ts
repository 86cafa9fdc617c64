/** The websocket front: accepts connections on the venue's three streams. */
import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import type { VenueEventBatch } from '#simulators/bybit/engine/event.ts'
import type { Instrument } from '#simulators/bybit/engine/instrument.ts'
import { type Admission, VenueConnections } from '#simulators/venue/venue-connections.ts'
import type { VenueRequest } from '#simulators/venue/venue-request.ts'
import { PrivateSession } from './private-session.ts'
import { PublicSession } from './public-session.ts'
import { addressOf } from './raw-request.ts'
import { StreamConnection } from './stream-connection.ts'
import type { StreamSession } from './stream-session.ts'
import { TradeSession } from './trade-session.ts'
import type { VenueContext } from './venue-context.ts'

/** Serves the streams of one venue. */
export class StreamFront {
  readonly connections: VenueConnections<VenueEventBatch, string>
  readonly #context: VenueContext
  readonly #stopped: AbortSignal
  readonly #instruments: ReadonlyMap<string, Instrument>

  constructor(context: VenueContext, stopped: AbortSignal) {
    this.#context = context
    this.#stopped = stopped
    this.#instruments = new Map(context.venue.market.instruments().map((row) => [row.symbol, row]))
    this.connections = new VenueConnections(context.venue)
  }

  /** Turns an HTTP connection into a websocket, or refuses it. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.connections.upgrade(request, socket, head, this.admit(request))
  }

  /** Decides about a connection. */
  admit(request: VenueRequest): Admission<VenueEventBatch, string> {
    const url = new URL(request.url ?? '/', 'ws://venue')
    const known = ['/v5/private', '/v5/public/linear', ...(this.#context.env === 'demo' ? [] : ['/v5/trade'])]
    if (!known.includes(url.pathname)) return { refusal: '404 Not Found' }
    const address = addressOf(request)
    return { connect: (webSocket) => this.#connect(webSocket, url, address) }
  }

  #connect(socket: WebSocket, url: URL, address: string): StreamSession {
    const idleMs = activeTime(url.searchParams.get('max_active_time'))
    const options = { id: randomBytes(10).toString('hex'), ...(idleMs === undefined ? {} : { idleMs }) }
    const connection = new StreamConnection(socket, this.#context, options)
    const parts = { connection, context: this.#context, instruments: this.#instruments, address }
    if (url.pathname === '/v5/trade') return new TradeSession(parts, this.#stopped)
    return url.pathname === '/v5/private' ? new PrivateSession(parts) : new PublicSession(parts)
  }
}

/** `30s` to `600s`; undefined for anything else. */
function activeTime(text: string | null): number | undefined {
  const seconds = Number(/^(\d+)s$/.exec(text ?? '')?.[1] ?? Number.NaN)
  return seconds >= 30 && seconds <= 600 ? seconds * 1000 : undefined
}
