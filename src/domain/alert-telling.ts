/**
 * Who is to be told what of an alert, and when next. Pure: the alert, what a sink was told already, the sink's terms and the time decide;
 * whoever asks (the queue's worker or the watchdog) comes to the same answer, and the same telling has the same name.
 */
import { isAcknowledged } from './alerts.ts'
import type { AlertRow, DeliveryRow, Severity } from './records.ts'

/** What can be told of an alert. */
export type AlertEvent = 'raised' | 'acknowledged' | 'resolved'

/** One thing to tell one sink. `round` counts from 0 how often it was told that the alert stands. */
export interface Telling {
  readonly event: AlertEvent
  readonly round: number
}

/** What a sink wants to hear. */
export interface SinkTerms {
  readonly name: string
  readonly minSeverity: Severity
  /** It is told only of alerts that nobody has acknowledged for so many rounds. */
  readonly escalation: boolean
  /** It reaches people, who are told again; a log keeps what it was told. */
  readonly repeats: boolean
  readonly events: readonly AlertEvent[]
}

/** How often people are told again of what nobody has acknowledged, ms by severity; null: once is enough. */
export interface RepeatTerms extends Readonly<Record<Severity, number | null>> {
  readonly escalateAfterRounds: number
}

/** `at`: ask again then (ms). `rest`: nothing more will be told, unless the alert changes. */
export type Judgement =
  | { readonly kind: 'tell'; readonly telling: Telling }
  | { readonly kind: 'wait'; readonly at: number; readonly telling: Telling }
  | { readonly kind: 'rest' }

const RANKS: Readonly<Record<Severity, number>> = { info: 0, warning: 1, critical: 2 }
const REST: Judgement = { kind: 'rest' }

/** What a sink is to hear of an alert now. The end of an alert is told to those that heard of its beginning. */
export function judgeTelling(
  alert: AlertRow,
  told: DeliveryRow | null,
  sink: SinkTerms,
  repeat: RepeatTerms,
  now: number,
): Judgement {
  if (RANKS[alert.severity] < RANKS[sink.minSeverity]) return REST
  if (told === null || told.rounds === 0) return judgeFirst(alert, sink, repeat, now)
  if (!alert.active) return told.resolvedAt === null ? tellIf(sink, 'resolved', told.rounds) : REST
  if (isAcknowledged(alert)) return told.acknowledgedAt === null ? tellIf(sink, 'acknowledged', told.rounds) : REST
  const everyMs = repeat[alert.severity]
  if (everyMs === null || !sink.repeats) return REST
  return at((told.toldAt ?? alert.raisedAt) + everyMs, { event: 'raised', round: told.rounds }, now)
}

function judgeFirst(alert: AlertRow, sink: SinkTerms, repeat: RepeatTerms, now: number): Judgement {
  const first: Telling = { event: 'raised', round: 0 }
  // What has ended before a sink could be told of it is told all the same: it happened.
  if (!sink.escalation) return { kind: 'tell', telling: first }
  const everyMs = repeat[alert.severity]
  if (everyMs === null || !alert.active || isAcknowledged(alert)) return REST
  return at(alert.raisedAt + repeat.escalateAfterRounds * everyMs, first, now)
}

function tellIf(sink: SinkTerms, event: AlertEvent, round: number): Judgement {
  return sink.events.includes(event) ? { kind: 'tell', telling: { event, round } } : REST
}

function at(due: number, telling: Telling, now: number): Judgement {
  return due <= now ? { kind: 'tell', telling } : { kind: 'wait', at: due, telling }
}

/** Id of the row that keeps what a sink was told of an alert. */
export function deliveryIdOf(alertId: string, sink: string): string {
  return `${alertId}.${sink}`
}

/** What a sink was told, with one thing more. */
export function deliveryAfter(
  told: DeliveryRow | null,
  about: { readonly alertId: string; readonly sink: string },
  { event, round }: Telling,
  now: number,
): DeliveryRow {
  const before = told ?? newDelivery(about)
  const after = { ...before, claim: null }
  if (event === 'raised') return { ...after, rounds: round + 1, toldAt: now }
  return event === 'resolved' ? { ...after, resolvedAt: now } : { ...after, acknowledgedAt: now }
}

/** Nothing was told yet. */
export function newDelivery({ alertId, sink }: { readonly alertId: string; readonly sink: string }): DeliveryRow {
  return { alertId, sink, rounds: 0, toldAt: null, acknowledgedAt: null, resolvedAt: null, claim: null }
}

/** Whether a sink was told this already. */
export function wasTold(told: DeliveryRow | null, { event, round }: Telling): boolean {
  if (told === null) return false
  if (event === 'raised') return told.rounds > round
  return (event === 'resolved' ? told.resolvedAt : told.acknowledgedAt) !== null
}
