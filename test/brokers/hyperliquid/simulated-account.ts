/** A funded account with an agent on a simulated Hyperliquid venue, and a broker that trades it. */
import type { TestContext } from 'node:test'
import { keccak256, toUtf8Bytes, Wallet } from 'ethers'
import type { Broker } from '#brokers/broker.ts'
import { type HyperliquidOptions, openHyperliquidBroker } from '#brokers/hyperliquid/hyperliquid-broker.ts'
import { Secret } from '#config/secret.ts'
import {
  type HyperliquidVenueOptions,
  type RunningVenue,
  startHyperliquidVenue,
} from '#simulators/hyperliquid/server/venue-server.ts'

/** Keys of this suite alone: they never hold anything. */
export const AGENT_KEY: string = keccak256(toUtf8Bytes('truebook test agent'))
export const AGENT: string = new Wallet(AGENT_KEY).address.toLowerCase()
export const MASTER: string = new Wallet(keccak256(toUtf8Bytes('truebook test master'))).address.toLowerCase()

/** What a test drives. */
export interface SimulatedAccount {
  readonly venue: RunningVenue
  readonly broker: Broker
  /** A nonce greater than all before. */
  readonly nonce: () => number
}

// Short enough to test silence, long enough for a busy machine to answer.
const PATIENCE_MS = 3_000

/** Starts a venue, funds the account with 100,000 USDC, approves the agent for 30 days, opens the broker. */
export async function openSimulatedAccount(
  t: TestContext,
  options: {
    readonly venue?: HyperliquidVenueOptions
    readonly broker?: Partial<HyperliquidOptions>
    /** How far the broker's clock is ahead of the venue's. */
    readonly ourClock?: { readonly aheadMs: number }
  } = {},
): Promise<SimulatedAccount> {
  const venue = await startHyperliquidVenue({ rateLimits: Number.POSITIVE_INFINITY, ...options.venue })
  t.after(() => venue.stop())
  const clock = (): number => venue.clock.now()
  venue.engine.operator.deposit(MASTER, '100000')
  venue.engine.operator.approveAgent(MASTER, AGENT, 'truebook', clock() + 30 * 86_400_000)
  const broker = await openHyperliquidBroker({
    account: 'hl-test',
    master: MASTER,
    agentKey: new Secret(AGENT_KEY),
    network: 'mainnet',
    baseUrl: venue.url,
    wsUrl: `${venue.url.replace('http', 'ws')}/ws`,
    clock: () => clock() + (options.ourClock?.aheadMs ?? 0),
    timeouts: { readMs: PATIENCE_MS, sendMs: PATIENCE_MS },
    weightPerMinute: 1_000_000,
    resolver: { lookups: 3, spanMs: 20, marginMs: 1_000 },
    random: () => 0,
    ...options.broker,
  })
  t.after(() => broker.close())
  let last = 0
  return { venue, broker, nonce: () => (last = Math.max(clock(), last + 1)) }
}
