/** The websocket connections of a venue: accepts them, has them hear every step of the venue, and cuts them. */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'

/** One connection. `Account` is how the venue names the account that a connection watches. */
export interface VenueConnection<Batch, Account> {
  /** Whether it watches an account, or speaks for it. */
  watches(account: Account): boolean
  /** Handles a message from the client. */
  receive(text: string): Promise<void> | void
  /** Passes on what a step of the venue means for this connection. */
  publish(batch: Batch): void
  /** Cuts the connection. */
  drop(): void
  /** Frees what the connection held; called once it is closed. */
  closed(): void
}

/** Whether a request may become a websocket: what serves it then, or an HTTP status such as `404 Not Found`. */
export type Admission<Batch, Account> =
  | { readonly connect: (webSocket: WebSocket) => VenueConnection<Batch, Account> }
  | { readonly refusal: string }

/** All connections of one venue. */
export class VenueConnections<Batch, Account> {
  readonly #server = new WebSocketServer({ noServer: true })
  readonly #open = new Set<VenueConnection<Batch, Account>>()
  readonly #stopListening: () => void

  /** Listens to the engine until `close`. */
  constructor(engine: { subscribe(listener: (batch: Batch) => void): () => void }) {
    this.#stopListening = engine.subscribe((batch) => {
      for (const connection of this.#open) connection.publish(batch)
    })
  }

  /** Turns an HTTP connection into a websocket, or refuses it. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, admission: Admission<Batch, Account>): void {
    if ('refusal' in admission) {
      socket.end(`HTTP/1.1 ${admission.refusal}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
      return
    }
    this.#server.handleUpgrade(request, socket, head, (webSocket) => this.accept(webSocket, admission))
  }

  /** Cuts connections: those that watch an account, or all. Returns how many. */
  drop(account?: Account): number {
    const connections = [...this.#open].filter((connection) => account === undefined || connection.watches(account))
    for (const connection of connections) connection.drop()
    return connections.length
  }

  /** Cuts all connections and stops listening to the venue. */
  close(): void {
    this.#stopListening()
    this.drop()
    this.#server.close()
  }

  /** Serves a websocket that stands, however it came here. */
  accept(webSocket: WebSocket, { connect }: Extract<Admission<Batch, Account>, { readonly connect: unknown }>): void {
    const connection = connect(webSocket)
    this.#open.add(connection)
    webSocket.on('message', (data: Buffer) => void receive(connection, data.toString('utf8')))
    webSocket.on('error', () => connection.drop())
    webSocket.on('close', () => {
      connection.closed()
      this.#open.delete(connection)
    })
  }
}

async function receive(connection: VenueConnection<never, never>, text: string): Promise<void> {
  try {
    await connection.receive(text)
  } catch (error) {
    // A defect of the simulator: cut the connection and fail loudly rather than answer something made up.
    connection.drop()
    throw error
  }
}
