/** The websocket front: accepts connections on the venue's three streams and passes every step of the venue on to them. */
import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Instrument } from '#simulators/bybit/engine/instrument.ts'
import { PrivateSession, type SessionParts } from './private-session.ts'
import { PublicSession } from './public-session.ts'
import { addressOf } from './raw-request.ts'
import { StreamConnection } from './stream-connection.ts'
import type { StreamSession } from './stream-session.ts'
import { TradeSession } from './trade-session.ts'
import type { VenueContext } from './venue-context.ts'

/** Serves the streams of one venue. */
export class StreamFront {
  readonly #context: VenueContext
  readonly #stopped: AbortSignal
  readonly #server = new WebSocketServer({ noServer: true })
  readonly #sessions = new Set<StreamSession>()
  readonly #instruments: ReadonlyMap<string, Instrument>
  readonly #stopListening: () => void

  constructor(context: VenueContext, stopped: AbortSignal) {
    this.#context = context
    this.#stopped = stopped
    this.#instruments = new Map(context.venue.market.instruments().map((row) => [row.symbol, row]))
    this.#stopListening = context.venue.subscribe((batch) => {
      for (const session of this.#sessions) session.publish(batch)
    })
  }

  /** Turns an HTTP connection into a websocket, or refuses it. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const url = new URL(request.url ?? '/', 'ws://venue')
    const known = ['/v5/private', '/v5/public/linear', ...(this.#context.env === 'demo' ? [] : ['/v5/trade'])]
    if (!known.includes(url.pathname)) return refuse(socket, '404 Not Found')
    this.#server.handleUpgrade(request, socket, head, (webSocket) => this.#accept(webSocket, url, addressOf(request)))
  }

  /** Cuts connections: those that speak for an account, or all. Returns how many. */
  drop(account?: string): number {
    const sessions = [...this.#sessions].filter((session) => account === undefined || session.watches(account))
    for (const session of sessions) session.drop()
    return sessions.length
  }

  /** Cuts all connections and stops listening to the venue. */
  close(): void {
    this.#stopListening()
    this.drop()
    this.#server.close()
  }

  #accept(socket: WebSocket, url: URL, address: string): void {
    const idleMs = activeTime(url.searchParams.get('max_active_time'))
    const options = { id: randomBytes(10).toString('hex'), ...(idleMs === undefined ? {} : { idleMs }) }
    const connection = new StreamConnection(socket, this.#context, options)
    const session = this.#session(url.pathname, {
      connection,
      context: this.#context,
      instruments: this.#instruments,
      address,
    })
    this.#sessions.add(session)
    socket.on('message', (data: Buffer) => void this.#receive(session, data.toString('utf8')))
    socket.on('error', () => session.drop())
    socket.on('close', () => {
      session.closed()
      this.#sessions.delete(session)
    })
  }

  #session(path: string, parts: SessionParts): StreamSession {
    if (path === '/v5/trade') return new TradeSession(parts, this.#stopped)
    return path === '/v5/private' ? new PrivateSession(parts) : new PublicSession(parts)
  }

  async #receive(session: StreamSession, text: string): Promise<void> {
    try {
      await session.receive(text)
    } catch (error) {
      // A defect of the simulator: cut the connection and fail loudly rather than answer something made up.
      session.drop()
      throw error
    }
  }
}

/** `30s` to `600s`; undefined for anything else. */
function activeTime(text: string | null): number | undefined {
  const seconds = Number(/^(\d+)s$/.exec(text ?? '')?.[1] ?? Number.NaN)
  return seconds >= 30 && seconds <= 600 ? seconds * 1000 : undefined
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}
