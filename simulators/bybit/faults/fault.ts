/** The faults a test can script on this venue: those of every venue, its own refusals, and what a read may say wrongly. */
import { z } from 'zod'
import { requestFault, ruleTerms, streamFault } from '#simulators/venue/faults.ts'

/** Refusals of this venue. */
const refusalFault = z.discriminatedUnion('kind', [
  /** Answered with this retCode; `processed` says whether the venue acted. */
  z.strictObject({
    kind: z.literal('ret-code'),
    code: z.int(),
    message: z.string().default('scripted fault'),
    processed: z.boolean().default(false),
  }),
  /** HTTP 403 "access too frequent": the machine's address is banned. Not processed. */
  z.strictObject({ kind: z.literal('ip-ban') }),
])

/** Faults of what a read says. */
const readFault = z.discriminatedUnion('kind', [
  /** Lookups of an order (realtime, history, execution/list by id) find nothing. */
  z.strictObject({ kind: z.literal('hide-order') }),
  /** Orders, executions and positions are as they were `ms` ago. */
  z.strictObject({ kind: z.literal('stale'), ms: z.int().nonnegative() }),
  /** A list keeps only its first `rows` rows, and says that there is no next page. */
  z.strictObject({ kind: z.literal('truncate'), rows: z.int().nonnegative() }),
  /** The transaction log misses its newest row. */
  z.strictObject({ kind: z.literal('log-lag') }),
])

/** One fault. */
const fault = z.union([requestFault, refusalFault, readFault, streamFault])

/** What a rule applies to; every field given must match, none given matches everything of the fault's kind. */
const faultMatch = z.strictObject({
  /** Path of a REST request or of a stream, e.g. `/v5/order/create`, `/v5/private`, `/v5/trade`. */
  path: z.string().optional(),
  /** orderLinkId that the request or event carries. */
  orderLinkId: z.string().optional(),
  symbol: z.string().optional(),
  /** Stream topic: `order`, `execution`, `position`, `wallet`, `tickers`. */
  topic: z.string().optional(),
  /** Name of the account that asks, or that the event is about. */
  account: z.string().optional(),
})
export type FaultMatch = z.output<typeof faultMatch>

/** A scripted rule. The first rule that matches and has hits left applies; rules are tried in the order given. */
export const faultRule = z.strictObject({ match: faultMatch.default({}), fault, ...ruleTerms })
export type FaultRule = z.output<typeof faultRule>
export type FaultRuleInput = z.input<typeof faultRule>
