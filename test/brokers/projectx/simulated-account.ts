/** A practice account on a simulated ProjectX venue, and a broker that trades it. */
import type { TestContext } from 'node:test'
import type { Broker } from '#brokers/broker.ts'
import type { ProjectXOptions } from '#brokers/projectx/options.ts'
import { openProjectXBroker } from '#brokers/projectx/projectx-broker.ts'
import { Secret } from '#config/secret.ts'
import {
  type ProjectXVenueOptions,
  type RunningVenue,
  startProjectXVenue,
} from '#simulators/projectx/server/venue-server.ts'

export const USER = 'truebook-test'
/** A key of this suite alone. */
export const API_KEY = 'key-of-the-test-suite'
export const ACCOUNT_NAME = 'PRAC-V2-645601-97590973'
export const OPENING_BALANCE = '50000'
/** 2026-09-30 10:00 in Chicago: a Wednesday in the session, the December contracts are in front. */
export const SESSION_TIME: number = Date.parse('2026-09-30T15:00:00Z')
export const FRONT = 'CON.F.US.ENQ.Z26'

/** What a test drives. */
export interface SimulatedAccount {
  readonly venue: RunningVenue
  readonly broker: Broker
  /** The venue's id of the account. */
  readonly accountId: number
}

// Short enough to test silence, long enough for a busy machine to answer.
const PATIENCE_MS = 3_000

/** Starts a venue whose clock only tests move, enters the account, opens the broker. Everything trades at the last price. */
export async function openSimulatedAccount(
  t: TestContext,
  options: {
    readonly venue?: ProjectXVenueOptions
    readonly broker?: Partial<ProjectXOptions>
    /** How far the broker's clock is ahead of the venue's. */
    readonly ourClock?: { readonly aheadMs: number }
  } = {},
): Promise<SimulatedAccount> {
  const venue = await startProjectXVenue({
    rateLimits: Number.POSITIVE_INFINITY,
    clock: { kind: 'manual', start: SESSION_TIME },
    ...options.venue,
    engine: { liquidity: { halfSpreadTicks: 0 }, ...options.venue?.engine },
  })
  t.after(() => venue.stop())
  venue.sessions.setKey(USER, API_KEY)
  const { id } = venue.engine.operator.createAccount({ name: ACCOUNT_NAME, userName: USER, balance: OPENING_BALANCE })
  const broker = await openProjectXBroker({
    account: 'px-test',
    userName: USER,
    apiKey: new Secret(API_KEY),
    accountName: ACCOUNT_NAME,
    baseUrl: venue.url,
    rtcUrl: null,
    clock: () => venue.clock.now() + (options.ourClock?.aheadMs ?? 0),
    timeouts: { readMs: PATIENCE_MS, sendMs: PATIENCE_MS },
    requestsPerMinute: 1_000_000,
    barsPer30s: 1_000_000,
    resolver: { lookups: 3, spanMs: 20 },
    random: () => 0,
    ...options.broker,
  })
  t.after(() => broker.close())
  return { venue, broker, accountId: id }
}
