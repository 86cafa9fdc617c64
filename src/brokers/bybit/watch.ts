/**
 * The venue's streams as hints. The private one tells what happens to the account and is the connection that is announced; the public
 * one tells mark prices only, and its gaps are gaps of marks. Nothing is replayed after a reconnect (reference section B9).
 */
import { concealerOf } from '#domain/conceal.ts'
import type { Hint } from '#brokers/broker.ts'
import type { Transport } from '#brokers/transport.ts'
import { openVenueStream, type StreamTiming } from '#brokers/venue-stream.ts'
import { type Credentials, streamLogin } from './signature.ts'
import { readPrivateMessage, readPublicMessage, TOPICS } from './stream-message.ts'

export interface WatchOptions {
  /** e.g. `wss://stream-demo.bybit.com/v5/private`. */
  readonly url: string
  /** e.g. `wss://stream.bybit.com/v5/public/linear`; null for no marks. */
  readonly publicUrl: string | null
  readonly credentials: Credentials
  /** Symbols whose mark prices to follow. */
  readonly symbols: readonly string[]
  /** Ms since epoch. */
  readonly clock: () => number
  readonly listener: (hint: Hint) => void
  /** In [0, 1); spreads reconnects. */
  readonly random: () => number
  readonly transport: Transport
  readonly timing?: Partial<StreamTiming>
}

/** The venue wants a ping every 20 s and allows 500 new connections in 5 minutes. */
const TIMING: StreamTiming = { pingMs: 20_000, pongMs: 10_000, settleMs: 15_000, backoffMs: 500, backoffMaxMs: 30_000 }
/** How long a login stays good, ms. */
const LOGIN_MS = 10_000
/** Topics of one subscription: the venue limits the length of a request, to 21,000 characters. */
const TOPICS_PER_REQUEST = 200

/** Streams hints until disposed. */
export function watchVenue(options: WatchOptions): AsyncDisposable {
  const { random, transport, listener } = options
  const timing = { ...TIMING, ...options.timing }
  const account = openVenueStream(accountProtocol(options), { listener, random, transport, timing })
  const marks = options.publicUrl === null ? null : openMarks(options, options.publicUrl, timing)
  return {
    async [Symbol.asyncDispose]() {
      await Promise.all([account[Symbol.asyncDispose](), marks?.[Symbol.asyncDispose]()])
    },
  }
}

function accountProtocol({ url, credentials, clock }: WatchOptions) {
  const subscribe = JSON.stringify({ op: 'subscribe', args: TOPICS })
  // A refused login may be told with the key that was refused.
  const conceal = concealerOf([credentials.apiKey.reveal(), credentials.apiSecret.reveal()])
  return {
    url,
    greeting: () => [streamLogin(credentials, clock() + LOGIN_MS)],
    channels: ['subscribe'],
    ping: () => PING,
    read: (text: string) => readPrivateMessage(conceal(text), subscribe),
  }
}

function openMarks(
  { symbols, listener, random, transport }: WatchOptions,
  url: string,
  timing: StreamTiming,
): AsyncDisposable {
  const protocol = {
    url,
    greeting: () => subscriptionsOf(symbols),
    channels: ['subscribe'],
    ping: () => PING,
    read: readPublicMessage,
  }
  const onlyMarks = (hint: Hint): void => {
    if (hint.kind === 'mark') listener(hint)
  }
  return openVenueStream(protocol, { listener: onlyMarks, random, transport, timing })
}

const PING = JSON.stringify({ op: 'ping' })

function subscriptionsOf(symbols: readonly string[]): string[] {
  const requests: string[] = []
  for (let start = 0; start < symbols.length; start += TOPICS_PER_REQUEST) {
    const args = symbols.slice(start, start + TOPICS_PER_REQUEST).map((symbol) => `tickers.${symbol}`)
    requests.push(JSON.stringify({ op: 'subscribe', args }))
  }
  return requests
}
