/** What this venue's control commands act on. */
import type { Venue } from '#simulators/hyperliquid/engine/venue.ts'
import type { FaultRule } from '#simulators/hyperliquid/faults/fault.ts'
import type { StaleAccountReads } from '#simulators/hyperliquid/faults/stale-account-reads.ts'
import type { Network } from '#simulators/hyperliquid/wire/action-hash.ts'
import { commandsOn } from '#simulators/venue/control-command.ts'
import type { DrivenClock } from '#simulators/venue/driven-clock.ts'
import type { FaultScript } from '#simulators/venue/fault-script.ts'

export interface ControlTarget {
  readonly venue: Venue
  readonly network: Network
  readonly clock: DrivenClock
  readonly faults: FaultScript<FaultRule>
  readonly stale: StaleAccountReads
  /** Cuts websocket connections; of one account's subscribers, or all. Returns how many. */
  readonly dropSockets: (user?: string) => number
}

/** Defines a command. */
export const command = commandsOn<ControlTarget>()
