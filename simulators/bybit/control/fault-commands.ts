/** Control commands that script faults. */
import { z } from 'zod'
import { type FaultRule, faultRule } from '#simulators/bybit/faults/fault.ts'
import { faultCommandsOf } from '#simulators/venue/fault-commands.ts'
import { command } from './control-command.ts'
import { account } from './control-fields.ts'

/** Commands by name. */
export const faultCommands = {
  ...faultCommandsOf<FaultRule>(),
  /** Appends a fault rule; rules are tried in the order given. Returns its id. */
  addFault: command(faultRule, (rule, { faults }) => ({ id: faults.add(rule) })),
  /** Cuts stream connections now: those that speak for an account, or all. */
  dropSockets: command(z.strictObject({ account: account.optional() }), (args, { dropSockets }) => ({
    dropped: dropSockets(args.account),
  })),
} as const
