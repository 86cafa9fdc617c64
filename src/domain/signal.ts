/** What a strategy asks for, account-free. One schema gives the types, the validation and the published JSON Schema. */
import { z } from 'zod'
import { type DecimalString, decimalString, isDecimalText } from './decimal.ts'
import { plainLine } from './plain-text.ts'

const positiveDecimal = z
  .string()
  .max(40)
  .refine((text) => isDecimalText(text) && !/^[-+]?0*\.?0*$/.test(text) && !text.startsWith('-'), {
    message: 'expected a positive plain decimal in a string, such as "0.05"',
  })
  .transform((text): DecimalString => decimalString(text))

const name = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[A-Za-z0-9._@/-]+$/, 'letters, digits and . _ @ / - only')
const instrument = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[A-Za-z0-9@._/-]+$/, 'a canonical symbol such as "BTC-PERP"')
  .describe('A tradable such as "BTC-PERP", or a product such as "NQ": then its front contract, or the one held.')
const bps = z.number().positive().max(10_000)
const durationMs = z
  .int()
  .positive()
  .max(366 * 24 * 3_600_000)

const sizeSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('contracts'), value: positiveDecimal }).describe('Size in contracts (coins).'),
  z
    .strictObject({ type: z.literal('notional_usd'), value: positiveDecimal })
    .describe('Order value in USD at the mark.'),
  z
    .strictObject({ type: z.literal('equity_fraction'), value: positiveDecimal })
    .describe('Fraction of broker equity as order value; 0.5 is half.'),
  z
    .strictObject({ type: z.literal('risk_usd'), value: positiveDecimal })
    .describe('USD lost when the stop is hit, before slippage and fees; needs stop_loss.'),
])

const entrySchema = z
  .discriminatedUnion('type', [
    z.strictObject({ type: z.literal('market'), max_slippage_bps: bps.default(50) }),
    z.strictObject({ type: z.literal('limit'), price: positiveDecimal, timeout_ms: durationMs.default(60_000) }),
  ])
  .default({ type: 'market', max_slippage_bps: 50 })

const stopSchema = z.union([
  z.strictObject({ price: positiveDecimal }),
  z.strictObject({ distance_bps: bps }).describe('Distance from the mark at routing, basis points.'),
])
const trailSchema = z.strictObject({
  distance_bps: bps.describe('Distance of the stop from the best mark since entry.'),
  activate_bps: z.number().nonnegative().max(10_000).default(0).describe('Favourable move that arms the trail.'),
})
const disciplineShape = {
  stop_loss: stopSchema.optional(),
  take_profit: stopSchema.optional(),
  trail: trailSchema.optional(),
  max_hold_ms: durationMs.optional(),
}

const common = {
  signal_id: name.describe('Unique for the source; a repeat with the same content returns the first outcome.'),
  source: name,
  strategy: name,
  ts: z.int().nonnegative().describe('When the strategy decided, ms since epoch.'),
  valid_for_ms: durationMs.default(30_000).describe('Older signals are denied as stale (exits never are).'),
  accounts: z
    .array(z.string().min(1).max(64))
    .min(1)
    .max(256)
    .optional()
    .describe('Default: the accounts that the configuration routes this strategy to.'),
}
const exposure = {
  instrument,
  side: z.enum(['long', 'short']),
  size: sizeSchema
    .optional()
    .describe('Where the account sets no size of its own; an account may set one for all or by strategy.'),
  entry: entrySchema,
  ...disciplineShape,
}

export const signalSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('open'), ...common, ...exposure }),
  z.strictObject({
    kind: z.literal('adjust'),
    ...common,
    instrument,
    stop_loss: stopSchema.nullable().optional(),
    take_profit: stopSchema.nullable().optional(),
    trail: trailSchema.nullable().optional(),
    max_hold_ms: durationMs.nullable().optional().describe('Counted from the opening of the position.'),
    reduce_to: positiveDecimal.optional().describe('New size in contracts; only smaller than now.'),
  }),
  z.strictObject({ kind: z.literal('close'), ...common, instrument }),
  z.strictObject({ kind: z.literal('reverse'), ...common, ...exposure }),
  z
    .strictObject({
      kind: z.literal('flatten'),
      ...common,
      instrument: instrument.optional(),
      reason: z.string().overwrite(plainLine).min(1).max(700),
    })
    .describe('Admin: close every position of the accounts, or those on one instrument.'),
])

/** A validated signal, defaults filled in. */
export type Signal = z.infer<typeof signalSchema>
/** A signal as a sender writes it. */
export type SignalInput = z.input<typeof signalSchema>
export type OpenSignal = Extract<Signal, { kind: 'open' }>
export type ReverseSignal = Extract<Signal, { kind: 'reverse' }>
export type AdjustSignal = Extract<Signal, { kind: 'adjust' }>
