/** The messages stages owe one another. Keys are functions of position and event, so owing twice is owing once. */
import { type AccountId, type ClientOrderId, type PositionId, factIdOf, idempotencyKeyOf } from './ids.ts'
import type { Envelope, Stage } from './message.ts'

interface About {
  readonly positionId: PositionId
  readonly account: AccountId
}

function envelope(
  about: About,
  message: {
    readonly stage: Stage
    readonly event: string
    readonly discriminator?: string
    readonly clientOrderId?: ClientOrderId
    readonly source: string
    readonly now: number
    readonly payload?: Envelope['payload']
  },
): Envelope {
  return {
    idempotency_key: idempotencyKeyOf(about.positionId, message.event, message.discriminator),
    client_order_id: message.clientOrderId ?? null,
    position_id: about.positionId,
    account: about.account,
    stage: message.stage,
    source: message.source,
    ts: message.now,
    payload: message.payload ?? {},
  }
}

export function precheckEnvelope(about: About, entry: ClientOrderId, now: number): Envelope {
  return envelope(about, { stage: 'precheck', event: 'precheck', clientOrderId: entry, source: 'route', now })
}

/** Sends one intent (entry, stop, cancel). */
export function placeEnvelope(about: About, intentId: ClientOrderId, source: string, now: number): Envelope {
  return envelope(about, { stage: 'place', event: 'place', discriminator: intentId, clientOrderId: intentId, source, now })
}

export function monitorEnvelope(about: About, source: string, now: number): Envelope {
  return envelope(about, { stage: 'monitor', event: 'monitor', source, now })
}

/** One attempt at the exit; a later leg exists only after proof about the earlier one. */
export function closeEnvelope(about: About, leg: number, source: string, now: number): Envelope {
  return envelope(about, { stage: 'close', event: 'close', discriminator: String(leg), source, now, payload: { leg } })
}

/** A partial exit: reduces the position to a size (contracts) instead of ending it. */
export function reducingCloseEnvelope(about: About, leg: number, reduceTo: string, now: number): Envelope {
  return { ...closeEnvelope(about, leg, 'route', now), payload: { leg, reduce_to: reduceTo } }
}

export function reconcileEnvelope(about: About, source: string, now: number): Envelope {
  return envelope(about, { stage: 'reconcile', event: 'reconcile', source, now })
}

/** The second half of a reverse: the opposite entry, owed once the old position is closed. */
export function reversedRouteEnvelope(about: About, signalKey: string, now: number): Envelope {
  return envelope(about, {
    stage: 'route',
    event: 'route',
    discriminator: 'reversed',
    source: 'route',
    now,
    payload: { signal_key: signalKey, reversed: true },
  })
}

/** Delivery of one alert; it belongs to no position, so its id stands in for one. */
export function alertEnvelope(alertId: string, account: AccountId, now: number): Envelope {
  return envelope({ positionId: alertId as PositionId, account }, { stage: 'alerts', event: 'deliver', source: 'alert', now })
}

/** A sweep of one account, or of all with `*`. `slot` keeps sweeps of one moment apart from those of another. */
export function sweepEnvelope(account: AccountId | '*', trigger: 'boot' | 'scheduled' | 'demand', slot: string, now: number): Envelope {
  return envelope(
    { positionId: `sweep-${account === '*' ? 'all' : account}` as PositionId, account },
    { stage: 'sweep', event: 'sweep', discriminator: slot, source: trigger, now, payload: { trigger } },
  )
}

/** Id of an audit record: its subject and what made it. */
export function auditIdOf(subject: string, decision: string, cause: string): string {
  return factIdOf('audit', subject, decision, cause)
}
