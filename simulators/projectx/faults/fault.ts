/** The faults a test can script on this venue: those of every venue, and this one's own. */
import { z } from 'zod'
import { requestFault, ruleTerms, streamFault } from '#simulators/venue/faults.ts'

/** Refusals in the venue's own terms; `processed` says whether it acted nevertheless. */
const refusalFault = z.discriminatedUnion('kind', [
  /** HTTP 200 with `success` false and this code: 6 and 7 of Order/place are the ambiguous ones. */
  z.strictObject({ kind: z.literal('error-code'), code: z.int().positive(), processed: z.boolean().default(false) }),
  /** HTTP 401 although the token is good. */
  z.strictObject({ kind: z.literal('unauthorized'), processed: z.literal(false).default(false) }),
])

/** What a read says wrongly. */
const readFault = z.discriminatedUnion('kind', [
  /** A search of orders misses an order that fits the match. One order once is one hit. */
  z.strictObject({ kind: z.literal('hide-order') }),
  /** Answers as the account was `ms` ago. */
  z.strictObject({ kind: z.literal('stale'), ms: z.int().nonnegative() }),
  /** A list answer keeps only its first `rows` rows, without a word. */
  z.strictObject({ kind: z.literal('truncate'), rows: z.int().nonnegative() }),
  /** Trade/search misses its newest `rows` rows. */
  z.strictObject({ kind: z.literal('trade-lag'), rows: z.int().positive().default(1) }),
])

/** What a rule applies to; every field given must match, none given matches everything of the fault's kind. */
const faultMatch = z.strictObject({
  /** E.g. `/api/Order/place`, `/hubs/user`. */
  path: z.string().optional(),
  /** Tag the request, order or event carries; changes of an order carry the order's. */
  customTag: z.string().optional(),
  /** Account id (as text or number) or name. */
  account: z
    .union([z.string(), z.int()])
    .transform((value) => String(value))
    .optional(),
  /** Contract id. */
  contract: z.string().optional(),
  /** Hub event, e.g. `GatewayUserTrade`. */
  target: z.string().optional(),
})
export type FaultMatch = z.output<typeof faultMatch>

/** A scripted rule. The first rule that matches and has hits left applies; rules are tried in the order given. */
export const faultRule = z.strictObject({
  match: faultMatch.default({}),
  fault: z.union([requestFault, refusalFault, readFault, streamFault]),
  ...ruleTerms,
})
export type FaultRule = z.output<typeof faultRule>
export type FaultRuleInput = z.input<typeof faultRule>
