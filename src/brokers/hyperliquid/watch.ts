/**
 * The venue's stream as hints. It decides nothing: every connection ends some day and replays nothing of what it missed,
 * so each (re)connect is announced once its subscriptions stand, for the workers to back-fill by REST (B12).
 */
import { WebSocket } from 'ws'
import type { Hint } from '#brokers/broker.ts'
import { readStreamMessage } from './stream-message.ts'

/** What to watch and how to come back. */
export interface WatchOptions {
  readonly url: string
  /** Lower-case address. The stream's user events do not name their user: one user a connection. */
  readonly user: string
  /** Coins whose mark prices to follow. */
  readonly coins: readonly string[]
  readonly listener: (hint: Hint) => void
  /** In [0, 1); spreads reconnects. */
  readonly random: () => number
  readonly timing?: Partial<StreamTiming>
}

/** Intervals of the stream, ms. */
export interface StreamTiming {
  /** The venue closes a connection on which it sent nothing for 60 s. */
  readonly pingMs: number
  readonly pongMs: number
  /** From connecting to all user subscriptions acknowledged. */
  readonly settleMs: number
  readonly backoffMs: number
  /** The venue allows 30 new connections a minute per address. */
  readonly backoffMaxMs: number
}

const TIMING: StreamTiming = { pingMs: 30_000, pongMs: 10_000, settleMs: 15_000, backoffMs: 500, backoffMaxMs: 30_000 }
const USER_CHANNELS = ['userFills', 'orderUpdates', 'userEvents']

/** Streams hints until disposed. */
export function watchVenue(options: WatchOptions): AsyncDisposable {
  const stream = new VenueStream(options)
  stream.connect()
  return { [Symbol.asyncDispose]: () => stream.stop() }
}

class VenueStream {
  readonly #options: WatchOptions
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

  constructor(options: WatchOptions) {
    this.#options = options
    this.#timing = { ...TIMING, ...options.timing }
  }

  connect(): void {
    const socket = new WebSocket(this.#options.url, { handshakeTimeout: this.#timing.settleMs })
    this.#socket = socket
    this.#awaited = new Set(USER_CHANNELS)
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
    const { user, coins } = this.#options
    const subscriptions = [
      ...USER_CHANNELS.map((type) => ({ type, user })),
      ...coins.map((coin) => ({ type: 'activeAssetCtx', coin })),
    ]
    for (const subscription of subscriptions) socket.send(JSON.stringify({ method: 'subscribe', subscription }))
    this.#ping = setInterval(() => {
      socket.send(JSON.stringify({ method: 'ping' }))
      this.#watch(this.#timing.pongMs, 'no pong')
    }, this.#timing.pingMs)
  }

  #receive(text: string): void {
    if (this.#stopped) return
    const message = readStreamMessage(text)
    switch (message.kind) {
      case 'hint':
        this.#options.listener(message.hint)
        return
      case 'acknowledged':
        this.#acknowledge(message.channel)
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
    this.#options.listener({ kind: 'connected', detail: `subscribed to ${USER_CHANNELS.join(', ')}` })
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
