/** Starts a Hyperliquid venue: engine, REST, stream and control endpoint on one port of this machine. */
import { CONTROL_COMMANDS } from '#simulators/hyperliquid/control/control-commands.ts'
import { answerControl } from '#simulators/venue/control-endpoint.ts'
import { createVenue } from '#simulators/hyperliquid/engine/create-venue.ts'
import type { VenueOptions } from '#simulators/hyperliquid/engine/options.ts'
import type { Venue } from '#simulators/hyperliquid/engine/venue.ts'
import type { FaultRule } from '#simulators/hyperliquid/faults/fault.ts'
import { FaultScript } from '#simulators/venue/fault-script.ts'
import { type Listen, type ListeningVenue, listenAs } from '#simulators/venue/venue-listener.ts'
import { StaleAccountReads } from '#simulators/hyperliquid/faults/stale-account-reads.ts'
import type { Network } from '#simulators/hyperliquid/wire/action-hash.ts'
import { AddressBudget } from './address-budget.ts'
import { HttpFront } from './http-front.ts'
import type { InfoDesk } from './info.ts'
import { IpWeights } from './ip-weights.ts'
import { StreamFront } from './stream-front.ts'
import { StreamLimits } from './stream-limits.ts'
import type { StreamTiming } from './stream-session.ts'
import { type ClockMode, DrivenClock } from '#simulators/venue/driven-clock.ts'

/** Settings of a running venue; everything has a default. */
export interface HyperliquidVenueOptions {
  /** 0 = any free port (default). */
  readonly port?: number
  /** Default `mainnet`: signatures carry source "a". */
  readonly network?: Network
  /** Default the machine's clock. */
  readonly clock?: ClockMode
  /** Seed of the engine and of faults drawn by chance (default 1). */
  readonly seed?: number
  /** Multiple of the documented rate limits, all or each (default 1); Infinity switches them off. */
  readonly rateLimits?: number | Partial<RateLimitScales>
  readonly stream?: Partial<StreamTiming>
  /** Universe, quotes, limits, fees and rules of the engine. */
  readonly engine?: Omit<VenueOptions, 'clock' | 'seed'>
}

/** Multiples of the documented limits: REST weight per machine, actions per account, websocket use per machine. */
export interface RateLimitScales {
  readonly rest: number
  readonly actions: number
  readonly stream: number
}

/** A venue that listens. */
export interface RunningVenue extends ListeningVenue {
  /** `http://127.0.0.1:<port>`; the stream is at `ws://127.0.0.1:<port>/ws`. */
  readonly url: string
  readonly engine: Venue
  readonly clock: DrivenClock
  readonly faults: FaultScript<FaultRule>
  /** Cuts websocket connections: those that watch an account, or all. Returns how many. */
  dropSockets(user?: string): number
}

const TIMING: StreamTiming = { idleMs: 60_000, stateIntervalMs: 500 }
const TAKER_FEE = '0.00045'
const MAKER_FEE = '0.00015'

/** Starts a venue and resolves once it listens, by default on a port. @throws when the port is taken */
export async function startHyperliquidVenue(
  options: HyperliquidVenueOptions = {},
  listen: Listen = listenAs,
): Promise<RunningVenue> {
  const clock = new DrivenClock(options.clock ?? { kind: 'real' })
  const seed = options.seed ?? 1
  const engine = createVenue({ ...options.engine, clock, seed })
  const desk = deskOf(engine, options, seed)
  const stopping = new AbortController()
  const limits = new StreamLimits(scalesOf(options).stream)
  const stream = new StreamFront({
    desk,
    limits,
    timing: { ...TIMING, ...options.stream },
    stopped: stopping.signal,
  })
  const dropSockets = (user?: string) => stream.connections.drop(user)
  const target = { venue: engine, network: desk.network, clock, faults: desk.faults, stale: desk.stale, dropSockets }
  const http = new HttpFront(
    desk,
    (command, args) => answerControl(CONTROL_COMMANDS, command, args, target),
    stopping.signal,
  )
  const listening = await listen({ engine, clock, http, streams: stream, stopping }, options.port)
  const stop = async () => {
    desk.stale.close()
    await listening.stop()
  }
  return { ...listening, engine, clock, faults: desk.faults, dropSockets, stop }
}

function deskOf(venue: Venue, options: HyperliquidVenueOptions, seed: number): InfoDesk {
  const scales = scalesOf(options)
  return {
    venue,
    network: options.network ?? 'mainnet',
    faults: new FaultScript(seed),
    stale: new StaleAccountReads(venue),
    ipWeights: new IpWeights(scales.rest),
    budget: new AddressBudget(venue.account, scales.actions),
    fees: { taker: options.engine?.takerFee ?? TAKER_FEE, maker: options.engine?.makerFee ?? MAKER_FEE },
  }
}

function scalesOf({ rateLimits = 1 }: HyperliquidVenueOptions): RateLimitScales {
  if (typeof rateLimits === 'number') return { rest: rateLimits, actions: rateLimits, stream: rateLimits }
  return { rest: 1, actions: 1, stream: 1, ...rateLimits }
}
