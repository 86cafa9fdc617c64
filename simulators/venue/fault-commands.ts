/** Control commands on the fault rules of a venue. How a rule is added is the venue's own: so are its match and its faults. */
import { z } from 'zod'
import { commandsOn, type ControlCommand } from './control-command.ts'
import type { FaultRuleState, FaultScript, ScriptedRule } from './fault-script.ts'

/** A venue with faults. */
export interface FaultTarget<Rule extends ScriptedRule> {
  readonly faults: FaultScript<Rule>
}

/** The commands by name; each answers the rules there are. */
export interface FaultCommands<Rule extends ScriptedRule> {
  /** All fault rules with their matches and hits. */
  readonly faults: ControlCommand<FaultTarget<Rule>, Record<string, never>, readonly FaultRuleState<Rule>[]>
  /** Removes one fault rule, or all. */
  readonly clearFaults: ControlCommand<FaultTarget<Rule>, { id?: number | undefined }, readonly FaultRuleState<Rule>[]>
}

/** Makes the commands of one venue. */
export function faultCommandsOf<Rule extends ScriptedRule>(): FaultCommands<Rule> {
  const command = commandsOn<FaultTarget<Rule>>()
  return {
    faults: command(z.strictObject({}), (_, { faults }) => faults.list()),
    clearFaults: command(z.strictObject({ id: z.int().optional() }), ({ id }, { faults }) => {
      faults.clear(id)
      return faults.list()
    }),
  }
}
