/** The shape of a control command: a checked JSON object in, a JSON value out. */
import type { z } from 'zod'
import type { Venue } from '#simulators/hyperliquid/engine/venue.ts'
import type { FaultScript } from '#simulators/hyperliquid/faults/fault-script.ts'
import type { StaleAccountReads } from '#simulators/hyperliquid/faults/stale-account-reads.ts'
import type { DrivenClock } from '#simulators/hyperliquid/server/venue-clock.ts'
import type { Network } from '#simulators/hyperliquid/wire/action-hash.ts'

/** What commands act on. */
export interface ControlTarget {
  readonly venue: Venue
  readonly network: Network
  readonly clock: DrivenClock
  readonly faults: FaultScript
  readonly stale: StaleAccountReads
  /** Cuts websocket connections; of one account's subscribers, or all. Returns how many. */
  readonly dropSockets: (user?: string) => number
}

/** A command: `Args` is what a caller passes, `Result` what comes back as JSON. */
export interface ControlCommand<Args, Result> {
  readonly schema: z.ZodType<unknown, Args>
  readonly run: (raw: unknown, target: ControlTarget) => Result
}

/** Defines a command. */
export function command<Schema extends z.ZodType, Result>(
  schema: Schema,
  run: (args: z.output<Schema>, target: ControlTarget) => Result,
): ControlCommand<z.input<Schema>, Result> {
  return {
    schema: schema as unknown as z.ZodType<unknown, z.input<Schema>>,
    run: (raw, target) => run(schema.parse(raw), target),
  }
}
