/** One websocket connection, whatever it is for: sending, faults of what is sent, and its end when nobody speaks. */
import type { WebSocket } from 'ws'
import { FaultDelivery } from '#simulators/venue/fault-delivery.ts'
import type { RequestSubject, VenueContext } from './venue-context.ts'

/** A connection that says nothing for this long is cut, unless it asked for less (reference section B9). */
const IDLE_MS = 600_000

/** A connection under faults. */
export class StreamConnection {
  readonly id: string
  readonly #socket: WebSocket
  readonly #context: VenueContext
  readonly #delivery: FaultDelivery
  readonly #idle: NodeJS.Timeout

  constructor(socket: WebSocket, context: VenueContext, options: { readonly id: string; readonly idleMs?: number }) {
    this.id = options.id
    this.#socket = socket
    this.#context = context
    this.#delivery = new FaultDelivery(
      (text) => this.sendText(text),
      () => this.drop(),
    )
    this.#idle = setTimeout(() => socket.close(1000, 'idle'), options.idleMs ?? IDLE_MS)
  }

  /** The client spoke. */
  heard(): void {
    this.#idle.refresh()
  }

  /** Sends a text as it is. */
  sendText(text: string): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(text)
  }

  /** Sends a JSON value. */
  send(message: object): void {
    this.sendText(JSON.stringify(message))
  }

  /** Sends a message that the client did not ask for, under stream faults. */
  push(message: object, subject: RequestSubject): void {
    this.#delivery.deliver(JSON.stringify(message), this.#context.faults.ofStream(subject))
  }

  /** Ends the connection in good order. */
  end(): void {
    this.#socket.close(1000)
  }

  /** Cuts the connection. */
  drop(): void {
    this.#socket.terminate()
  }

  /** Frees what the connection held; called once it is closed. */
  closed(): void {
    clearTimeout(this.#idle)
    this.#delivery.clear()
  }
}
