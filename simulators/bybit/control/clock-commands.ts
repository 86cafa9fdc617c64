/** Control commands on time. */
import { z } from 'zod'
import { command, type ControlTarget } from './control-command.ts'
import { milliseconds } from './control-fields.ts'

function status({ venue, clock, env }: ControlTarget) {
  return { env, clock: clock.kind, now: venue.now(), nextDue: venue.nextDue() }
}

/** Commands by name. */
export const clockCommands = {
  /** Host, clock and the next moment at which something is due. */
  status: command(z.strictObject({}), (_, target) => status(target)),
  /** Moves the clock forward by `ms`; with a real clock this skews it. Everything due on the way happens, in order. */
  advanceClock: command(z.strictObject({ ms: milliseconds }), ({ ms }, target) => {
    target.clock.advance(ms)
    target.venue.settle()
    return status(target)
  }),
  /** Puts the clock at a later time. */
  setClock: command(z.strictObject({ time: milliseconds }), ({ time }, target) => {
    target.clock.set(time)
    target.venue.settle()
    return status(target)
  }),
} as const
