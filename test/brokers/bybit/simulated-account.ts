/** A funded account with a trade-only key on a simulated Bybit venue, and a broker that trades it. */
import type { TestContext } from 'node:test'
import type { Broker } from '#brokers/broker.ts'
import { type BybitOptions, openBybitBroker } from '#brokers/bybit/bybit-broker.ts'
import { Secret } from '#config/secret.ts'
import { type BybitVenueOptions, type RunningVenue, startBybitVenue } from '#simulators/bybit/server/venue-server.ts'

/** Name of the account at the venue, and a key of this suite alone. */
export const TRADER = 'trader'
export const API_KEY = 'test-key'
export const API_SECRET = 'test-secret-of-no-account'

/** What a test drives. */
export interface SimulatedAccount {
  readonly venue: RunningVenue
  readonly broker: Broker
}

// Short enough to test silence, long enough for a busy machine to answer.
const PATIENCE_MS = 3_000

/** Starts a venue, funds the account with 100,000 USDT, makes its key, opens the broker. */
export async function openSimulatedAccount(
  t: TestContext,
  options: {
    readonly venue?: BybitVenueOptions
    readonly broker?: Partial<BybitOptions>
    /** How far the broker's clock is ahead of the venue's. */
    readonly ourClock?: { readonly aheadMs: number }
  } = {},
): Promise<SimulatedAccount> {
  const venue = await startBybitVenue({ rateLimits: Number.POSITIVE_INFINITY, ...options.venue })
  t.after(() => venue.stop())
  venue.engine.operator.createAccount(TRADER)
  venue.engine.operator.deposit(TRADER, '100000')
  venue.keys.put({ apiKey: API_KEY, secret: API_SECRET, account: TRADER }, venue.clock.now())
  const stream = venue.url.replace('http', 'ws')
  const broker = await openBybitBroker({
    account: 'bybit-test',
    apiKey: new Secret(API_KEY),
    apiSecret: new Secret(API_SECRET),
    baseUrl: venue.url,
    wsUrl: `${stream}/v5/private`,
    publicWsUrl: `${stream}/v5/public/linear`,
    followMarks: ['BTC-PERP', 'ETH-PERP'],
    clock: () => venue.clock.now() + (options.ourClock?.aheadMs ?? 0),
    timeouts: { readMs: PATIENCE_MS, sendMs: PATIENCE_MS },
    // Silence outlasts the usual window, and what comes after it is to be seen within.
    recvWindowMs: 15_000,
    requestsPerSecond: 10_000,
    resolver: { lookups: 3, spanMs: 20, marginMs: 1_000 },
    random: () => 0,
    ...options.broker,
  })
  t.after(() => broker.close())
  return { venue, broker }
}
