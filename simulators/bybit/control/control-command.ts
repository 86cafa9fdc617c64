/** What this venue's control commands act on. */
import type { Venue } from '#simulators/bybit/engine/venue.ts'
import type { FaultRule } from '#simulators/bybit/faults/fault.ts'
import type { ApiKeys, SiteEnv } from '#simulators/bybit/server/api-keys.ts'
import { commandsOn } from '#simulators/venue/control-command.ts'
import type { DrivenClock } from '#simulators/venue/driven-clock.ts'
import type { FaultScript } from '#simulators/venue/fault-script.ts'

export interface ControlTarget {
  readonly venue: Venue
  readonly env: SiteEnv
  readonly clock: DrivenClock
  readonly keys: ApiKeys
  readonly faults: FaultScript<FaultRule>
  /** Cuts stream connections; of one account, or all. Returns how many. */
  readonly dropSockets: (account?: string) => number
}

/** Defines a command. */
export const command = commandsOn<ControlTarget>()
