/** The faults a test can script on this venue: those of every venue, and what an `/info` answer may say wrongly. */
import { z } from 'zod'
import { requestFault, ruleTerms, streamFault } from '#simulators/venue/faults.ts'

/** Faults of what an /info answer says. */
const readFault = z.discriminatedUnion('kind', [
  /** Answers as the account was `ms` ago, no further back than the moment the rule was armed. */
  z.strictObject({ kind: z.literal('stale'), ms: z.int().nonnegative() }),
  /** An order status query says unknownOid although the order exists. */
  z.strictObject({ kind: z.literal('unknown-oid') }),
  /** A list answer keeps only its first `rows` rows, without a word. */
  z.strictObject({ kind: z.literal('truncate'), rows: z.int().nonnegative() }),
])

/** One fault. */
const fault = z.union([requestFault, readFault, streamFault])
export type ReadFault = z.output<typeof readFault>

/** What a rule applies to; every field given must match, none given matches everything of the fault's kind. */
const faultMatch = z.strictObject({
  /** `/exchange`, `/info`, or `/ws` for websocket posts. */
  path: z.enum(['/exchange', '/info', '/ws']).optional(),
  /** Action type of an exchange request, e.g. `order`. */
  action: z.string().optional(),
  /** Info request type, e.g. `orderStatus`. */
  info: z.string().optional(),
  /** Stream channel, e.g. `orderUpdates`, `userFills`. */
  channel: z.string().optional(),
  /** Account the request or event is about (master address; for exchange requests also the signer). */
  user: z.string().toLowerCase().optional(),
  /** Client order id the request or event carries. */
  cloid: z.string().toLowerCase().optional(),
})
export type FaultMatch = z.output<typeof faultMatch>

/** A scripted rule. The first rule that matches and has hits left applies; rules are tried in the order given. */
export const faultRule = z.strictObject({ match: faultMatch.default({}), fault, ...ruleTerms })
export type FaultRule = z.output<typeof faultRule>
export type FaultRuleInput = z.input<typeof faultRule>
