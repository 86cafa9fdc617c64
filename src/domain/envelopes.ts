/** The messages stages owe one another. Keys are functions of position and event, so owing twice is owing once. */
import { type AccountId, type ClientOrderId, type PositionId, type SignalKey, idempotencyKeyOf } from './ids.ts'
import type { AlertEvent, Telling } from './alert-telling.ts'
import type { DecimalString } from './decimal.ts'
import type { EnvelopeOf } from './message.ts'

interface About {
  readonly positionId: PositionId
  readonly account: AccountId
}

function common(
  about: About,
  message: {
    readonly event: string
    readonly discriminator?: string
    readonly clientOrderId?: ClientOrderId
    readonly source: string
    readonly now: number
  },
) {
  return {
    idempotency_key: idempotencyKeyOf(about.positionId, message.event, message.discriminator),
    client_order_id: message.clientOrderId ?? null,
    position_id: about.positionId,
    account: about.account,
    source: message.source,
    ts: message.now,
  }
}

export function routeEnvelope(about: About, signalKey: SignalKey, source: string, now: number): EnvelopeOf<'route'> {
  return {
    ...common(about, { event: 'route', source, now }),
    stage: 'route',
    payload: { signal_key: signalKey, reversed: false },
  }
}

/** The second half of a reverse: the opposite entry, owed once the old position is closed. */
export function reversedRouteEnvelope(about: About, signalKey: SignalKey, now: number): EnvelopeOf<'route'> {
  return {
    ...common(about, { event: 'route', discriminator: 'reversed', source: 'route', now }),
    stage: 'route',
    payload: { signal_key: signalKey, reversed: true },
  }
}

export function precheckEnvelope(about: About, entry: ClientOrderId, now: number): EnvelopeOf<'precheck'> {
  return {
    ...common(about, { event: 'precheck', clientOrderId: entry, source: 'route', now }),
    stage: 'precheck',
    payload: {},
  }
}

/** Sends one intent (entry, stop, cancel). */
export function placeEnvelope(about: About, intentId: ClientOrderId, source: string, now: number): EnvelopeOf<'place'> {
  return {
    ...common(about, { event: 'place', discriminator: intentId, clientOrderId: intentId, source, now }),
    stage: 'place',
    payload: {},
  }
}

export function monitorEnvelope(about: About, source: string, now: number): EnvelopeOf<'monitor'> {
  return { ...common(about, { event: 'monitor', source, now }), stage: 'monitor', payload: {} }
}

/** One attempt at the exit; a later leg exists only after proof about the earlier one. `reduceTo` leaves that many contracts. */
export function closeEnvelope(
  about: About,
  leg: number,
  source: string,
  now: number,
  reduceTo: DecimalString | null = null,
): EnvelopeOf<'close'> {
  return {
    ...common(about, { event: 'close', discriminator: String(leg), source, now }),
    stage: 'close',
    payload: { leg, reduce_to: reduceTo },
  }
}

export function reconcileEnvelope(about: About, source: string, now: number): EnvelopeOf<'reconcile'> {
  return { ...common(about, { event: 'reconcile', source, now }), stage: 'reconcile', payload: {} }
}

/** A closed position's result is provisional: its fees are to be looked at again. */
export function feesEnvelope(about: About, now: number): EnvelopeOf<'reconcile'> {
  return { ...common(about, { event: 'fees', source: 'reconcile', now }), stage: 'reconcile', payload: {} }
}

/**
 * An alert was raised, acknowledged or has ended: sees which sinks are to be told. It belongs to no position, so its id stands in for one.
 * Owed in the commit that changes the alert.
 */
export function alertEnvelope(
  alertId: string,
  account: AccountId,
  now: number,
  event: AlertEvent = 'raised',
): EnvelopeOf<'alerts'> {
  const about = { positionId: alertId as PositionId, account }
  const name = event === 'raised' ? 'deliver' : event
  return { ...common(about, { event: name, source: 'alert', now }), stage: 'alerts', payload: {} }
}

/** One sink is to be told one thing once. */
export function tellEnvelope(
  { alertId, account }: { readonly alertId: string; readonly account: AccountId },
  sink: string,
  { event, round }: Telling,
  now: number,
): EnvelopeOf<'alerts'> {
  const about = { positionId: alertId as PositionId, account }
  const discriminator = `${sink}.${event === 'raised' ? round : event}`
  return {
    ...common(about, { event: 'tell', discriminator, source: 'alert', now }),
    stage: 'alerts',
    payload: { sink, event, round },
  }
}
