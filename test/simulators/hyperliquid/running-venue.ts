/** A venue that runs for one test, with a funded account and its agent. Keys are fixed, so runs are alike. */
import type { TestContext } from 'node:test'
import { Wallet } from 'ethers'
import {
  type HyperliquidVenueOptions,
  type RunningVenue,
  startHyperliquidVenue,
} from '#simulators/hyperliquid/server/venue-server.ts'

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
  beforeStop(close: () => unknown): void
}

/** Starts a venue where the account holds 10,000 USDC and the agent "test" may trade for it; stops it after the test. */
export async function runVenue(context: TestContext, options: HyperliquidVenueOptions = {}): Promise<TestVenue> {
  const venue = await startHyperliquidVenue(options)
  const closers: (() => unknown)[] = []
  context.after(async () => {
    for (const close of closers) await close()
    await venue.stop()
  })
  venue.engine.operator.deposit(ACCOUNT, '10000')
  venue.engine.operator.approveAgent(ACCOUNT, AGENT_ADDRESS, 'test', null)
  return { ...venue, beforeStop: (close) => closers.push(close) }
}

/** Address of the venue's stream. */
export function streamUrl(venue: RunningVenue): string {
  return `${venue.url.replace('http', 'ws')}/ws`
}

/** Collects events and waits for one that fits. Rejects after 10 s with what was seen instead. */
export class Collected<Event> {
  readonly events: Event[] = []
  readonly #waiting = new Set<() => void>()

  /** Adds an event; bound, so that it can be handed over as a listener. */
  readonly add = (event: Event): void => {
    this.events.push(event)
    for (const wake of this.#waiting) wake()
  }

  /** The first event, past or to come, for which `fits` holds. */
  async first(fits: (event: Event) => boolean): Promise<Event> {
    const { promise, resolve, reject } = Promise.withResolvers<Event>()
    const look = () => {
      const found = this.events.find(fits)
      if (found !== undefined) resolve(found)
    }
    const timer = setTimeout(
      () => reject(new Error(`No such event within 10 s. Seen: ${JSON.stringify(this.events)}`)),
      10_000,
    )
    this.#waiting.add(look)
    look()
    try {
      return await promise
    } finally {
      clearTimeout(timer)
      this.#waiting.delete(look)
    }
  }
}
