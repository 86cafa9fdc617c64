/** Intents that protect a position or clean up after it: a native stop, a cancel; made with the position's next leg. */
import type { Write } from '#book/book.ts'
import { decimal } from '#domain/decimal.ts'
import { orderSideOf, slippedPrice } from '#domain/entry-plan.ts'
import { placeEnvelope } from '#domain/envelopes.ts'
import { type ClientOrderId, type OrderEvent, clientOrderIdOf } from '#domain/ids.ts'
import type { Envelope } from '#domain/message.ts'
import { newIntent } from '#domain/new-intent.ts'
import type { IntentRow, OrderCommand } from '#domain/order.ts'
import { type PositionRow, nextLeg } from '#domain/position.ts'
import type { WantedStop } from '#domain/protection.ts'
import type { Tools } from './worker.ts'
import { owed } from './writes.ts'

/** A new intent and the position that remembers it. */
export interface PlannedIntent {
  readonly intent: IntentRow
  readonly position: PositionRow
}

/** A native stop over the whole size of the position, reduce-only. @throws BrokerUnavailable when the instrument cannot be read */
export async function planStop(
  position: PositionRow,
  wanted: WantedStop,
  tools: Tools,
  now: number,
): Promise<PlannedIntent> {
  const trading = tools.account(position.account)
  const instrument = await trading.instrument(position.instrument)
  const side = orderSideOf(position.side, 'exit')
  return plan(position, 'stop', now, (clientOrderId) => ({
    type: 'new-order',
    clientOrderId,
    instrument: position.instrument,
    side,
    size: position.size,
    limitPrice: slippedPrice(instrument, decimal(wanted.price), side, trading.policy.pace.exitSlippageBps),
    timeInForce: 'gtc',
    reduceOnly: true,
    trigger: { kind: 'stop', triggerPrice: wanted.price },
    attachedStop: null,
  }))
}

/** `targetVenueOrderId`: the venue's id of the target where known. */
export function planCancel(
  position: PositionRow,
  target: ClientOrderId,
  targetVenueOrderId: string | null,
  now: number,
): PlannedIntent {
  const { instrument } = position
  return plan(position, 'cancel', now, () => ({ type: 'cancel-order', instrument, target, targetVenueOrderId }))
}

/** The venue's ids of orders by their client order id. */
export function venueIdsOf(
  orders: readonly { readonly clientOrderId: ClientOrderId | null; readonly venueOrderId: string | null }[],
): ReadonlyMap<ClientOrderId, string> {
  return new Map(
    orders.flatMap(({ clientOrderId, venueOrderId }) =>
      clientOrderId === null || venueOrderId === null ? [] : [[clientOrderId, venueOrderId] as const],
    ),
  )
}

/** Stores a planned intent and owes its sending. */
export function oweIntent(
  intent: IntentRow,
  source: string,
  now: number,
): { readonly writes: Write[]; readonly envelope: Envelope } {
  const envelope = placeEnvelope(intent, intent.intentId, source, now)
  return {
    envelope,
    writes: [{ op: 'create', kind: 'intents', id: intent.intentId, row: intent }, ...owed([envelope], now)],
  }
}

function plan(
  position: PositionRow,
  event: OrderEvent,
  now: number,
  command: (id: ClientOrderId) => OrderCommand,
): PlannedIntent {
  const leg = nextLeg(position, event)
  const intentId = clientOrderIdOf(position.positionId, event, leg)
  const intent = newIntent(position, { intentId, event, leg, command: command(intentId), sendBefore: null }, now)
  return {
    intent,
    position: { ...position, orders: [...position.orders, { clientOrderId: intentId, event, leg }], updatedAt: now },
  }
}
