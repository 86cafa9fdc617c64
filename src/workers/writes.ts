/** The writes that every commit of a worker shares: the message is processed, its debt is paid, new debts, audit, alerts. */
import type { Book, Stored, Write } from '#book/book.ts'
import type { PlannedWrite, RecordedDecision } from '#book/seal.ts'
import type { AlertKind } from '#domain/alert-kinds.ts'
import { isTold } from '#domain/alerts.ts'
import { alertEnvelope } from '#domain/envelopes.ts'
import { type AccountId, type InstrumentId, type PositionId, factIdOf } from '#domain/ids.ts'
import type { Envelope } from '#domain/message.ts'
import type { PositionRow } from '#domain/position.ts'
import type { AlertRow, AuditSubject, Decision, Outcome, Severity } from '#domain/records.ts'

/** The message has had its effect: fences a second run and pays the debt. */
export function processed(envelope: Envelope, outcome: Outcome, now: number): Write[] {
  return [
    {
      op: 'create',
      kind: 'processed',
      id: envelope.idempotency_key,
      row: {
        idempotencyKey: envelope.idempotency_key,
        stage: envelope.stage,
        account: envelope.account,
        positionId: envelope.position_id,
        outcome,
        at: now,
      },
    },
    paid(envelope.idempotency_key),
  ]
}

export function paid(idempotencyKey: string): Write {
  return { op: 'delete', kind: 'outbox', id: idempotencyKey }
}

/** Pays a debt that needs no other write; a debt that is gone already costs a read, not a commit. @throws BookUnavailable */
export async function pay(book: Book, idempotencyKey: string): Promise<void> {
  if ((await book.load('outbox', idempotencyKey)) !== null) await book.commit([paid(idempotencyKey)])
}

/** Work owed from now on: survives the loss of every queue. */
export function owed(envelopes: readonly Envelope[], now: number): Write[] {
  return envelopes.map((envelope) => ({
    op: 'put',
    kind: 'outbox',
    id: envelope.idempotency_key,
    row: { envelope, stage: envelope.stage, createdAt: now },
  }))
}

/** One immutable record of a decision about a position, in a commit that writes that position's row. */
export function audited(positionId: PositionId, record: Omit<Decision, 'about'>): RecordedDecision {
  return auditedOf({ kind: 'positions', id: positionId }, record)
}

/** The same about any other row. */
export function auditedOf(about: AuditSubject, record: Omit<Decision, 'about'>): RecordedDecision {
  return { op: 'record', decision: { about, ...record } }
}

/** The writes with the position's revision among them: what they say is only true of the position it was decided on. */
export function fenced(writes: readonly PlannedWrite[], { id, row, revision }: Stored<PositionRow>): PlannedWrite[] {
  if (writes.some((write) => write.op !== 'record' && write.kind === 'positions' && write.id === id)) return [...writes]
  return [...writes, { op: 'replace', kind: 'positions', id, revision, row }]
}

export interface AlertCause {
  readonly severity: Severity
  readonly kind: AlertKind
  readonly account: AccountId
  readonly instrument: InstrumentId | null
  readonly positionId: PositionId | null
  /** Tells occurrences apart: the same cause is the same alert, however often it is seen. */
  readonly occurrence: string
  readonly title: string
  readonly detail: string
}

export function alertIdOf(
  cause: Pick<AlertCause, 'kind' | 'account' | 'instrument' | 'positionId' | 'occurrence'>,
): string {
  return factIdOf('alert', cause.kind, cause.account, cause.instrument ?? '', cause.positionId ?? '', cause.occurrence)
}

/** A cause that ended and came back is a new occurrence; so many are told apart. */
const RECURRENCES_MAX = 1000

/** Writes that raise an alert and owe its delivery; none while that cause stands already. @throws BookUnavailable */
export async function raised(
  book: Book,
  cause: AlertCause,
  now: number,
): Promise<{ writes: Write[]; next: Envelope[] }> {
  for (let recurrence = 0; recurrence < RECURRENCES_MAX; recurrence++) {
    const alertId = alertIdOf({ ...cause, occurrence: occurrenceOf(cause.occurrence, recurrence) })
    const stored = await book.load('alerts', alertId)
    if (stored === null) return newAlert(alertId, cause, now)
    if (isTold(stored.row)) return { writes: [], next: [] }
  }
  throw new Error(
    `Alert ${cause.kind} on ${cause.account} recurred ${RECURRENCES_MAX} times; something alternates without rest.`,
  )
}

function newAlert(alertId: string, cause: AlertCause, now: number): { writes: Write[]; next: Envelope[] } {
  const delivery = alertEnvelope(alertId, cause.account, now)
  const { occurrence: _, ...shown } = cause
  const row = { alertId, ...shown, raisedAt: now, resolvedAt: null, deliveredAt: null, active: true }
  return { writes: [{ op: 'create', kind: 'alerts', id: alertId, row }, ...owed([delivery], now)], next: [delivery] }
}

/** Raises an alert in a commit of its own; answers its delivery. @throws BookUnavailable, StaleWrite when it moved meanwhile */
export async function raiseAlone(book: Book, cause: AlertCause, now: number): Promise<Envelope[]> {
  const { writes, next } = await raised(book, cause, now)
  if (writes.length > 0) await book.commit(writes)
  return next
}

/** Ends the alert of a cause in a commit of its own. @throws BookUnavailable, StaleWrite when it moved meanwhile */
export async function endAlone(book: Book, cause: AlertCause, now: number): Promise<void> {
  const writes = await ended(book, cause, now)
  if (writes.length > 0) await book.commit(writes)
}

/** Writes that end the alert of a cause, whichever of its recurrences stands. @throws BookUnavailable */
export async function ended(
  book: Book,
  cause: Pick<AlertCause, 'kind' | 'account' | 'instrument' | 'positionId' | 'occurrence'>,
  now: number,
): Promise<Write[]> {
  for (let recurrence = 0; recurrence < RECURRENCES_MAX; recurrence++) {
    const alertId = alertIdOf({ ...cause, occurrence: occurrenceOf(cause.occurrence, recurrence) })
    const stored = await book.load('alerts', alertId)
    if (stored === null) return []
    if (isTold(stored.row)) return await resolved(book, alertId, now)
  }
  return []
}

function occurrenceOf(occurrence: string, recurrence: number): string {
  return recurrence === 0 ? occurrence : `${occurrence} again ${recurrence}`
}

/** Writes that end an alert, if it stands or only its acknowledgement ended it: then its cause may come back. @throws BookUnavailable */
export async function resolved(book: Book, alertId: string, now: number): Promise<Write[]> {
  const stored = await book.load('alerts', alertId)
  return stored === null || !isTold(stored.row) ? [] : ending(stored, now)
}

/** Writes that end an alert as it was read. Those who were told of it are told of its end; no hurry: the next sweep queues it. */
export function ending({ id, row, revision }: Stored<AlertRow>, now: number): Write[] {
  return [
    { op: 'replace', kind: 'alerts', id, revision, row: { ...row, active: false, resolvedAt: now } },
    ...owed([alertEnvelope(id, row.account, now, 'resolved')], now),
  ]
}

/** Writes, messages and wake-ups that a decision collects before its one commit. */
export interface Effects {
  readonly writes: PlannedWrite[]
  readonly next: Envelope[]
}

/** The jobs that are owed for these keys, for handing over again after a crash. @throws BookUnavailable */
export async function stillOwed(book: Book, keys: readonly string[]): Promise<Envelope[]> {
  const rows = await book.loadMany('outbox', keys)
  return rows.flatMap((stored) => (stored === null ? [] : [stored.row.envelope]))
}
