/** Control commands on markets: instruments, prices, paths, quotes, open rules. */
import { z } from 'zod'
import type { RuleOptions } from '#simulators/hyperliquid/engine/options.ts'
import type { PricePath } from '#simulators/hyperliquid/engine/operator-controls.ts'
import { milliseconds } from '#simulators/venue/control-fields.ts'
import { command } from './control-command.ts'
import { coin, decimalText, signedDecimalText } from './control-fields.ts'

const price = z.strictObject({ coin, px: decimalText })

const path = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('recorded'),
    coin,
    points: z.array(z.strictObject({ time: milliseconds, px: decimalText })).min(1),
  }),
  z.strictObject({
    kind: z.literal('walk'),
    coin,
    stepMs: z.int().positive(),
    stepBps: z.number().positive(),
    seed: z.int(),
    until: milliseconds.optional(),
  }),
])

const rule = z.discriminatedUnion('rule', [
  z.strictObject({ rule: z.literal('acceptRestingDuplicateCloid'), value: z.boolean() }),
  z.strictObject({ rule: z.literal('reduceOnlyExemptFromMinimum'), value: z.boolean() }),
  z.strictObject({ rule: z.literal('reduceOnlyOversize'), value: z.enum(['reject', 'clamp']) }),
  z.strictObject({ rule: z.literal('triggerNeedsPosition'), value: z.boolean() }),
  z.strictObject({ rule: z.literal('childrenOnPartialCancel'), value: z.enum(['cancel', 'resize']) }),
  z.strictObject({ rule: z.literal('postOnlyWindow'), value: z.boolean() }),
  z.strictObject({ rule: z.literal('nonceWindowSlackMs'), value: milliseconds }),
])

/** Commands by name. */
export const marketCommands = {
  /** Lists a perpetual. */
  addInstrument: command(
    z.strictObject({
      name: coin,
      szDecimals: z.int().min(0).max(6),
      maxLeverage: z.int().min(1).max(100),
      markPx: decimalText,
      onlyIsolated: z.boolean().default(false),
    }),
    (spec, { venue }) => venue.operator.addInstrument(spec),
  ),
  /** Moves mark and oracle: triggers fire, liquidations happen. */
  setMark: command(price, (args, { venue }) => {
    venue.operator.setMark(args.coin, args.px)
    return venue.market.context(args.coin) ?? null
  }),
  /** Moves only the oracle price. */
  setOracle: command(price, (args, { venue }) => {
    venue.operator.setOracle(args.coin, args.px)
    return venue.market.context(args.coin) ?? null
  }),
  /** Hourly funding rate from the next settlement on. */
  setFundingRate: command(z.strictObject({ coin, rate: signedDecimalText }), (args, { venue }) => {
    venue.operator.setFundingRate(args.coin, args.rate)
    return venue.market.context(args.coin) ?? null
  }),
  /** Takes the market maker away, or brings it back. */
  setQuoting: command(z.strictObject({ coin, quoting: z.boolean() }), (args, { venue }) => {
    venue.operator.setQuoting(args.coin, args.quoting)
    return venue.market.book(args.coin, 1) ?? null
  }),
  /** Sets a price path; steps are taken as the clock reaches them. */
  followPath: command(path, (args, { venue }) => {
    // zod types an absent `until` as undefined; the engine reads both as forever.
    venue.operator.follow(args as PricePath)
    return { coin: args.coin }
  }),
  /** Switches a rule that sources leave open. */
  setRule: command(rule, (args, { venue }) => {
    // The schema pairs rule and value; a discriminated pair is beyond what a generic call can follow.
    venue.operator.setRule<keyof RuleOptions>(args.rule, args.value)
    return args
  }),
  /** The live numbers of one coin. */
  market: command(z.strictObject({ coin }), (args, { venue }) => venue.market.context(args.coin) ?? null),
} as const
