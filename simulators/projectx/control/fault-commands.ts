/** Control commands that script faults. */
import { z } from 'zod'
import { type FaultRule, faultRule } from '#simulators/projectx/faults/fault.ts'
import { faultCommandsOf } from '#simulators/venue/fault-commands.ts'
import { command } from './control-command.ts'
import { account } from './control-fields.ts'

/** Commands by name. */
export const faultCommands = {
  ...faultCommandsOf<FaultRule>(),
  /** Appends a fault rule; rules are tried in the order given. Returns its id. */
  addFault: command(faultRule, (rule, { faults }) => ({ id: faults.add(rule) })),
  /** Cuts hub connections now: those that watch an account, or all. */
  dropSockets: command(z.strictObject({ account: account.optional() }), (args, { venue, dropSockets }) => ({
    dropped: dropSockets(args.account === undefined ? undefined : venue.oracle.ledger(args.account).account.id),
  })),
} as const
