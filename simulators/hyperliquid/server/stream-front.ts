/** The websocket front: accepts connections on `/ws`, as many as the venue allows a machine. */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { VenueEventBatch } from '#simulators/hyperliquid/engine/event.ts'
import { type Admission, VenueConnections } from '#simulators/venue/venue-connections.ts'
import type { VenueRequest } from '#simulators/venue/venue-request.ts'
import { StreamSession, type StreamShared } from './stream-session.ts'

/** Serves the stream of one venue. */
export class StreamFront {
  readonly connections: VenueConnections<VenueEventBatch, string>
  readonly #shared: StreamShared

  constructor(shared: StreamShared) {
    this.#shared = shared
    this.connections = new VenueConnections(shared.desk.venue)
  }

  /** Turns an HTTP connection into a websocket, or refuses it. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.connections.upgrade(request, socket, head, this.admit(request))
  }

  /** Decides about a connection; one that is admitted counts from now on. */
  admit(request: VenueRequest): Admission<VenueEventBatch, string> {
    const client = request.socket.remoteAddress ?? ''
    const path = (request.url ?? '/').split('?', 1)[0]
    if (path !== '/ws') return { refusal: '404 Not Found' }
    const { limits } = this.#shared
    if (!limits.open(client, Date.now())) return { refusal: '429 Too Many Requests' }
    return {
      connect: (webSocket) => {
        webSocket.on('close', () => limits.close(client))
        return new StreamSession(webSocket, client, this.#shared)
      },
    }
  }
}
