/** Control commands that script faults. */
import { z } from 'zod'
import { type FaultRule, faultRule } from '#simulators/hyperliquid/faults/fault.ts'
import { faultCommandsOf } from '#simulators/venue/fault-commands.ts'
import { command } from './control-command.ts'
import { address } from './control-fields.ts'

/** Commands by name. */
export const faultCommands = {
  ...faultCommandsOf<FaultRule>(),
  /** Appends a fault rule; rules are tried in the order given. Returns its id. */
  addFault: command(faultRule, (rule, { faults, stale }) => {
    if (rule.fault.kind === 'stale') stale.arm()
    return { id: faults.add(rule) }
  }),
  /** Cuts websocket connections now: those that watch an account, or all. */
  dropSockets: command(z.strictObject({ user: address.optional() }), ({ user }, { dropSockets }) => ({
    dropped: dropSockets(user),
  })),
} as const
