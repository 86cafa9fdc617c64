/**
 * The faults every simulated venue can be told to have, and the shape of a rule. Every fault says whether the venue
 * processed the request, because that is the question its victim must answer. What a read says wrongly is each venue's own.
 */
import { z } from 'zod'
import { milliseconds } from './control-fields.ts'

/** Faults of a request, whether over HTTP or over a socket. */
export const requestFault = z.discriminatedUnion('kind', [
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
  /** Not processed; answered as the venue answers what is over its rate limit. */
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
export type RequestFault = z.output<typeof requestFault>

/** Faults of the stream. */
export const streamFault = z.discriminatedUnion('kind', [
  /** The event is sent twice. */
  z.strictObject({ kind: z.literal('duplicate-event') }),
  /** The event is not sent; with `releaseAfterMs` it is sent that much later (real time), so out of order. */
  z.strictObject({ kind: z.literal('withhold-event'), releaseAfterMs: milliseconds.optional() }),
  /** The connection that should get the event is cut instead. */
  z.strictObject({ kind: z.literal('drop-socket') }),
])
export type StreamFault = z.output<typeof streamFault>

/** When and how often a rule applies, beside its match and fault. */
export const ruleTerms = {
  /** Matches let through before the first hit. */
  skip: z.int().nonnegative().default(0),
  /** Hits before the rule is spent; null for no end. */
  count: z.int().positive().nullable().default(1),
  /** Chance of a hit per match, from the venue's seeded generator. */
  probability: z.number().min(0).max(1).default(1),
}
