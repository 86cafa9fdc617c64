/** What this venue's control commands act on. */
import type { Venue } from '#simulators/projectx/engine/venue.ts'
import type { FaultRule } from '#simulators/projectx/faults/fault.ts'
import type { Sessions } from '#simulators/projectx/server/sessions.ts'
import { commandsOn } from '#simulators/venue/control-command.ts'
import type { DrivenClock } from '#simulators/venue/driven-clock.ts'
import type { FaultScript } from '#simulators/venue/fault-script.ts'

export interface ControlTarget {
  readonly venue: Venue
  readonly clock: DrivenClock
  readonly faults: FaultScript<FaultRule>
  readonly sessions: Sessions
  /** Cuts hub connections; of one account's subscribers, or all. Returns how many. */
  readonly dropSockets: (accountId?: number) => number
}

/** Defines a command. */
export const command = commandsOn<ControlTarget>()
