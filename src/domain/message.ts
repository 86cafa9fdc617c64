/** The envelope of every message between stages. Jobs carry identities and typed payloads, never state or secrets. */
import { z } from 'zod'
import type { AccountId, ClientOrderId, IdempotencyKey, PositionId } from './ids.ts'

/** Stages of a signal's life, one BullMQ queue each; `sweep` and `alerts` stand beside them. */
export const STAGES = ['route', 'precheck', 'place', 'monitor', 'close', 'reconcile', 'sweep', 'alerts'] as const
export type Stage = (typeof STAGES)[number]

const id = z.string().min(1).max(256).regex(/^[^:\s]+$/, 'must not contain ":" or blanks')

/** Checked at every boundary a message crosses: enqueue, job start, outbox row. */
export const envelopeSchema = z.strictObject({
  /** Stable identity of message and effect, from position id and event type; also the job id. */
  idempotency_key: id.transform((value) => value as IdempotencyKey),
  /** Order this message is about; null where none is (route of a close, sweep). */
  client_order_id: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .transform((value) => value as ClientOrderId)
    .nullable(),
  position_id: id.transform((value) => value as PositionId),
  account: z.string().min(1).max(64) as z.ZodType<AccountId>,
  stage: z.enum(STAGES),
  /** Who made it: a signal source, a stage, `sweep`, `operator`. */
  source: z.string().min(1).max(128),
  /** When the message was made, ms since epoch. */
  ts: z.int().nonnegative(),
  payload: z.record(z.string(), z.json()),
})
export type Envelope = z.infer<typeof envelopeSchema>
