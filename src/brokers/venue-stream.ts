/**
 * A venue's socket as hints. It decides nothing: every connection ends some day and replays nothing of what it missed, so each
 * (re)connect is announced once its subscriptions stand, for the workers to back-fill by REST (B12).
 */
import { WebSocket } from 'ws'
import type { Hint } from './broker.ts'
import type { Transport } from './transport.ts'

/** What a message means to the connection. */
export type StreamMessage =
  | { readonly kind: 'hint'; readonly hint: Hint }
  | { readonly kind: 'acknowledged'; readonly channel: string }
  /** The venue wants to hear this next, e.g. subscriptions once it has let us in. */
  | { readonly kind: 'answer'; readonly texts: readonly string[] }
  | { readonly kind: 'pong' }
  | { readonly kind: 'error'; readonly detail: string }
  | { readonly kind: 'nothing' }

/** A venue's dialect. */
export interface StreamProtocol {
  readonly url: string
  /** What to say first on every connection. */
  readonly greeting: () => readonly string[]
  /** Channels that must be acknowledged before the connection counts. */
  readonly channels: readonly string[]
  readonly ping: () => string
  readonly read: (text: string) => StreamMessage
}

/** Intervals of the stream, ms. */
export interface StreamTiming {
  readonly pingMs: number
  readonly pongMs: number
  /** From connecting to all channels acknowledged. */
  readonly settleMs: number
  readonly backoffMs: number
  readonly backoffMaxMs: number
}

export interface StreamOptions {
  readonly listener: (hint: Hint) => void
  /** In [0, 1); spreads reconnects. */
  readonly random: () => number
  readonly timing: StreamTiming
  readonly transport: Transport
}

/** Streams hints until disposed; reconnects by itself and says so. */
export function openVenueStream(protocol: StreamProtocol, options: StreamOptions): AsyncDisposable {
  const stream = new VenueStream(protocol, options)
  stream.connect()
  return { [Symbol.asyncDispose]: () => stream.stop() }
}

class VenueStream {
  readonly #protocol: StreamProtocol
  readonly #options: StreamOptions
  readonly #timing: StreamTiming
  #socket: WebSocket | null = null
  #attempt = 0
  #stopped = false
  #awaited = new Set<string>()
  #settled = false
  #lastError = ''
  #reconnect: NodeJS.Timeout | undefined
  #ping: NodeJS.Timeout | undefined
  #watchdog: NodeJS.Timeout | undefined

  constructor(protocol: StreamProtocol, options: StreamOptions) {
    this.#protocol = protocol
    this.#options = options
    this.#timing = options.timing
  }

  connect(): void {
    const { WebSocket: Socket } = this.#options.transport
    const socket = new Socket(this.#protocol.url, [], { handshakeTimeout: this.#timing.settleMs })
    this.#socket = socket
    this.#awaited = new Set(this.#protocol.channels)
    this.#settled = false
    this.#lastError = ''
    this.#watch(this.#timing.settleMs, 'subscriptions not acknowledged')
    socket.on('open', () => this.#subscribe(socket))
    socket.on('message', (data: Buffer) => this.#receive(data.toString('utf8')))
    socket.on('error', (error) => {
      this.#lastError = error.message
    })
    socket.once('close', (code) => this.#closed(code))
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#reconnect)
    const socket = this.#socket
    if (socket === null || socket.readyState === WebSocket.CLOSED) return
    const closed = new Promise((resolve) => socket.once('close', resolve))
    socket.terminate()
    await closed
  }

  #subscribe(socket: WebSocket): void {
    for (const text of this.#protocol.greeting()) socket.send(text)
    this.#ping = setInterval(() => {
      socket.send(this.#protocol.ping())
      this.#watch(this.#timing.pongMs, 'no pong')
    }, this.#timing.pingMs)
  }

  #receive(text: string): void {
    if (this.#stopped) return
    const message = this.#protocol.read(text)
    switch (message.kind) {
      case 'hint':
        this.#options.listener(message.hint)
        return
      case 'acknowledged':
        this.#acknowledge(message.channel)
        return
      case 'answer':
        for (const answer of message.texts) this.#socket?.send(answer)
        return
      case 'pong':
        if (this.#settled) clearTimeout(this.#watchdog)
        return
      case 'error':
        this.#lastError = message.detail
        return
      case 'nothing':
    }
  }

  #acknowledge(channel: string): void {
    this.#awaited.delete(channel)
    if (this.#awaited.size > 0 || this.#settled) return
    this.#settled = true
    this.#attempt = 0
    clearTimeout(this.#watchdog)
    this.#options.listener({ kind: 'connected', detail: `subscribed to ${this.#protocol.channels.join(', ')}` })
  }

  #watch(ms: number, reason: string): void {
    clearTimeout(this.#watchdog)
    this.#watchdog = setTimeout(() => {
      this.#lastError ||= reason
      this.#socket?.terminate()
    }, ms)
  }

  #closed(code: number): void {
    clearInterval(this.#ping)
    clearTimeout(this.#watchdog)
    if (this.#stopped) return
    this.#attempt += 1
    const bound = Math.min(this.#timing.backoffMaxMs, this.#timing.backoffMs * 2 ** (this.#attempt - 1))
    const wait = Math.round(bound * (0.5 + this.#options.random() / 2))
    const why = this.#lastError === '' ? `code ${code}` : `code ${code}, ${this.#lastError}`
    this.#reconnect = setTimeout(() => this.connect(), wait)
    this.#options.listener({ kind: 'disconnected', detail: `${why}; reconnecting in ${wait} ms` })
  }
}
