/** A venue that runs for one test, with a funded account and its agent. Keys are fixed, so runs are alike. */
import type { TestContext } from 'node:test'
import { Wallet } from 'ethers'
import {
  type HyperliquidVenueOptions,
  type RunningVenue,
  startHyperliquidVenue,
} from '#simulators/hyperliquid/server/venue-server.ts'
import { type BeforeStop, stopAfterTest } from '#test/simulators/stop-after-test.ts'

/** Master and agent of the test account. */
export const MASTER = new Wallet(`0x${'11'.repeat(32)}`)
export const AGENT = new Wallet(`0x${'22'.repeat(32)}`)
/** Lower-case address of the master: the account. */
export const ACCOUNT = MASTER.address.toLowerCase() as `0x${string}`
/** Lower-case address of the agent. */
export const AGENT_ADDRESS = AGENT.address.toLowerCase() as `0x${string}`

/** A running venue that closes its test's clients before it stops, so that none of them tries to reconnect. */
export interface TestVenue extends RunningVenue {
  /** Registers what to close first when the test ends. */
  readonly beforeStop: BeforeStop
}

/** Starts a venue where the account holds 10,000 USDC and the agent "test" may trade for it; stops it after the test. */
export async function runVenue(context: TestContext, options: HyperliquidVenueOptions = {}): Promise<TestVenue> {
  const venue = await startHyperliquidVenue(options)
  const beforeStop = stopAfterTest(context, venue)
  venue.engine.operator.deposit(ACCOUNT, '10000')
  venue.engine.operator.approveAgent(ACCOUNT, AGENT_ADDRESS, 'test', null)
  return { ...venue, beforeStop }
}

/** Address of the venue's stream. */
export function streamUrl(venue: RunningVenue): string {
  return `${venue.url.replace('http', 'ws')}/ws`
}
