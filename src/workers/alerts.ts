/**
 * Alerts: sees which sinks an alert is to be told to, and tells each by a message of its own, so that one that is down holds up no
 * other. A message about a later round waits in its queue until it is due or the alert was acknowledged or has ended.
 */
import type { Write } from '#book/book.ts'
import { deliveryIdOf, judgeTelling, type Telling } from '#domain/alert-telling.ts'
import { alertEnvelope, tellEnvelope } from '#domain/envelopes.ts'
import type { Envelope, EnvelopeOf } from '#domain/message.ts'
import type { AlertRow, Outcome } from '#domain/records.ts'
import { commitIfFirst } from './commit-if-first.ts'
import { tellSink, type TellingTools } from './tell-sink.ts'
import { Unworkable, type Verdict } from './worker.ts'
import { owed, pay, processed } from './writes.ts'

/** @throws Unworkable, BookUnavailable */
export async function deliverAlert(envelope: Envelope, tools: TellingTools): Promise<Verdict> {
  if (envelope.stage !== 'alerts') throw new Unworkable(`Expected a message of stage alerts, saw ${envelope.stage}.`)
  const alertId: string = envelope.position_id
  const telling = tellingOf(envelope)
  // Before anything is read: what waits for a sink that is away costs the book nothing.
  const quietMs = telling === null ? 0 : (tools.alerting.quietMs?.(telling.sink) ?? 0)
  if (quietMs > 0) return { kind: 'again', afterMs: quietMs, detail: `sink ${telling?.sink} is left alone` }
  const [stored, done] = await Promise.all([
    tools.book.load('alerts', alertId),
    tools.book.load('processed', envelope.idempotency_key),
  ])
  if (done !== null) {
    await pay(tools.book, envelope.idempotency_key)
    return { kind: 'done', next: [], detail: 'told before' }
  }
  if (stored === null) return await finish(envelope, 'no such alert', tools)
  return telling === null ? await fanOut(envelope, stored.row, tools) : await tellOne(envelope, telling, tools)
}

interface SinkTelling {
  readonly sink: string
  readonly telling: Telling
}

function tellingOf({ payload: { sink, event, round } }: EnvelopeOf<'alerts'>): SinkTelling | null {
  if (sink === undefined || event === undefined || round === undefined) return null
  return { sink, telling: { event, round } }
}

/** Owes one message to each sink that is to hear something now or later, and brings forward those that wait. */
async function fanOut(envelope: EnvelopeOf<'alerts'>, alert: AlertRow, tools: TellingTools): Promise<Verdict> {
  const { book, alerting } = tools
  const now = tools.now()
  const rows = await book.loadMany(
    'deliveries',
    alerting.sinks.map(({ name }) => deliveryIdOf(alert.alertId, name)),
  )
  const next: Envelope[] = []
  const waiting: Envelope[] = []
  for (const [index, sink] of alerting.sinks.entries()) {
    const told = rows[index]?.row ?? null
    const judged = judgeTelling(alert, told, sink, alerting.repeat, now)
    if (judged.kind !== 'rest') next.push(tellEnvelope(alert, sink.name, judged.telling, now))
    // A later round of what was acknowledged or is over: it wakes up and finds nothing to tell.
    waiting.push(tellEnvelope(alert, sink.name, { event: 'raised', round: told?.rounds ?? 0 }, now))
  }
  const detail = `${alert.title}: ${next.length} of ${alerting.sinks.length} sinks are to be told`
  // Where another run of this message was first, it has owed the same.
  await commitIfFirst(book, [...processed(envelope, outcome(detail), now), ...owed(next, now)])
  const isChange = envelope.idempotency_key !== alertEnvelope(alert.alertId, alert.account, now).idempotency_key
  const wake = isChange ? waiting.map(({ idempotency_key: key }) => ({ stage: 'alerts' as const, key })) : []
  return { kind: 'done', next, wake, detail }
}

async function tellOne(
  envelope: EnvelopeOf<'alerts'>,
  { sink: name, telling }: SinkTelling,
  tools: TellingTools,
): Promise<Verdict> {
  const sink = tools.alerting.sinks.find((terms) => terms.name === name)
  if (sink === undefined) return await finish(envelope, `sink ${name} is not configured any more`, tools)
  const closing = (detail: string, next: readonly Envelope[], now: number): Write[] => [
    ...processed(envelope, outcome(detail), now),
    ...owed(next, now),
  ]
  const result = await tellSink(envelope.position_id, sink, telling, tools, closing)
  if (result.kind === 'later') return { kind: 'again', afterMs: result.afterMs, detail: result.detail }
  if (result.kind === 'told') return { kind: 'done', next: result.next, detail: result.detail }
  return await finish(envelope, result.detail, tools)
}

/** The message has had all the effect that it can have. */
async function finish(envelope: Envelope, detail: string, tools: TellingTools): Promise<Verdict> {
  await commitIfFirst(tools.book, processed(envelope, outcome(detail), tools.now()))
  return { kind: 'done', next: [], detail }
}

function outcome(detail: string): Outcome {
  return { result: 'done', detail }
}
