/**
 * Records what became of an intent, in one commit with everything that follows from it: order rows, position, reservation,
 * alerts and the next owed work. Run twice it finds the intent settled and changes nothing.
 */
import type { Stored, Write } from '#book/book.ts'
import { type PlannedWrite, sealed } from '#book/seal.ts'
import type { AlertKind } from '#domain/alert-kinds.ts'
import { canceledPosition, orderRowOf, settledIntent, unknownIntent } from '#domain/conclusion.ts'
import { closeEnvelope, monitorEnvelope, reconcileEnvelope } from '#domain/envelopes.ts'
import type { ClientOrderId, OrderEvent } from '#domain/ids.ts'
import type { Envelope } from '#domain/message.ts'
import type { Evidence, IntentRow, IntentState } from '#domain/order.ts'
import type { PositionRow } from '#domain/position.ts'
import { endedTarget } from './ended-orders.ts'
import { latchCause } from './exit-latch.ts'
import { commitRelease } from './exposure.ts'
import { retryStale } from './retry-stale.ts'
import { type Conclusion, requestShown } from './submit.ts'
import type { Tools, Verdict } from './worker.ts'
import {
  type AlertCause,
  type Effects,
  alertIdOf,
  audited,
  ended,
  fenced,
  owed,
  processed,
  raised,
  resolved,
  pay,
} from './writes.ts'

/** Pause between two looks at an unknown order, ms; proof usually needs the venue's deadline to pass. */
const UNKNOWN_AGAIN_MS = 1000

/**
 * Ends an intent that this worker did not send, as never sent: only while nobody else has begun to. A look at the broker that was made
 * meanwhile may have seen that one's own fill.
 */
export async function concludeUnsent(
  intentId: ClientOrderId,
  reason: string,
  envelope: Envelope,
  tools: Tools,
): Promise<Verdict> {
  const evidence = { kind: 'not-sent', at: tools.now(), detail: reason } as const
  return await conclude(intentId, { kind: 'rejected', reason, evidence }, envelope, tools, 'ready')
}

/** Records what is known of an intent; one that is in another state than `only` by now is left alone, null: in any. */
export async function conclude(
  intentId: ClientOrderId,
  conclusion: Conclusion,
  envelope: Envelope,
  tools: Tools,
  only: IntentState | null = null,
): Promise<Verdict> {
  return await retryStale(async () => {
    const now = tools.now()
    const intent = await tools.book.load('intents', intentId)
    if (intent === null || intent.row.settled) {
      await pay(tools.book, envelope.idempotency_key)
      return { kind: 'done', next: [], detail: 'settled before' }
    }
    if (only !== null && intent.row.state !== only)
      return { kind: 'again', afterMs: UNKNOWN_AGAIN_MS, detail: `another worker made it ${intent.row.state}` }
    const position = await tools.book.load('positions', intent.row.positionId)
    if (position === null)
      throw new Error(`Intent ${intentId}: expected position ${intent.row.positionId} in the book, found none.`)
    if (conclusion.kind === 'unknown')
      return await keepUnknown(intent, position, conclusion.observed, envelope.stage, tools)
    const effects =
      conclusion.kind === 'accepted'
        ? acceptedEffects(intent.row, position, conclusion, now)
        : await refusedEffects(intent.row, position, conclusion, tools, now)
    const verdictWords = conclusion.kind === 'rejected' ? `rejected: ${conclusion.reason}` : conclusion.kind
    const planned = [
      replaceIntent(
        intent,
        settledIntent(intent.row, conclusion.kind === 'accepted' ? 'accepted' : 'rejected', conclusion.evidence, now),
      ),
      ...processed(envelope, { result: 'done', detail: verdictWords }, now),
      ...effects.writes,
      ...owed(
        effects.next.filter((next) => next.stage !== 'alerts'),
        now,
      ),
      ...(await endedAlerts(intent.row, conclusion, tools, now)),
      ...(await endedTarget(intent.row, conclusion, tools.book, now)),
      concludedRecord(intent.row, conclusion, envelope.stage, now),
    ]
    const writes = fenced(planned, position)
    const endsPosition = intent.row.event === 'entry' && conclusion.kind !== 'accepted'
    await (endsPosition ? commitRelease(tools.book, position.row, writes, now) : tools.book.commit(sealed(writes)))
    return {
      kind: 'done',
      next: effects.next,
      wake: [wakeMonitor(position.row, now)],
      detail: `${intent.row.event} ${verdictWords}`,
    }
  })
}

/** An outcome ends the alert about its unknown; a stop or exit that was taken ends those about refusals and waits before it. */
async function endedAlerts(intent: IntentRow, { kind }: Conclusion, { book }: Tools, now: number): Promise<Write[]> {
  const writes = intent.state === 'unknown' ? await resolved(book, alertIdOf(unknownCause(intent, '')), now) : []
  if (kind !== 'accepted' || (intent.event !== 'stop' && intent.event !== 'exit')) return writes
  const causes = refusalCausesOf(intent, intent.event)
  if (intent.event === 'exit') causes.push(latchCause(intent, ''))
  for (const cause of causes) writes.push(...(await ended(book, cause, now)))
  return writes
}

/** The outcome of an intent, beside what was sent for it. */
function concludedRecord(intent: IntentRow, conclusion: Conclusion, actor: string, now: number): PlannedWrite {
  const { intentId, command, request, sentAt } = intent
  return audited(intent.positionId, {
    at: now,
    actor,
    decision: `${intent.event} ${conclusion.kind}`,
    inputs: { intentId, command, request: request === null ? null : requestShown(request), sentAt, conclusion },
  })
}

function replaceIntent(stored: Stored<IntentRow>, row: IntentRow): Write {
  return { op: 'replace', kind: 'intents', id: stored.id, revision: stored.revision, row }
}

function wakeMonitor(position: PositionRow, now: number) {
  return { stage: 'monitor' as const, key: monitorEnvelope(position, 'conclude', now).idempotency_key }
}

function unknownCause(intent: IntentRow, observed: string): AlertCause {
  return {
    severity: 'critical',
    kind: 'unknown-order',
    account: intent.account,
    instrument: intent.instrument,
    positionId: intent.positionId,
    occurrence: intent.intentId,
    title: `Outcome of ${intent.event} on ${intent.instrument} is unknown`,
    detail: `The venue's answer was lost (${observed}). Nothing new is sent for it until proof; it is looked up again and again.`,
  }
}

async function keepUnknown(
  intent: Stored<IntentRow>,
  position: Stored<PositionRow>,
  observed: string,
  actor: string,
  tools: Tools,
): Promise<Verdict> {
  if (intent.row.state === 'unknown')
    return { kind: 'again', afterMs: UNKNOWN_AGAIN_MS, detail: `unknown: ${observed}` }
  const now = tools.now()
  const alert = await raised(tools.book, unknownCause(intent.row, observed), now)
  const record = concludedRecord(intent.row, { kind: 'unknown', observed }, actor, now)
  const planned = [replaceIntent(intent, unknownIntent(intent.row, now)), ...alert.writes, record]
  await tools.book.commit(sealed(fenced(planned, position)))
  return { kind: 'again', afterMs: UNKNOWN_AGAIN_MS, detail: `unknown: ${observed}`, next: alert.next }
}

function acceptedEffects(
  intent: IntentRow,
  position: Stored<PositionRow>,
  conclusion: Extract<Conclusion, { kind: 'accepted' }>,
  now: number,
): Effects {
  const { command } = intent
  if (command.type === 'cancel-order') return { writes: [], next: [] }
  const writes: Write[] = conclusion.reports.flatMap((report) =>
    report.result === 'accepted'
      ? [
          {
            op: 'put',
            kind: 'orders',
            id: report.clientOrderId,
            row: orderRowOf(intent, command, report, now),
          } as const,
        ]
      : [],
  )
  const row = acceptedPosition(intent, position.row, conclusion, now)
  if (row !== position.row)
    writes.push({ op: 'replace', kind: 'positions', id: position.id, revision: position.revision, row })
  const next: Envelope[] = intent.event === 'entry' ? [monitorEnvelope(row, 'place', now)] : []
  const own = conclusion.reports.find((report) => report.clientOrderId === intent.intentId)
  if (intent.event === 'exit' && own?.result === 'accepted' && own.status === 'filled')
    next.push(reconcileEnvelope(row, 'close', now))
  return { writes, next }
}

function acceptedPosition(
  intent: IntentRow,
  position: PositionRow,
  conclusion: Extract<Conclusion, { kind: 'accepted' }>,
  now: number,
): PositionRow {
  const { command } = intent
  if (command.type === 'cancel-order') return position
  if (intent.event === 'entry') {
    const stop = conclusion.reports.find((report) => report.clientOrderId === command.attachedStop?.clientOrderId)
    const nativeStop = stop?.result === 'rejected' ? null : position.nativeStop
    return {
      ...position,
      state: position.state === 'pending' ? 'entering' : position.state,
      nativeStop,
      updatedAt: now,
    }
  }
  if (intent.event === 'exit') return reduced(intent, position, now)
  if (intent.event !== 'stop' || command.trigger === null) return position
  const nativeStop = {
    clientOrderId: intent.intentId,
    leg: intent.leg,
    triggerPrice: command.trigger.triggerPrice,
    size: command.size,
    confirmedAt: null,
  }
  return { ...position, nativeStop, updatedAt: now }
}

/** The leg of a partial exit is settled: stops may stand again. */
function reduced(intent: IntentRow, position: PositionRow, now: number): PositionRow {
  return position.reducing?.leg === intent.leg ? { ...position, reducing: null, updatedAt: now } : position
}

/** A refused order that provably does not stand: the entry ends the position, an exit needs another leg, a stop the monitor. */
async function refusedEffects(
  intent: IntentRow,
  position: Stored<PositionRow>,
  conclusion: Extract<Conclusion, { kind: 'rejected' | 'absent' }>,
  tools: Tools,
  now: number,
): Promise<Effects> {
  const reason = conclusion.kind === 'rejected' ? conclusion.reason : 'proven never to have landed'
  if (intent.event === 'cancel') return { writes: [], next: [] }
  const alert = await raised(tools.book, refusalCause(intent, reason, conclusion.evidence), now)
  if (intent.event === 'entry') {
    return {
      writes: [
        {
          op: 'replace',
          kind: 'positions',
          id: position.id,
          revision: position.revision,
          row: canceledPosition(position.row, now),
        },
        ...alert.writes,
      ],
      next: position.row.afterClose === null ? alert.next : [...alert.next, position.row.afterClose],
    }
  }
  if (intent.event === 'exit' && position.row.exit !== null) {
    const leg = intent.leg + 1
    const row: PositionRow = { ...position.row, exit: { ...position.row.exit, leg }, updatedAt: now }
    return {
      writes: [
        { op: 'replace', kind: 'positions', id: position.id, revision: position.revision, row },
        ...alert.writes,
      ],
      next: [...alert.next, closeEnvelope(row, leg, 'close', now)],
    }
  }
  const row = reduced(intent, position.row, now)
  if (row !== position.row)
    alert.writes.push({ op: 'replace', kind: 'positions', id: position.id, revision: position.revision, row })
  return { writes: alert.writes, next: alert.next }
}

type OfPosition = Pick<IntentRow, 'account' | 'instrument' | 'positionId'>

function refusalSeverity(event: OrderEvent, evidence: Evidence): AlertCause['severity'] {
  if (event === 'entry') return 'info'
  // A stop that we held back ourselves had a reason; a naked position has an alert of its own.
  return event === 'stop' && evidence.kind !== 'not-sent' ? 'critical' : 'warning'
}

function refusalKind(event: OrderEvent): AlertKind {
  if (event === 'entry') return 'entry-rejected'
  return event === 'stop' ? 'stop-rejected' : 'exit-rejected'
}

/** Every cause that refusals of one kind of order can have had. */
export function refusalCausesOf(about: OfPosition, event: 'stop' | 'exit'): AlertCause[] {
  const refusals = ['definitive-rejection', 'not-sent'] as const
  return refusals.map((kind) => refusalCause({ ...about, event }, '', { kind, at: 0, detail: '' }))
}

/** One cause a position and kind of order, however many legs are refused: the next one that is taken ends it. */
function refusalCause(
  { event, account, instrument, positionId }: OfPosition & Pick<IntentRow, 'event'>,
  reason: string,
  evidence: Evidence,
): AlertCause {
  return {
    severity: refusalSeverity(event, evidence),
    kind: refusalKind(event),
    account,
    instrument,
    positionId,
    occurrence: evidence.kind === 'not-sent' ? 'held back' : 'refused',
    title: `${event} on ${instrument} did not stand`,
    detail: `${reason} (evidence: ${evidence.kind}, ${evidence.detail})`,
  }
}
