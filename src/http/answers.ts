/**
 * Answers of the HTTP interface as schemas, for the published document. Each is checked by the compiler against the type that the handler answers with:
 * a member that is missing, unknown or of another type here does not compile. Nothing is validated with them at run time.
 */
import { z } from 'zod'
import type { EquityDayRow, EquityRow } from '#domain/equity-row.ts'
import type { AlertRow, AuditRow } from '#domain/records.ts'
import type { AccountOutcome, ErrorAnswer, ReadyAnswer, SignalAnswer, SitesAnswer, TimelineAnswer } from './wire.ts'

/** Members of a type that a schema does not describe, or describes otherwise; `never` when there are none. */
type Differing<Wire, Described> = {
  [Key in keyof Wire | keyof Described]: Key extends keyof Wire & keyof Described
    ? Wire[Key] extends Described[Key]
      ? never
      : Key
    : Key
}[keyof Wire | keyof Described]

/** An object schema that describes exactly the members of `Wire`: `describes<Wire>()(z.object({...}))`. */
export function describes<Wire extends object>() {
  return <Schema extends z.ZodObject>(
    schema: [Differing<Wire, z.input<Schema>>] extends [never] ? Schema : Differing<Wire, z.input<Schema>>,
  ): Schema => schema as Schema
}

export const decimal = z.string().describe('An exact plain decimal.')
export const instant = z.number().describe('ms since epoch.')
/** Rows that are shown as they stand in the book: their members are documented in the source, and more may come. */
export const bookRow = z.looseObject({})
/** `{ [name]: [row, ...] }` */
export function listOf(name: string, row: z.ZodType): z.ZodObject {
  return z.object({ [name]: z.array(row) })
}

const remainder = {
  remainder: decimal,
  unexplained: decimal
    .nullable()
    .describe('Meant to be "0"; null where coverage is incomplete, and `unknown` says why.'),
  unknown: z.string().nullable(),
}

export const errorAnswer = describes<ErrorAnswer>()(
  z.object({
    error: z.object({
      code: z.enum([
        'invalid',
        'unauthorized',
        'forbidden',
        'not_found',
        'conflict',
        'too_large',
        'unsupported_media_type',
        'too_many_requests',
        'unavailable',
        'internal',
      ]),
      message: z.string(),
      path: z.string().optional(),
      expected: z.string().optional(),
      seen: z.string().optional(),
      also: z.array(z.string()).readonly().optional(),
      request_id: z.string().optional(),
    }),
  }),
)

const accountOutcome = describes<AccountOutcome>()(
  z.object({
    account: z.string(),
    position_id: z.string(),
    status: z.enum(['pending', 'done', 'denied', 'nothing-to-do']),
    detail: z.string().optional(),
    gate: z.string().optional(),
    limit: z.string().optional(),
    observed: z.string().optional(),
    sizing: z.string().optional(),
  }),
)

export const signalAnswer = describes<SignalAnswer>()(
  z.object({ signal_key: z.string(), accounts: z.array(accountOutcome).readonly() }),
)

export const readyAnswer = describes<ReadyAnswer>()(
  z.object({ ready: z.boolean(), checks: z.array(z.object({ check: z.string(), ok: z.boolean() })).readonly() }),
)

export const sitesAnswer = describes<SitesAnswer>()(
  z.object({
    sites: z
      .array(
        z.object({
          site: z.string().nullable(),
          accounts: z.array(z.string()).readonly(),
          workers: z.array(z.string()).readonly(),
          unattended: z.array(z.string()).readonly(),
        }),
      )
      .readonly(),
  }),
)

export const alertRow = describes<AlertRow>()(
  z.object({
    alertId: z.string(),
    severity: z.enum(['critical', 'warning', 'info']),
    kind: z.string(),
    account: z.string(),
    instrument: z.string().nullable(),
    positionId: z.string().nullable(),
    title: z.string(),
    detail: z.string(),
    raisedAt: instant,
    resolvedAt: instant.nullable(),
    deliveredAt: instant.nullable(),
    active: z.boolean(),
    acknowledged: z.object({ by: z.string(), at: instant, why: z.string() }).nullable().optional(),
  }),
)

const auditRow = describes<AuditRow>()(
  z.object({
    auditId: z.string(),
    subjectKind: z.string(),
    subject: z.string(),
    seq: z.number().describe('Place in the chain of the subject, from 0.'),
    previous: z.string().nullable().describe('Hash of the record before; null for the first.'),
    hash: z.string().describe('SHA-256 over all other fields.'),
    at: instant,
    actor: z.string(),
    decision: z.string(),
    inputs: z.record(z.string(), z.unknown()).readonly(),
  }),
)

export const timelineAnswer = describes<TimelineAnswer>()(
  z.object({
    position_id: z.string(),
    records: z.array(auditRow).readonly(),
    broken: z.object({ record: z.string(), problem: z.string() }).nullable(),
  }),
)

export const equityRow = describes<EquityRow>()(
  z.object({
    account: z.string(),
    baseline: decimal,
    baselineUnrealised: decimal,
    baselineAt: instant,
    closedPnl: decimal,
    fees: decimal,
    funding: decimal,
    transfers: decimal,
    unrealised: decimal,
    brokerEquity: decimal,
    unproven: z.string().nullable(),
    asOf: instant,
    ...remainder,
  }),
)

export const equityDayRow = describes<EquityDayRow>()(
  z.object({
    account: z.string(),
    day: z.string().describe('UTC, e.g. 2026-11-22.'),
    openingEquity: decimal,
    closedPnl: decimal,
    fees: decimal,
    funding: decimal,
    transfers: decimal,
    unrealised: decimal,
    closingEquity: decimal,
    openedUnproven: z.string().nullable(),
    openedAt: instant,
    closedAt: instant,
    ...remainder,
  }),
)
