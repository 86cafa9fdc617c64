/** The websocket front: accepts hub connections with a good token. */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { VenueEvent } from '#simulators/projectx/engine/event.ts'
import { type Admission, VenueConnections } from '#simulators/venue/venue-connections.ts'
import type { VenueRequest } from '#simulators/venue/venue-request.ts'
import type { Desk } from './desk.ts'
import { HubConnection, type HubTiming } from './hub-connection.ts'
import { hubOf } from './hub-paths.ts'
import type { EventShape } from './hub-subscriptions.ts'
import { bearerToken } from './sessions.ts'

/** Serves the hubs of one venue. */
export class HubFront {
  readonly connections: VenueConnections<readonly VenueEvent[], number>
  readonly #desk: Desk
  readonly #timing: HubTiming
  readonly #shape: EventShape

  constructor(desk: Desk, timing: HubTiming, shape: EventShape) {
    this.#desk = desk
    this.#timing = timing
    this.#shape = shape
    this.connections = new VenueConnections(desk.venue)
  }

  /** Turns an HTTP connection into a websocket, or refuses it. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.connections.upgrade(request, socket, head, this.admit(request))
  }

  /** Decides about a connection. The token comes as a header or in the address. */
  admit(request: VenueRequest): Admission<readonly VenueEvent[], number> {
    const url = new URL(request.url ?? '/', 'http://venue')
    const hub = hubOf(url.pathname)
    if (hub === undefined) return { refusal: '404 Not Found' }
    const token = bearerToken(request.headers.authorization) ?? url.searchParams.get('access_token') ?? undefined
    const userName = this.#desk.sessions.userOf(token)
    if (userName === undefined) return { refusal: '401 Unauthorized' }
    const place = { hub, userName, desk: this.#desk, timing: this.#timing, shape: this.#shape }
    return { connect: (webSocket) => new HubConnection(webSocket, place) }
  }
}
