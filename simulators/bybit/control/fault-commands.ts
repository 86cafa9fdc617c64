/** Control commands that script faults. */
import { z } from 'zod'
import { faultRule } from '#simulators/bybit/faults/fault.ts'
import { command } from './control-command.ts'
import { account } from './control-fields.ts'

/** Commands by name. */
export const faultCommands = {
  /** Appends a fault rule; rules are tried in the order given. Returns its id. */
  addFault: command(faultRule, (rule, { faults }) => ({ id: faults.add(rule) })),
  /** All fault rules with their matches and hits. */
  faults: command(z.strictObject({}), (_, { faults }) => faults.list()),
  /** Removes one fault rule, or all. */
  clearFaults: command(z.strictObject({ id: z.int().optional() }), ({ id }, { faults }) => {
    faults.clear(id)
    return faults.list()
  }),
  /** Cuts stream connections now: those that speak for an account, or all. */
  dropSockets: command(z.strictObject({ account: account.optional() }), (args, { dropSockets }) => ({
    dropped: dropSockets(args.account),
  })),
} as const
