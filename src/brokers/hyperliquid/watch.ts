/** The venue's stream: user channels for hints, asset contexts for marks. */
import type { Hint } from '#brokers/broker.ts'
import type { Transport } from '#brokers/transport.ts'
import { openVenueStream, type StreamTiming } from '#brokers/venue-stream.ts'
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
  readonly transport: Transport
  readonly timing?: Partial<StreamTiming>
}

/** The venue closes a connection on which it sent nothing for 60 s, and allows 30 new ones a minute per address. */
const TIMING: StreamTiming = { pingMs: 30_000, pongMs: 10_000, settleMs: 15_000, backoffMs: 500, backoffMaxMs: 30_000 }
const USER_CHANNELS = ['userFills', 'orderUpdates', 'userEvents']

/** Streams hints until disposed. */
export function watchVenue({ url, user, coins, listener, random, transport, timing }: WatchOptions): AsyncDisposable {
  const subscriptions = [
    ...USER_CHANNELS.map((type) => ({ type, user })),
    ...coins.map((coin) => ({ type: 'activeAssetCtx', coin })),
  ]
  const protocol = {
    url,
    greeting: () => subscriptions.map((subscription) => JSON.stringify({ method: 'subscribe', subscription })),
    channels: USER_CHANNELS,
    ping: () => JSON.stringify({ method: 'ping' }),
    read: readStreamMessage,
  }
  return openVenueStream(protocol, { listener, random, transport, timing: { ...TIMING, ...timing } })
}
