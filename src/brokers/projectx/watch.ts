/**
 * The venue's hubs as hints. They decide nothing: they number nothing, replay nothing and forget subscriptions with each connection, so
 * every (re)connect of the pair is announced once its subscriptions stand, for the workers to back-fill by REST (B12).
 */
import { setTimeout as delay } from 'node:timers/promises'
import {
  type HubConnection,
  HubConnectionBuilder,
  HttpTransportType,
  type IHttpConnectionOptions,
  LogLevel,
} from '@microsoft/signalr'
import type { ClientOptions } from 'ws'
import type { Conceal } from '#domain/conceal.ts'
import type { DecimalString } from '#domain/decimal.ts'
import type { Hint } from '#brokers/broker.ts'
import type { SocketClass, Transport } from '#brokers/transport.ts'
import { instrumentOf } from './contracts.ts'
import { USER_EVENTS, type UserEvent, lastPriceOf, userHintOf } from './hub-events.ts'

/** What to watch and how to come back. */
export interface WatchOptions {
  /** Host of the hubs, e.g. `https://rtc.topstepx.com`. */
  readonly rtcUrl: string
  readonly accountId: string
  /** The token of now: a hub keeps the one it was opened with. @throws BrokerUnavailable */
  readonly token: () => Promise<string>
  /** Cuts our secrets out of what a hub says at its end. */
  readonly conceal: Conceal
  /** Contract ids whose prices to follow, asked for with every connection. */
  readonly contracts: () => readonly string[]
  readonly listener: (hint: Hint) => void
  readonly onPrice: (contractId: string, price: DecimalString) => void
  /** In [0, 1); spreads reconnects. */
  readonly random: () => number
  readonly transport: Transport
  readonly timing?: Partial<HubTiming>
}

/** Intervals of the hubs, ms. */
export interface HubTiming {
  /** From connecting to all subscriptions acknowledged. */
  readonly settleMs: number
  /** Silence after which a hub counts as lost; it pings every 15 s. */
  readonly silenceMs: number
  readonly backoffMs: number
  readonly backoffMaxMs: number
}

const TIMING: HubTiming = { settleMs: 15_000, silenceMs: 30_000, backoffMs: 500, backoffMaxMs: 30_000 }

/** Streams hints until disposed; never gives up. */
export function watchHubs(options: WatchOptions): AsyncDisposable {
  const stopping = new AbortController()
  const running = new HubPair(options, stopping.signal).run()
  return {
    [Symbol.asyncDispose]: async () => {
      stopping.abort()
      await running
    },
  }
}

class HubPair {
  readonly #options: WatchOptions
  readonly #timing: HubTiming
  readonly #stopped: AbortSignal

  constructor(options: WatchOptions, stopped: AbortSignal) {
    this.#options = options
    this.#timing = { ...TIMING, ...options.timing }
    this.#stopped = stopped
  }

  async run(): Promise<void> {
    for (let attempt = 1; !this.#stopped.aborted; attempt += 1) {
      const ended = await this.#once(() => {
        attempt = 1
      })
      if (this.#stopped.aborted) return
      const bound = Math.min(this.#timing.backoffMaxMs, this.#timing.backoffMs * 2 ** (attempt - 1))
      const wait = Math.round(bound * (0.5 + this.#options.random() / 2))
      const detail = this.#options.conceal(ended)
      this.#options.listener({ kind: 'disconnected', detail: `${detail}; reconnecting in ${wait} ms` })
      await delay(wait, undefined, { signal: this.#stopped }).catch(() => undefined)
    }
  }

  /** One life of the pair; answers why it ended. */
  async #once(connected: () => void): Promise<string> {
    let ended = false
    const end = Promise.withResolvers<string>()
    const finish = (reason: string): void => {
      ended = true
      end.resolve(reason)
    }
    const onStop = (): void => finish('stopped')
    this.#stopped.addEventListener('abort', onStop)
    let hubs: readonly HubConnection[] = []
    const watchdog = setTimeout(() => finish('subscriptions not acknowledged in time'), this.#timing.settleMs)
    try {
      const token = await this.#options.token()
      hubs = [this.#userHub(token, finish), this.#marketHub(token, finish)]
      const settled = this.#settle(hubs).then(() => {
        if (ended) return end.promise
        clearTimeout(watchdog)
        connected()
        this.#options.listener({ kind: 'connected', detail: 'subscribed on both hubs' })
        return end.promise
      })
      return await Promise.race([settled, end.promise])
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    } finally {
      clearTimeout(watchdog)
      this.#stopped.removeEventListener('abort', onStop)
      await Promise.all(hubs.map((hub) => hub.stop()))
    }
  }

  async #settle([user, market]: readonly HubConnection[]): Promise<void> {
    const { accountId, contracts } = this.#options
    await Promise.all([user?.start(), market?.start()])
    const account = Number(accountId)
    await Promise.all([
      user?.invoke('SubscribeAccounts'),
      ...['SubscribeOrders', 'SubscribePositions', 'SubscribeTrades'].map((method) => user?.invoke(method, account)),
      ...contracts().map((contractId) => market?.invoke('SubscribeContractQuotes', contractId)),
    ])
  }

  #userHub(token: string, ended: (reason: string) => void): HubConnection {
    const { accountId, listener } = this.#options
    const hub = this.#hub('user', token, ended)
    for (const event of Object.keys(USER_EVENTS) as UserEvent[]) {
      hub.on(event, (payload: unknown) => {
        const hint = userHintOf(event, payload, accountId)
        if (hint !== null) listener(hint)
      })
    }
    return hub
  }

  #marketHub(token: string, ended: (reason: string) => void): HubConnection {
    const { listener, onPrice } = this.#options
    const hub = this.#hub('market', token, ended)
    hub.on('GatewayQuote', (contractId: unknown, payload: unknown) => {
      const price = lastPriceOf(payload)
      if (typeof contractId !== 'string' || price === null) return
      onPrice(contractId, price)
      listener({ kind: 'mark', marks: new Map([[instrumentOf(contractId), price]]) })
    })
    return hub
  }

  #hub(name: 'user' | 'market', token: string, ended: (reason: string) => void): HubConnection {
    const url = new URL(`/hubs/${name}`, this.#options.rtcUrl)
    // The venue reads the token from the address; the library sends it as a header besides.
    url.searchParams.set('access_token', token)
    const options: IHttpConnectionOptions & { readonly WebSocket: SocketClass } = {
      skipNegotiation: true,
      transport: HttpTransportType.WebSockets,
      accessTokenFactory: () => token,
      WebSocket: socketWithin(this.#timing.settleMs, this.#options.transport),
    }
    const hub = new HubConnectionBuilder()
      .withUrl(url.href, options)
      // The library's own log would show the address, and with it the token.
      .configureLogging(LogLevel.None)
      .build()
    hub.serverTimeoutInMilliseconds = this.#timing.silenceMs
    hub.onclose((error) => ended(`${name} hub: ${error?.message ?? 'closed'}`))
    return hub
  }
}

/**
 * The library waits for ever for an address that takes the connection and says nothing, and lets a closing one linger: this socket
 * gives up after `ms` and ends at once.
 */
function socketWithin(ms: number, transport: Transport): SocketClass {
  return class extends transport.WebSocket {
    constructor(address: string | URL, protocols?: string | string[], options?: ClientOptions) {
      super(address, protocols, { ...options, handshakeTimeout: ms })
    }

    override close(): void {
      this.terminate()
    }
  }
}
