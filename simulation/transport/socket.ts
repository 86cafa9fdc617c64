/** Websockets of the simulated world, with the part of the `ws` interface that adapters, SignalR's client and the venues use. */
import { Buffer } from 'node:buffer'
import { EventEmitter } from 'node:events'
import type { WebSocket } from 'ws'
import type { SocketClass } from '#brokers/transport.ts'
import type { Actor } from '#simulation/kernel/actor.ts'
import type { Internet } from './internet.ts'

const CONNECTING = 0
const OPEN = 1
const CLOSING = 2
const CLOSED = 3
/** Two messages of one connection stay in their order, ms. */
const SPACING_MS = 0.001

/** One end of a connection. */
export class SimulatedSocket extends EventEmitter {
  static readonly CONNECTING = CONNECTING
  static readonly OPEN = OPEN
  static readonly CLOSING = CLOSING
  static readonly CLOSED = CLOSED
  readonly CONNECTING = CONNECTING
  readonly OPEN = OPEN
  readonly CLOSING = CLOSING
  readonly CLOSED = CLOSED
  /** As browsers have them, for SignalR. */
  onopen: ((event: object) => void) | null = null
  onmessage: ((event: { readonly data: string }) => void) | null = null
  onerror: ((event: object) => void) | null = null
  onclose: ((event: { readonly code: number; readonly reason: string; readonly wasClean: boolean }) => void) | null =
    null
  binaryType = 'nodebuffer'
  readyState: 0 | 1 | 2 | 3 = CONNECTING
  peer: SimulatedSocket | null = null
  readonly #owner: Actor
  readonly #internet: Internet
  #lastArrival = 0

  constructor(owner: Actor, internet: Internet) {
    super()
    this.#owner = owner
    this.#internet = internet
  }

  send(data: string | Buffer): void {
    const { peer } = this
    if (this.readyState !== OPEN || peer === null) return
    if (!this.#internet.kernel.cross(this.#owner, 'socket send')) return
    if (this.#internet.links.passage(this.#owner, peer.#owner) !== 'whole') return
    const text = data.toString()
    this.deliver('socket message', peer, () => peer.#receive(text))
  }

  /** Ends in good order. */
  close(code = 1000, reason = ''): void {
    this.#leave(code, reason)
  }

  /** Cuts the connection. */
  terminate(): void {
    this.#leave(1006, '')
  }

  /** Stands now. */
  opened(): void {
    if (this.readyState !== CONNECTING) return
    this.readyState = OPEN
    this.emit('open')
    this.onopen?.({})
  }

  /** Is over. */
  ended(code: number, reason: string): void {
    if (this.readyState === CLOSED) return
    this.readyState = CLOSED
    this.emit('close', code, Buffer.from(reason))
    this.onclose?.({ code, reason, wasClean: code === 1000 })
  }

  failed(message: string): void {
    if (this.readyState === CLOSED) return
    const error = new Error(message)
    if (this.listenerCount('error') > 0) this.emit('error', error)
    this.onerror?.({ error, message })
    this.ended(1006, '')
  }

  #receive(text: string): void {
    if (this.readyState !== OPEN) return
    this.emit('message', Buffer.from(text), false)
    this.onmessage?.({ data: text })
  }

  #leave(code: number, reason: string): void {
    if (this.readyState >= CLOSING) return
    this.readyState = CLOSING
    const { peer } = this
    const { kernel } = this.#internet
    if (peer !== null) this.deliver('socket end', peer, () => peer.ended(code, reason))
    kernel.post(this.#owner, 0, 'socket closed', () => this.ended(code, reason))
  }

  /** Has something happen at the other end, after all that was sent before. */
  deliver(label: string, peer: SimulatedSocket, act: () => void): void {
    const { kernel } = this.#internet
    const at = Math.max(kernel.now + kernel.latency(), this.#lastArrival + SPACING_MS)
    this.#lastArrival = at
    kernel.post(peer.#owner, at - kernel.now, label, act)
  }
}

/** The class with which one process opens sockets. */
export function socketClassOf(process: Actor, internet: Internet): SocketClass {
  const socketClass = class extends SimulatedSocket {
    constructor(
      address: string | URL,
      _protocols?: string | string[],
      options?: { readonly handshakeTimeout?: number; readonly headers?: Readonly<Record<string, string>> },
    ) {
      super(process, internet)
      connect(this, { process, internet, address: new URL(address), ...options })
    }
  }
  return socketClass as unknown as SocketClass
}

interface Connecting {
  readonly process: Actor
  readonly internet: Internet
  readonly address: URL
  readonly handshakeTimeout?: number
  readonly headers?: Readonly<Record<string, string>>
}

const HANDSHAKE_MS = 15_000

function connect(
  client: SimulatedSocket,
  { process, internet, address, handshakeTimeout = HANDSHAKE_MS, headers = {} }: Connecting,
): void {
  const { kernel, links } = internet
  const { actor, venue } = internet.host(address)
  const label = `${actor.name} socket ${address.pathname}`
  if (!kernel.cross(process, label)) return
  const passage = links.passage(process, actor)
  if (passage !== 'whole') {
    const refused = passage === 'refused'
    kernel.post(process, refused ? kernel.latency() : handshakeTimeout, `${label} fails`, () =>
      client.failed(refused ? 'connect ECONNREFUSED' : 'Opening handshake has timed out'),
    )
    return
  }
  kernel.post(actor, kernel.latency(), label, () => {
    const lowered = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])
    const admission = venue.streams.admit({
      method: 'GET',
      url: address.pathname + address.search,
      headers: Object.fromEntries(lowered) as Record<string, string>,
      socket: { remoteAddress: process.name },
      async *[Symbol.asyncIterator]() {},
    })
    if ('refusal' in admission) {
      const status = Number.parseInt(admission.refusal, 10)
      kernel.post(process, kernel.latency(), `${label} refused`, () =>
        client.failed(`Unexpected server response: ${status}`),
      )
      return
    }
    const server = new SimulatedSocket(actor, internet)
    server.peer = client
    client.peer = server
    server.readyState = OPEN
    // The venue's machine learns of the death of its client from the connection.
    process.whenDead(() => kernel.post(actor, kernel.latency(), 'socket reset', () => server.ended(1006, '')))
    server.deliver(`${label} stands`, client, () => client.opened())
    venue.streams.connections.accept(server as unknown as WebSocket, admission)
  })
}
