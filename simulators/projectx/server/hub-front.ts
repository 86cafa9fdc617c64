/** The websocket front: accepts hub connections with a good token. */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { VenueEvent } from '#simulators/projectx/engine/event.ts'
import { refuseUpgrade, VenueConnections } from '#simulators/venue/venue-connections.ts'
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

  /** Turns an HTTP connection into a websocket, or refuses it. The token comes as a header or in the address. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const url = new URL(request.url ?? '/', 'http://venue')
    const hub = hubOf(url.pathname)
    if (hub === undefined) return refuseUpgrade(socket, '404 Not Found')
    const token = bearerToken(request.headers.authorization) ?? url.searchParams.get('access_token') ?? undefined
    const userName = this.#desk.sessions.userOf(token)
    if (userName === undefined) return refuseUpgrade(socket, '401 Unauthorized')
    const place = { hub, userName, desk: this.#desk, timing: this.#timing, shape: this.#shape }
    this.connections.upgrade(request, socket, head, (webSocket) => new HubConnection(webSocket, place))
  }
}
