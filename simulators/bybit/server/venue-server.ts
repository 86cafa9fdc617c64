/** Starts a Bybit venue: engine, REST, streams and control endpoint on one port of this machine. */
import { CONTROL_COMMANDS } from '#simulators/bybit/control/control-commands.ts'
import { createVenue } from '#simulators/bybit/engine/create-venue.ts'
import type { EngineOptions } from '#simulators/bybit/engine/options.ts'
import type { Venue } from '#simulators/bybit/engine/venue.ts'
import type { FaultRule } from '#simulators/bybit/faults/fault.ts'
import { answerControl } from '#simulators/venue/control-endpoint.ts'
import { type ClockMode, DrivenClock } from '#simulators/venue/driven-clock.ts'
import { FaultScript } from '#simulators/venue/fault-script.ts'
import { type Listen, type ListeningVenue, listenAs } from '#simulators/venue/venue-listener.ts'
import { ApiKeys, type SiteEnv } from './api-keys.ts'
import { HttpFront } from './http-front.ts'
import { RateBuckets } from './rate-buckets.ts'
import { StreamFront } from './stream-front.ts'
import type { VenueContext } from './venue-context.ts'

/** Settings of a running venue; everything has a default. */
export interface BybitVenueOptions {
  /** 0 = any free port (default). */
  readonly port?: number
  /** Default `mainnet`: keys of other hosts are unknown; `demo` has no order entry over a socket. */
  readonly env?: SiteEnv
  /** Default the machine's clock. */
  readonly clock?: ClockMode
  /** Seed of the engine and of faults drawn by chance (default 1). */
  readonly seed?: number
  /** Multiple of the documented rate limits (default 1); Infinity switches them off. */
  readonly rateLimits?: number
  /** Quotes, fees and rules of the engine. `ackDelayMs` is 5 on a real clock, 0 on a manual one. */
  readonly engine?: Omit<EngineOptions, 'clock' | 'seed'>
}

/** A venue that listens. */
export interface RunningVenue extends ListeningVenue {
  /** `http://127.0.0.1:<port>`; streams are at `ws://…/v5/private`, `/v5/trade` and `/v5/public/linear`. */
  readonly url: string
  readonly env: SiteEnv
  readonly engine: Venue
  readonly keys: ApiKeys
  readonly clock: DrivenClock
  readonly faults: FaultScript<FaultRule>
  /** Cuts stream connections: those that speak for an account, or all. Returns how many. */
  dropSockets(account?: string): number
}

/** Acknowledgements run ahead of their effect, as on the venue. */
const ACK_DELAY_MS = 5

/** Starts a venue and resolves once it listens, by default on a port. @throws when the port is taken */
export async function startBybitVenue(
  options: BybitVenueOptions = {},
  listen: Listen = listenAs,
): Promise<RunningVenue> {
  const clock = new DrivenClock(options.clock ?? { kind: 'real' })
  const seed = options.seed ?? 1
  const ackDelayMs = clock.kind === 'real' ? ACK_DELAY_MS : 0
  const engine = createVenue({ ackDelayMs, ...options.engine, clock, seed })
  const env = options.env ?? 'mainnet'
  const context: VenueContext = {
    venue: engine,
    env,
    keys: new ApiKeys(env),
    faults: new FaultScript(seed),
    rates: new RateBuckets(options.rateLimits ?? 1),
  }
  const { keys, faults } = context
  const stopping = new AbortController()
  const stream = new StreamFront(context, stopping.signal)
  const dropSockets = (account?: string) => stream.connections.drop(account)
  const target = { venue: engine, env, clock, keys, faults, dropSockets }
  const http = new HttpFront(
    context,
    (command, args) => answerControl(CONTROL_COMMANDS, command, args, target),
    stopping.signal,
  )
  const listening = await listen({ engine, clock, http, streams: stream, stopping }, options.port)
  return { ...listening, env, engine, keys, clock, faults, dropSockets }
}
