/** The envelope of every message between stages. Jobs carry identities and typed payloads, never state or secrets. */
import { z } from 'zod'
import type { ClientOrderId, IdempotencyKey, PositionId } from './ids.ts'

/** Stages of a signal's life, a BullMQ queue each at every site; `sweep`, `guard`, `alerts` and `publish` stand beside them. */
export const STAGES = [
  'route',
  'precheck',
  'place',
  'monitor',
  'close',
  'reconcile',
  'sweep',
  'guard',
  'alerts',
  'publish',
] as const
export type Stage = (typeof STAGES)[number]

const id = z
  .string()
  .min(1)
  .max(256)
  .regex(/^[^:\s]+$/, 'must not contain ":" or blanks')

const common = {
  /** Stable identity of message and effect, from position id and event type; also the job id. */
  idempotency_key: id.transform((value) => value as IdempotencyKey),
  /** Order this message is about; null where none is (route, monitor, sweep). */
  client_order_id: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .transform((value) => value as ClientOrderId)
    .nullable(),
  position_id: id.transform((value) => value as PositionId),
  /** Account id; `*` only for a sweep of all, and for alerts that concern none. */
  account: z.string().min(1).max(64),
  /** Who made it: a signal source, a stage, `sweep`, `operator`. */
  source: z.string().min(1).max(128),
  /** When the message was made, ms since epoch. */
  ts: z.int().nonnegative(),
}
const nothing = z.strictObject({})

/** Checked at every boundary a message crosses: enqueue, job start, outbox row. The payload is typed by the stage. */
export const envelopeSchema = z.discriminatedUnion('stage', [
  z.strictObject({
    ...common,
    stage: z.literal('route'),
    /** `reversed`: second half of a reverse, the old position is closed. */
    payload: z.strictObject({ signal_key: id, reversed: z.boolean().default(false) }),
  }),
  z.strictObject({
    ...common,
    stage: z.literal('close'),
    /** `leg`: which attempt at an exit. `reduce_to`: contracts to leave, null for all of it. */
    payload: z.strictObject({ leg: z.int().nonnegative(), reduce_to: z.string().nullable().default(null) }),
  }),
  z.strictObject({
    ...common,
    stage: z.literal('sweep'),
    payload: z.strictObject({ trigger: z.enum(['boot', 'scheduled', 'demand']) }),
  }),
  z.strictObject({ ...common, stage: z.literal('precheck'), payload: nothing }),
  z.strictObject({ ...common, stage: z.literal('place'), payload: nothing }),
  z.strictObject({ ...common, stage: z.literal('monitor'), payload: nothing }),
  z.strictObject({ ...common, stage: z.literal('reconcile'), payload: nothing }),
  z.strictObject({ ...common, stage: z.literal('guard'), payload: nothing }),
  z.strictObject({ ...common, stage: z.literal('publish'), payload: nothing }),
  z.strictObject({
    ...common,
    stage: z.literal('alerts'),
    /** Without a sink: sees who is to be told. With one: that sink is told that the alert was raised (for the nth time), seen or over. */
    payload: z.strictObject({
      sink: z.string().min(1).max(64).optional(),
      event: z.enum(['raised', 'acknowledged', 'resolved']).optional(),
      round: z.int().nonnegative().optional(),
    }),
  }),
])
export type Envelope = z.infer<typeof envelopeSchema>
/** A message of one stage. */
export type EnvelopeOf<S extends Stage> = Extract<Envelope, { stage: S }>
