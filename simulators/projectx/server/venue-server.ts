/** Starts a ProjectX venue: engine, REST, hubs and control endpoint on one port of this machine. */
import { CONTROL_COMMANDS } from '#simulators/projectx/control/control-commands.ts'
import { createVenue } from '#simulators/projectx/engine/create-venue.ts'
import type { EngineOptions } from '#simulators/projectx/engine/options.ts'
import type { Venue } from '#simulators/projectx/engine/venue.ts'
import type { FaultRule } from '#simulators/projectx/faults/fault.ts'
import { answerControl } from '#simulators/venue/control-endpoint.ts'
import { type ClockMode, DrivenClock } from '#simulators/venue/driven-clock.ts'
import { FaultScript } from '#simulators/venue/fault-script.ts'
import { type Listen, type ListeningVenue, listenAs } from '#simulators/venue/venue-listener.ts'
import type { Desk } from './desk.ts'
import { HttpFront } from './http-front.ts'
import type { HubTiming } from './hub-connection.ts'
import { HubFront } from './hub-front.ts'
import type { EventShape } from './hub-subscriptions.ts'
import { RequestBudget } from './request-budget.ts'
import { Sessions } from './sessions.ts'

/** Settings of a running venue; everything has a default. */
export interface ProjectXVenueOptions {
  /** 0 = any free port (default). */
  readonly port?: number
  /** Default the machine's clock. */
  readonly clock?: ClockMode
  /** Seed of tokens and of faults drawn by chance (default 1). */
  readonly seed?: number
  /** Multiple of the documented request budgets (default 1); Infinity switches them off. */
  readonly rateLimits?: number
  /** How the user hub wraps its events (default `action-data`, as captured live). */
  readonly hubEvents?: EventShape
  readonly hubs?: Partial<HubTiming>
  /** Products, liquidity and rules of the engine. */
  readonly engine?: Omit<EngineOptions, 'clock'>
}

/** A venue that listens. */
export interface RunningVenue extends ListeningVenue {
  /** `http://127.0.0.1:<port>`; the hubs are at `/hubs/user` and `/hubs/market` of the same port. */
  readonly url: string
  readonly engine: Venue
  readonly clock: DrivenClock
  readonly faults: FaultScript<FaultRule>
  /** Users, keys and tokens. */
  readonly sessions: Sessions
  /** Cuts hub connections: those that watch an account (id), or all. Returns how many. */
  dropSockets(accountId?: number): number
}

const TIMING: HubTiming = { keepAliveMs: 15_000, clientTimeoutMs: 30_000 }

/** Starts a venue and resolves once it listens, by default on a port. @throws when the port is taken */
export async function startProjectXVenue(
  options: ProjectXVenueOptions = {},
  listen: Listen = listenAs,
): Promise<RunningVenue> {
  const clock = new DrivenClock(options.clock ?? { kind: 'real' })
  const seed = options.seed ?? 1
  const engine = createVenue({ ...options.engine, clock })
  const desk: Desk = {
    venue: engine,
    faults: new FaultScript(seed),
    sessions: new Sessions(() => clock.now(), seed),
    budget: new RequestBudget(options.rateLimits ?? 1),
  }
  const stopping = new AbortController()
  const hubs = new HubFront(desk, { ...TIMING, ...options.hubs }, options.hubEvents ?? 'action-data')
  const dropSockets = (accountId?: number) => hubs.connections.drop(accountId)
  const { faults, sessions } = desk
  const target = { venue: engine, clock, faults, sessions, dropSockets }
  const http = new HttpFront(
    desk,
    (command, args) => answerControl(CONTROL_COMMANDS, command, args, target),
    stopping.signal,
  )
  const listening = await listen({ engine, clock, http, streams: hubs, stopping }, options.port)
  return { ...listening, engine, clock, faults, sessions, dropSockets }
}
