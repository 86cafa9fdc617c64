/** Opens a venue's port, has real time run in it, and closes all of it again. */
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import type { DrivenClock } from './driven-clock.ts'
import { type DueVenue, settleWhenDue } from './due-timer.ts'
import { serveRequest, type VenueHttp } from './http-exchange.ts'
import type { Admission, VenueConnections } from './venue-connections.ts'
import type { VenueRequest } from './venue-request.ts'

/** A venue made ready to listen. */
export interface ReadyVenue {
  readonly engine: DueVenue
  readonly clock: DrivenClock
  readonly http: VenueHttp
  readonly streams: {
    upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
    admit(request: VenueRequest): Admission<never, never>
    readonly connections: Pick<VenueConnections<never, never>, 'accept' | 'close'>
  }
  /** Aborted when the venue stops: whoever waits gives up. */
  readonly stopping: AbortController
}

/** A venue that listens. */
export interface ListeningVenue {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string
  readonly port: number
  /** Cuts all connections and frees the port. Idempotent. */
  stop(): Promise<void>
}

/** Brings a venue to where its clients find it. */
export type Listen = (venue: ReadyVenue, port?: number) => Promise<ListeningVenue>

const HOST = '127.0.0.1'
/** Longer than clients keep idle connections, so that the venue is never the one to close first. */
const KEEP_ALIVE_MS = 75_000

/** Resolves once the venue listens; port 0 = any free one. @throws when the port is taken */
export async function listenAs(venue: ReadyVenue, wanted = 0): Promise<ListeningVenue> {
  const { engine, clock, http, streams, stopping } = venue
  const server = createServer((request, response) => void serveRequest(http, request, response))
  server.keepAliveTimeout = KEEP_ALIVE_MS
  server.on('upgrade', (request, socket, head) => streams.upgrade(request, socket, head))
  const port = await listen(server, wanted)
  const stopSettling = clock.kind === 'real' ? settleWhenDue(engine) : () => {}
  const stop = async () => {
    if (stopping.signal.aborted) return
    stopping.abort()
    stopSettling()
    streams.connections.close()
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    server.closeAllConnections()
    await closed
  }
  return { url: `http://${HOST}:${port}`, port, stop }
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, HOST, () => {
      server.off('error', reject)
      resolve()
    })
  })
  return (server.address() as AddressInfo).port
}
