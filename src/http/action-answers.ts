/** Answers about actions and switches as schemas, for the published document; see `answers.ts`. */
import { z } from 'zod'
import { decimal, describes, instant } from './answers.ts'
import type {
  ActionDone,
  ActionPreview,
  ControlAnswer,
  DeadJobAnswer,
  DeadJobsAnswer,
  RadiusAnswer,
  SwitchAnswer,
} from './wire.ts'

const scope = z.union([
  z.object({ kind: z.literal('all') }),
  z.object({ kind: z.literal('account'), account: z.string() }),
  z.object({ kind: z.literal('strategy'), strategy: z.string() }),
])
const switched = { trading_enabled: z.boolean(), by: z.string(), why: z.string(), at: instant }

export const controlAnswer = describes<ControlAnswer>()(
  z.object({
    ...switched,
    scopes: z.array(describes<SwitchAnswer>()(z.object({ scope, ...switched }))).readonly(),
  }),
)

const radius = describes<RadiusAnswer>()(
  z.object({
    accounts: z.array(z.string()).readonly(),
    strategies: z.array(z.string()).readonly(),
    positions: z
      .array(
        z.object({
          position_id: z.string(),
          account: z.string(),
          instrument: z.string(),
          side: z.enum(['long', 'short']),
          size: decimal,
          notional_usd: decimal.nullable(),
        }),
      )
      .readonly(),
    orders: z.number(),
    notional_usd: decimal.nullable(),
    lines: z.array(z.string()).readonly(),
    against: z.array(z.string()).readonly(),
  }),
)

export const actionPreview = describes<ActionPreview>()(
  z.object({
    preview: z.object({ verb: z.string(), target: z.record(z.string(), z.unknown()).readonly(), radius }),
    role: z.enum(['operator', 'admin']),
    confirm: z.string(),
    expires_at: instant,
  }),
)

const record = z.object({ subject: z.string(), seq: z.number() })

export const actionDone = describes<ActionDone>()(
  z.object({
    done: z.literal(true),
    verb: z.string(),
    detail: z.string(),
    audit: record.nullable(),
    records: z.array(record).readonly(),
    keys: z.array(z.string()).readonly(),
  }),
)

export const deadJobsAnswer = describes<DeadJobsAnswer>()(
  z.object({
    dead_jobs: z
      .array(
        describes<DeadJobAnswer>()(
          z.object({
            queue: z.string(),
            job: z.string(),
            stage: z.string(),
            why: z.string(),
            since: instant.nullable(),
            valid: z.boolean(),
            ids: z.record(z.string(), z.string()).readonly(),
          }),
        ),
      )
      .readonly(),
  }),
)
