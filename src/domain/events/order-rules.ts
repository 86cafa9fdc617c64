/** Events of signals and orders: what was asked for, what was sent, what the venue said. */
import { z } from 'zod'
import type { OrderShown } from './event-schema.ts'
import { type EventRule, type Recorded, ofPosition, rule } from './rule.ts'

const text = z.string()

const command = z
  .discriminatedUnion('type', [
    z.object({
      type: z.literal('new-order'),
      instrument: text,
      side: z.enum(['buy', 'sell']),
      size: text,
      limitPrice: text,
      timeInForce: text,
      reduceOnly: z.boolean(),
      trigger: z.object({ triggerPrice: text }).nullable(),
      attachedStop: z.object({ triggerPrice: text }).nullable(),
    }),
    z.object({ type: z.literal('cancel-order'), instrument: text, target: text }),
  ])
  .transform((order): OrderShown =>
    order.type === 'cancel-order'
      ? order
      : {
          type: order.type,
          instrument: order.instrument,
          side: order.side,
          size: order.size,
          limit_price: order.limitPrice,
          time_in_force: order.timeInForce,
          reduce_only: order.reduceOnly,
          trigger_price: order.trigger?.triggerPrice ?? null,
          attached_stop_price: order.attachedStop?.triggerPrice ?? null,
        },
  )

const EVENTS = ['entry', 'exit', 'stop', 'take-profit', 'cancel'] as const
const orderEventOf = (word: string | undefined) => EVENTS.find((event) => event === word) ?? 'entry'
const order = { intentId: text, command }
const evidence = z.object({ kind: text, at: z.int(), detail: text })
const conclusion = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('accepted'), evidence, reports: z.array(z.looseObject({ clientOrderId: text })) }),
  z.object({ kind: z.literal('rejected'), evidence, reason: text }),
  z.object({ kind: z.literal('absent'), evidence }),
  z.object({ kind: z.literal('unknown'), observed: text }),
])

const signal = z.looseObject({ signal_id: text, source: text, strategy: text, kind: text, instrument: text.optional() })
const outcome = z.object({
  detail: text,
  gate: text.optional(),
  limit: text.optional(),
  observed: text.optional(),
  sizing: text.optional(),
})
const plan = z.object({ side: z.enum(['buy', 'sell']), size: text, limitPrice: text, notional: text })
const routed = z.object({ signal, outcome, plan: plan.optional(), instrument: text.optional() })

function ofSignal({ signal: asked, outcome: made, instrument }: z.infer<typeof routed>, { record }: Recorded) {
  return {
    decision: record.decision,
    signal_id: asked.signal_id,
    signal_source: asked.source,
    strategy: asked.strategy,
    kind: asked.kind,
    instrument: instrument ?? asked.instrument ?? null,
    detail: made.detail,
  }
}

const routeRules = (['positions', 'processed'] as const).map((subject) =>
  rule(
    subject,
    /^(?:open|reverse|adjust|close|flatten) (done|denied|nothing-to-do)$/,
    routed,
    (inputs, recorded, match) => {
      const payload = ofSignal(inputs, recorded)
      const { gate = null, limit = null, observed = null, sizing = null } = inputs.outcome
      if (match[1] === 'denied') return { type: 'signal.denied', payload: { ...payload, gate, limit, observed } }
      if (match[1] === 'nothing-to-do') return { type: 'signal.ignored', payload }
      const shown = inputs.plan
      return {
        type: 'signal.accepted',
        payload: {
          ...payload,
          sizing,
          plan:
            shown === undefined
              ? null
              : { side: shown.side, size: shown.size, limit_price: shown.limitPrice, notional: shown.notional },
        },
      }
    },
  ),
)

/** In the order of a signal's life. */
export const ORDER_RULES: readonly EventRule[] = [
  ...routeRules,
  rule('positions', /^(entry|exit|stop|take-profit|cancel) asked for$/, z.object(order), (inputs, recorded, match) => ({
    type: 'order.requested',
    orderId: inputs.intentId,
    payload: { ...ofPosition(recorded), event: orderEventOf(match[1]), order: inputs.command },
  })),
  rule('positions', /^(entry|exit) sent$/, z.object(order), (inputs, recorded, match) => ({
    type: 'order.sent',
    orderId: inputs.intentId,
    payload: { ...ofPosition(recorded), event: orderEventOf(match[1]), order: inputs.command },
  })),
  rule(
    'positions',
    /^(entry|exit|stop|take-profit|cancel) (?:accepted|rejected|absent|unknown)$/,
    z.object({ ...order, conclusion }),
    ({ intentId: orderId, command: shown, conclusion: told }, recorded, match) => {
      const about = { ...ofPosition(recorded), event: orderEventOf(match[1]), order: shown }
      switch (told.kind) {
        case 'accepted': {
          const reports = told.reports.map(reportShown)
          return { type: 'order.accepted', orderId, payload: { ...about, evidence: told.evidence, reports } }
        }
        case 'rejected':
          return {
            type: 'order.rejected',
            orderId,
            payload: { ...about, evidence: told.evidence, reason: told.reason },
          }
        case 'absent':
          return { type: 'order.absent', orderId, payload: { ...about, evidence: told.evidence } }
        case 'unknown':
          return { type: 'order.unknown', orderId, payload: { ...about, observed: told.observed } }
      }
    },
  ),
]

function reportShown(report: Readonly<Record<string, unknown>> & { readonly clientOrderId: string }) {
  const { clientOrderId, venueOrderId, status, result } = report
  return {
    client_order_id: clientOrderId,
    venue_order_id: typeof venueOrderId === 'string' ? venueOrderId : null,
    status: typeof status === 'string' ? status : typeof result === 'string' ? result : 'unknown',
  }
}
