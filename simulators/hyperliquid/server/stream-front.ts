/** The websocket front: accepts connections on `/ws` and passes every step of the venue on to them. */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { StreamSession, type StreamShared } from './stream-session.ts'

/** Serves the stream of one venue. */
export class StreamFront {
  readonly #shared: StreamShared
  readonly #server = new WebSocketServer({ noServer: true })
  readonly #sessions = new Set<StreamSession>()
  readonly #stopListening: () => void

  constructor(shared: StreamShared) {
    this.#shared = shared
    this.#stopListening = shared.desk.venue.subscribe((batch) => {
      for (const session of this.#sessions) session.publish(batch)
    })
  }

  /** Turns an HTTP connection into a websocket, or refuses it. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const client = request.socket.remoteAddress ?? ''
    const path = (request.url ?? '/').split('?', 1)[0]
    if (path !== '/ws') return refuse(socket, '404 Not Found')
    if (!this.#shared.limits.open(client, Date.now())) return refuse(socket, '429 Too Many Requests')
    this.#server.handleUpgrade(request, socket, head, (webSocket) => this.#accept(webSocket, client))
  }

  /** Cuts connections: those that watch an account, or all. Returns how many. */
  drop(user?: string): number {
    const sessions = [...this.#sessions].filter((session) => user === undefined || session.watches(user))
    for (const session of sessions) session.drop()
    return sessions.length
  }

  /** Cuts all connections and stops listening to the venue. */
  close(): void {
    this.#stopListening()
    this.drop()
    this.#server.close()
  }

  #accept(socket: WebSocket, client: string): void {
    const session = new StreamSession(socket, client, this.#shared)
    this.#sessions.add(session)
    socket.on('message', (data: Buffer) => {
      session.receive(data.toString('utf8')).catch((error: unknown) => {
        // A defect of the simulator: cut the connection and fail loudly rather than answer something made up.
        session.drop()
        throw error
      })
    })
    socket.on('error', () => session.drop())
    socket.on('close', () => {
      session.closed()
      this.#sessions.delete(session)
      this.#shared.limits.close(client)
    })
  }
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}
