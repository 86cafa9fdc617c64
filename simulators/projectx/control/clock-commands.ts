/** Control commands on time. */
import { clockCommandsOf } from '#simulators/venue/clock-commands.ts'
import type { ControlTarget } from './control-command.ts'

/** Commands by name. The status: clock and the next moment at which something is due. */
export const clockCommands = clockCommandsOf(({ venue, clock }: ControlTarget) => ({
  clock: clock.kind,
  now: venue.now(),
  nextDue: venue.nextDue(),
}))
