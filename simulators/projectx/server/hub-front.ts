/** The websocket front: accepts hub connections with a good token and passes every step of the venue on to them. */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Desk } from './desk.ts'
import { HubConnection, type HubPlace, type HubTiming } from './hub-connection.ts'
import { hubOf } from './hub-paths.ts'
import type { EventShape } from './hub-subscriptions.ts'
import { bearerToken } from './sessions.ts'

/** Serves the hubs of one venue. */
export class HubFront {
  readonly #desk: Desk
  readonly #timing: HubTiming
  readonly #shape: EventShape
  readonly #server = new WebSocketServer({ noServer: true })
  readonly #connections = new Set<HubConnection>()
  readonly #stopListening: () => void

  constructor(desk: Desk, timing: HubTiming, shape: EventShape) {
    this.#desk = desk
    this.#timing = timing
    this.#shape = shape
    this.#stopListening = desk.venue.subscribe((events) => {
      for (const connection of this.#connections) connection.publish(events)
    })
  }

  /** Turns an HTTP connection into a websocket, or refuses it. The token comes as a header or in the address. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const url = new URL(request.url ?? '/', 'http://venue')
    const hub = hubOf(url.pathname)
    if (hub === undefined) return refuse(socket, '404 Not Found')
    const token = bearerToken(request.headers.authorization) ?? url.searchParams.get('access_token') ?? undefined
    const userName = this.#desk.sessions.userOf(token)
    if (userName === undefined) return refuse(socket, '401 Unauthorized')
    const place = { hub, userName, desk: this.#desk, timing: this.#timing, shape: this.#shape }
    this.#server.handleUpgrade(request, socket, head, (webSocket) => this.#accept(webSocket, place))
  }

  /** Cuts connections: those that watch an account, or all. Returns how many. */
  drop(accountId?: number): number {
    const connections = [...this.#connections].filter(
      (connection) => accountId === undefined || connection.watches(accountId),
    )
    for (const connection of connections) connection.drop()
    return connections.length
  }

  /** Cuts all connections and stops listening to the venue. */
  close(): void {
    this.#stopListening()
    this.drop()
    this.#server.close()
  }

  #accept(socket: WebSocket, place: HubPlace): void {
    const connection = new HubConnection(socket, place)
    this.#connections.add(connection)
    socket.on('message', (data: Buffer) => connection.receive(data.toString('utf8')))
    socket.on('error', () => connection.drop())
    socket.on('close', () => {
      connection.closed()
      this.#connections.delete(connection)
    })
  }
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}
