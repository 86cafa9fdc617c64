/** Events of positions: opened, adjusted, on their way out, ended, and what their results became later. */
import { z } from 'zod'
import type { ResultShown } from './event-schema.ts'
import { type EventRule, ofPosition, rule } from './rule.ts'

const text = z.string()
const result = z
  .object({ gross: text, fees: text, funding: text, net: text, provisional: z.boolean() })
  .transform((realised): ResultShown => realised)
const discipline = z.object({
  stopLoss: text.nullable(),
  takeProfit: text.nullable(),
  maxHoldMs: z.number().nullable(),
})

const opened = rule(
  'positions',
  /^entry settled$/,
  z.object({ size: text, entryAverage: text.nullable() }),
  ({ size, entryAverage }, recorded) => ({
    type: 'position.opened',
    payload: { ...ofPosition(recorded), size, entry_average: entryAverage },
  }),
)

const adopted = rule(
  'positions',
  /^adopted$/,
  z.object({ size: text, entryAverage: text.nullable() }),
  ({ size, entryAverage }, recorded) => ({
    type: 'position.adopted',
    payload: { ...ofPosition(recorded), size, entry_average: entryAverage },
  }),
)

const adjusted = rule('positions', /^discipline adjusted$/, z.object({ after: discipline }), ({ after }, recorded) => ({
  type: 'position.adjusted',
  payload: {
    ...ofPosition(recorded),
    stop_loss: after.stopLoss,
    take_profit: after.takeProfit,
    max_hold_ms: after.maxHoldMs,
  },
}))

const closing = z.object({
  result,
  cause: z.object({ reason: text }),
  foundBy: text,
  entryAverage: text.nullable().default(null),
  exitAverage: text.nullable().default(null),
})
const closed = rule('positions', /^closed /, closing, (inputs, recorded) => ({
  // Set in the commit of this very record and for good.
  type: recorded.position?.orphaned === true ? 'orphan.rebuilt' : 'position.closed',
  payload: {
    ...ofPosition(recorded),
    reason: inputs.cause.reason,
    realised: inputs.result,
    entry_average: inputs.entryAverage,
    exit_average: inputs.exitAverage,
    found_by: inputs.foundBy,
  },
}))

const exits: readonly EventRule[] = [
  rule(
    'positions',
    /^exit asked for$/,
    z.object({ exit: z.object({ reason: text, leg: z.int() }) }),
    ({ exit }, recorded) => ({
      type: 'exit.requested',
      payload: { ...ofPosition(recorded), reason: exit.reason, leg: exit.leg },
    }),
  ),
  rule(
    'positions',
    /^another leg asked for$/,
    z.object({ brokerSize: text, leg: z.int() }),
    ({ brokerSize, leg }, recorded) => ({
      type: 'exit.continued',
      payload: { ...ofPosition(recorded), leg, broker_size: brokerSize },
    }),
  ),
  rule(
    'positions',
    /^(?:broker found flat|exposure found ended)$/,
    z.object({ brokerSize: text, size: text }),
    ({ brokerSize, size }, recorded) => ({
      type: 'exit.found_flat',
      payload: { ...ofPosition(recorded), size, broker_size: brokerSize },
    }),
  ),
  rule(
    'positions',
    /^nothing left to reduce$/,
    z.object({ brokerSize: text, reduceTo: text.nullable() }),
    ({ brokerSize, reduceTo }, recorded) => ({
      type: 'exit.not_needed',
      payload: { ...ofPosition(recorded), broker_size: brokerSize, reduce_to: reduceTo },
    }),
  ),
  rule(
    'positions',
    /^protective orders taken down$/,
    z.object({ targets: z.array(text) }),
    ({ targets }, recorded) => ({
      type: 'protection.withdrawn',
      payload: { ...ofPosition(recorded), client_order_ids: targets },
    }),
  ),
]

/** In the order of a position's life. */
export const POSITION_RULES: readonly EventRule[] = [
  opened,
  rule('positions', /^entry ended unfilled$/, z.looseObject({}), (_inputs, recorded) => ({
    type: 'position.canceled',
    payload: ofPosition(recorded),
  })),
  adopted,
  adjusted,
  ...exits,
  closed,
  rule('positions', /^unresolved$/, z.object({ why: text }), ({ why }, recorded) => ({
    type: 'position.unresolved',
    payload: { ...ofPosition(recorded), why },
  })),
  rule('positions', /^fees final$/, z.object({ result, before: result }), (inputs, recorded) => ({
    type: 'result.final',
    payload: { ...ofPosition(recorded), realised: inputs.result, before: inputs.before },
  })),
  rule(
    'positions',
    /^trades told otherwise$/,
    z.object({ result: result.nullable(), before: result.nullable() }),
    (inputs, recorded) => ({
      type: 'result.restated',
      payload: { ...ofPosition(recorded), realised: inputs.result, before: inputs.before },
    }),
  ),
]
