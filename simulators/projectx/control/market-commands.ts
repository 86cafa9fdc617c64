/** Control commands on markets: prices, depth, open rules. */
import { z } from 'zod'
import type { RuleOptions } from '#simulators/projectx/engine/options.ts'
import { command } from './control-command.ts'
import { contract, decimalText } from './control-fields.ts'

const rule = z.discriminatedUnion('rule', [
  z.strictObject({ rule: z.literal('session'), value: z.enum(['globex', 'open']) }),
  z.strictObject({ rule: z.literal('autoLiquidation'), value: z.boolean() }),
  z.strictObject({ rule: z.literal('entryCancelLeavesChildren'), value: z.boolean() }),
])

/** Commands by name. */
export const marketCommands = {
  /** Moves the last price of a contract, or of every expiry of a root: stops fire, resting orders fill. Returns the quote. */
  setMark: command(z.strictObject({ contract, price: decimalText }), (args, { venue }) =>
    venue.operator.setMark(args.contract, args.price),
  ),
  /** Spread and depth; `perLevel` null is endless. */
  setLiquidity: command(
    z.strictObject({
      contract,
      halfSpreadTicks: z.number().nonnegative().optional(),
      perLevel: z.int().positive().nullable().optional(),
      levels: z.int().positive().optional(),
    }),
    ({ contract: which, ...given }, { venue }) =>
      venue.operator.setLiquidity(
        which,
        Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
      ),
  ),
  /** Switches a rule of engine/options.ts. */
  setRule: command(rule, (args, { venue }) => {
    // The schema pairs rule and value; a discriminated pair is beyond what a generic call can follow.
    venue.operator.setRule<keyof RuleOptions>(args.rule, args.value)
    return args
  }),
  /** The quote of a contract. */
  market: command(z.strictObject({ contract }), (args, { venue }) => venue.operator.quote(args.contract)),
} as const
