/**
 * Execution events: what the outside is told of every decision, one event an audit record. One schema gives the types, the check and the
 * published JSON Schema. Members are only ever added; a change of meaning is a new `version`.
 */
import { z } from 'zod'

/** Version of every event below. */
export const EVENT_VERSION = 1

const amount = z
  .string()
  .regex(/^-?\d+(\.\d+)?$/)
  .describe('An exact plain decimal, such as "-12.5".')
const instant = z.int().nonnegative().describe('ms since epoch')
const text = z.string()
/** The record's own words; every payload has them. */
const recorded = { decision: text }
/** What is the same for all events of a position; null where its row is not in the book. */
const ofPosition = {
  ...recorded,
  instrument: text.nullable(),
  strategy: text.nullable(),
  side: z.enum(['long', 'short']).nullable(),
}

const orderShown = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('new-order'),
    instrument: text,
    side: z.enum(['buy', 'sell']),
    size: amount,
    limit_price: amount,
    time_in_force: text,
    reduce_only: z.boolean(),
    trigger_price: amount.nullable().describe('Of a stop or a take-profit.'),
    attached_stop_price: amount.nullable().describe('Trigger of the stop that rides in the same request.'),
  }),
  z.object({ type: z.literal('cancel-order'), instrument: text, target: text }),
])
/** An order as events show it. */
export type OrderShown = z.infer<typeof orderShown>

const ofSignal = {
  ...recorded,
  signal_id: text,
  signal_source: text,
  strategy: text,
  kind: text,
  instrument: text.nullable(),
  detail: text,
}
const ofOrder = {
  ...ofPosition,
  event: z.enum(['entry', 'exit', 'stop', 'take-profit', 'cancel']),
  order: orderShown,
}
const evidence = z.object({ kind: text, at: instant, detail: text })
const result = z.object({
  gross: amount,
  fees: amount,
  funding: amount,
  net: amount.describe('gross - fees + funding, USD'),
  provisional: z.boolean().describe('True until fills prove all of it and every fee is known.'),
})
/** A realised result as events show it. */
export type ResultShown = z.infer<typeof result>
const ended = {
  ...ofPosition,
  reason: text.describe('Why the position ended, from the fill or the order that ended it.'),
  realised: result,
  entry_average: amount.nullable(),
  exit_average: amount.nullable(),
  found_by: text,
}
const denial = { gate: text.nullable(), limit: text.nullable(), observed: text.nullable() }

/** What each type of event carries. */
export const EVENT_PAYLOADS = {
  'signal.accepted': z.object({
    ...ofSignal,
    sizing: text.nullable(),
    plan: z.object({ side: z.enum(['buy', 'sell']), size: amount, limit_price: amount, notional: amount }).nullable(),
  }),
  'signal.denied': z.object({ ...ofSignal, ...denial }),
  'signal.ignored': z.object(ofSignal),
  'order.requested': z.object(ofOrder),
  'order.sent': z.object(ofOrder),
  'order.accepted': z.object({
    ...ofOrder,
    evidence,
    reports: z.array(z.object({ client_order_id: text, venue_order_id: text.nullable(), status: text })),
  }),
  'order.rejected': z.object({ ...ofOrder, evidence, reason: text }),
  'order.absent': z.object({ ...ofOrder, evidence }).describe('Proven never to have reached the venue.'),
  'order.unknown': z.object({ ...ofOrder, observed: text }),
  'position.opened': z.object({ ...ofPosition, size: amount, entry_average: amount.nullable() }),
  'position.canceled': z.object(ofPosition).describe('The entry ended without a fill.'),
  'position.adopted': z
    .object({ ...ofPosition, size: amount, entry_average: amount.nullable() })
    .describe('A position of somebody else became ours, by the word of an operator.'),
  'position.adjusted': z.object({
    ...ofPosition,
    stop_loss: amount.nullable(),
    take_profit: amount.nullable(),
    max_hold_ms: z.int().nullable(),
  }),
  'position.closed': z.object(ended),
  'orphan.rebuilt': z.object(ended).describe('A position that ended without an exit of ours, rebuilt from fills.'),
  'position.unresolved': z.object({ ...ofPosition, why: text }),
  'result.final': z.object({ ...ofPosition, realised: result, before: result }),
  'result.restated': z.object({ ...ofPosition, realised: result.nullable(), before: result.nullable() }),
  'exit.requested': z.object({ ...ofPosition, reason: text, leg: z.int() }),
  'exit.continued': z.object({ ...ofPosition, leg: z.int(), broker_size: amount }),
  'exit.found_flat': z.object({ ...ofPosition, size: amount, broker_size: amount }),
  'exit.not_needed': z.object({ ...ofPosition, broker_size: amount, reduce_to: amount.nullable() }),
  'protection.withdrawn': z.object({ ...ofPosition, client_order_ids: z.array(text) }),
  'entries.locked': z.object({ ...recorded, instrument: text.nullable(), reason: text }),
  'entries.lifted': z.object({ ...recorded, instruments: z.array(text) }),
  'ignoring.ended': z
    .object({ ...recorded, instrument: text })
    .describe('A position that was ignored on the word of an operator is not as it was.'),
  'adoption.done': z.object({ ...recorded, instrument: text, position_id: text }),
  'adoption.refused': z.object({ ...recorded, instrument: text, reason: text }).describe('It is tried again.'),
  'adoption.ended': z.object({ ...recorded, instrument: text, reason: text }).describe('It is tried no more.'),
  'drift.found': z.object({
    ...recorded,
    kind: text,
    instrument: text,
    book: text,
    broker: text,
    action: text,
    entries_locked: z.boolean(),
  }),
  'programme.entries_closed': z.object({ ...recorded, ...denial }),
  'programme.entries_opened': z.object(recorded),
  'programme.locked_out': z.object({ ...recorded, position_id: text, closed_at: instant.nullable(), reason: text }),
  'control.changed': z.object({
    ...recorded,
    scope: text.describe('`global`, `account.<id>` or `strategy.<name>`.'),
    trading_enabled: z.boolean().nullable(),
    why: text.nullable(),
    before: z.unknown(),
    after: z.unknown(),
  }),
  'action.taken': z
    .object({
      ...recorded,
      verb: text,
      why: text.nullable(),
      target: z.unknown().describe('What the action was about, as it was asked for.'),
      before: z.unknown(),
      after: z.unknown(),
    })
    .describe('What a person asked for through the console, the command line or the API.'),
  'decision.recorded': z
    .object({ ...recorded, inputs: z.record(z.string(), z.unknown()) })
    .describe('A decision without a type of its own yet: nothing is left out.'),
} as const

export type EventType = keyof typeof EVENT_PAYLOADS

const common = {
  version: z.literal(EVENT_VERSION),
  idempotency_key: z
    .string()
    .describe('Id of the audit record: a repeat carries the same one. Keep it to do nothing twice.'),
  source: z.string().describe('Who decided: a stage, `guard`, `sweep`, `venue`, or the name of an operator.'),
  ts: instant.describe('When it was decided, ms since epoch.'),
  account: z.string().nullable(),
  position_id: z.string().nullable(),
  client_order_id: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .nullable(),
  subject: z
    .object({
      kind: z.enum(['positions', 'processed', 'accounts', 'programmes', 'control']),
      id: z.string(),
      seq: z.int().nonnegative(),
    })
    .describe('What it is about, and its place among all records about that, from 0. Also the ordering key.'),
}

function eventSchema<T extends EventType>(type: T) {
  return z.object({ type: z.literal(type), ...common, payload: EVENT_PAYLOADS[type] })
}

type EventSchemas = { [T in EventType]: ReturnType<typeof eventSchema<T>> }[EventType]
const schemas = (Object.keys(EVENT_PAYLOADS) as EventType[]).map((type) => eventSchema(type)) as unknown as readonly [
  EventSchemas,
  ...EventSchemas[],
]

/** One event on the wire. */
export const executionEventSchema = z.discriminatedUnion('type', schemas)

/** Type and payload of an event. */
export type EventBody = {
  [T in EventType]: { readonly type: T; readonly payload: z.infer<(typeof EVENT_PAYLOADS)[T]> }
}[EventType]
/** An event as it is published. */
export type ExecutionEvent = EventBody & {
  readonly version: typeof EVENT_VERSION
  readonly idempotency_key: string
  readonly source: string
  readonly ts: number
  readonly account: string | null
  readonly position_id: string | null
  readonly client_order_id: string | null
  readonly subject: {
    readonly kind: 'positions' | 'processed' | 'accounts' | 'programmes' | 'control'
    readonly id: string
    readonly seq: number
  }
}
