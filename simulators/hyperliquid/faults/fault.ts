/**
 * The faults a test can script: what goes wrong, with which requests or stream events, how often. Every fault says
 * whether the venue processed the request, because that is the question its victim must answer.
 */
import { z } from 'zod'

const milliseconds = z.int().nonnegative()

/** Faults of a request, whether over HTTP or as a websocket post. */
const requestFault = z.discriminatedUnion('kind', [
  /** Never processed; the connection drops. */
  z.strictObject({ kind: z.literal('lose-request') }),
  /** Processed; the connection drops before the answer. */
  z.strictObject({ kind: z.literal('lose-response') }),
  /** Processed, yet answered with an HTTP error. */
  z.strictObject({
    kind: z.literal('error-after-commit'),
    status: z.int().min(400).max(599).default(502),
    body: z.string().optional(),
  }),
  /** Not processed; answered with an HTTP error. */
  z.strictObject({
    kind: z.literal('error'),
    status: z.int().min(400).max(599).default(500),
    body: z.string().optional(),
  }),
  /** Not processed; HTTP 429. */
  z.strictObject({ kind: z.literal('rate-limit') }),
  /** Held for `ms` before or after processing, then answered. */
  z.strictObject({ kind: z.literal('delay'), when: z.enum(['before', 'after']).default('before'), ms: milliseconds }),
  /** Never answered, the connection stays open; `processed` says whether the venue acted. */
  z.strictObject({ kind: z.literal('hang'), processed: z.boolean().default(false) }),
  /** Answered 200 with a body that is no JSON; `processed` says whether the venue acted. */
  z.strictObject({
    kind: z.literal('garbage'),
    processed: z.boolean().default(true),
    body: z.string().default('<html><body>upstream connect error</body></html>'),
  }),
])

/** Faults of what an /info answer says. */
const readFault = z.discriminatedUnion('kind', [
  /** Answers as the account was `ms` ago, no further back than the moment the rule was armed. */
  z.strictObject({ kind: z.literal('stale'), ms: milliseconds }),
  /** An order status query says unknownOid although the order exists. */
  z.strictObject({ kind: z.literal('unknown-oid') }),
  /** A list answer keeps only its first `rows` rows, without a word. */
  z.strictObject({ kind: z.literal('truncate'), rows: z.int().nonnegative() }),
])

/** Faults of the stream. */
const streamFault = z.discriminatedUnion('kind', [
  /** The event is sent twice. */
  z.strictObject({ kind: z.literal('duplicate-event') }),
  /** The event is not sent; with `releaseAfterMs` it is sent that much later (real time), so out of order. */
  z.strictObject({ kind: z.literal('withhold-event'), releaseAfterMs: milliseconds.optional() }),
  /** The connection that should get the event is cut instead. */
  z.strictObject({ kind: z.literal('drop-socket') }),
])

/** One fault. */
export const fault = z.union([requestFault, readFault, streamFault])
export type Fault = z.output<typeof fault>
export type RequestFault = z.output<typeof requestFault>
export type ReadFault = z.output<typeof readFault>
export type StreamFault = z.output<typeof streamFault>

/** What a rule applies to; every field given must match, none given matches everything of the fault's kind. */
export const faultMatch = z.strictObject({
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
export const faultRule = z.strictObject({
  match: faultMatch.default({}),
  fault,
  /** Matches let through before the first hit. */
  skip: z.int().nonnegative().default(0),
  /** Hits before the rule is spent; null for no end. */
  count: z.int().positive().nullable().default(1),
  /** Chance of a hit per match, from the venue's seeded generator. */
  probability: z.number().min(0).max(1).default(1),
})
export type FaultRule = z.output<typeof faultRule>
export type FaultRuleInput = z.input<typeof faultRule>
