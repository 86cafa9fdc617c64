/** Control commands on time, as every venue has them. What its status tells beside the time is each venue's own. */
import { z } from 'zod'
import { commandsOn, type ControlCommand } from './control-command.ts'
import { milliseconds } from './control-fields.ts'
import type { DrivenClock } from './driven-clock.ts'

/** A venue and the clock that drives it. */
export interface ClockTarget {
  readonly venue: { settle(): void }
  readonly clock: DrivenClock
}

/** The commands by name; each answers the status. */
export interface ClockCommands<Target, Status> {
  readonly status: ControlCommand<Target, Record<string, never>, Status>
  /** Moves the clock forward by `ms`; with a real clock this skews it. Everything due on the way happens, in order. */
  readonly advanceClock: ControlCommand<Target, { ms: number }, Status>
  /** Puts the clock at a later time. */
  readonly setClock: ControlCommand<Target, { time: number }, Status>
}

/** Makes the commands of one venue. */
export function clockCommandsOf<Target extends ClockTarget, Status>(
  status: (target: Target) => Status,
): ClockCommands<Target, Status> {
  const command = commandsOn<Target>()
  const settled = (target: Target): Status => {
    target.venue.settle()
    return status(target)
  }
  return {
    status: command(z.strictObject({}), (_, target) => status(target)),
    advanceClock: command(z.strictObject({ ms: milliseconds }), ({ ms }, target) => {
      target.clock.advance(ms)
      return settled(target)
    }),
    setClock: command(z.strictObject({ time: milliseconds }), ({ time }, target) => {
      target.clock.set(time)
      return settled(target)
    }),
  }
}
