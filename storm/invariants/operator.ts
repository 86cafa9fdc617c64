/** What operators confirmed, held against what became of it: flattened is flat, canceled is the entry alone, seen stays seen, ignored stays locked. Pure. */
import type { AuditRow } from '#domain/records.ts'
import type { PositionRow } from '#domain/position.ts'
import type { Evidence } from '../evidence.ts'
import type { Breach } from './breach.ts'
import { targetOf } from './records.ts'

/** Clocks of two processes differ by less, ms. */
const CLOCKS_MS = 1_000

export function checkOperator(evidence: Evidence): Breach[] {
  const { book } = evidence
  const of = (verb: string): AuditRow[] => book.records.filter(({ decision }) => decision === verb)
  return [
    ...of('flatten').flatMap((record) => checkFlatten(record, evidence)),
    ...of('cancel-orders').flatMap((record) => checkCanceled(record, evidence)),
    ...of('acknowledge').flatMap((record) => checkAcknowledged(record, evidence)),
    ...evidence.accounts.flatMap(({ id, locked, ignored }) =>
      ignored
        .filter((instrument) => !locked.includes(instrument))
        .map((instrument) => broken(`${id} ${instrument}`, 'is ignored, and its entries are not locked')),
    ),
  ]
}

function broken(about: string, what: string): Breach {
  return { invariant: 'operators-word', about, what }
}

/** Nothing of the target that was in the book when it was confirmed is open at rest. */
function checkFlatten(record: AuditRow, { book, openAtRest }: Evidence): Breach[] {
  const open = new Set(openAtRest.map(({ positionId }) => positionId))
  const { before } = record.inputs as {
    readonly before?: { readonly positions?: readonly Pick<PositionRow, 'positionId'>[] }
  }
  const shown = new Set(before?.positions?.map(({ positionId }) => positionId))
  const { instrument } = targetOf(record)
  return book.positions
    .filter((row) => row.account === record.subject && open.has(row.positionId))
    .filter(
      (row) => shown.has(row.positionId) || (isOn(row, instrument) && enteredAt(row, book) < record.at - CLOCKS_MS),
    )
    .map(({ account, positionId }) =>
      broken(`${account} ${positionId}`, `is open at rest; ${record.actor} flattened it at ${record.at}`),
    )
}

function isOn({ instrument: held }: PositionRow, instrument: string | undefined): boolean {
  // A product's name means whichever of its contracts is held.
  return instrument === undefined || held === instrument || held.replace(/[HMUZ]\d$/, '') === instrument
}

/** When the position came into the book. */
function enteredAt({ positionId, account, adopted, createdAt }: PositionRow, { records }: Evidence['book']): number {
  if (adopted === undefined) return createdAt
  const made = records.find(
    ({ subject, decision, inputs }) =>
      subject === account && decision === 'adopted' && inputs['positionId'] === positionId,
  )
  return made?.at ?? Infinity
}

/** Only what was still being entered was meant, and what had filled keeps its stop. */
function checkCanceled({ subject, inputs, at }: AuditRow, { book, openAtRest }: Evidence): Breach[] {
  const { before } = inputs as { readonly before?: { readonly state?: string } }
  const row = book.positions.find(({ positionId }) => positionId === subject)
  const breaches: Breach[] = []
  if (before?.state !== 'pending' && before?.state !== 'entering')
    breaches.push(broken(subject, `was ${before?.state ?? 'unknown'} when its entry was canceled at ${at}`))
  if (row?.cancelEntry === undefined) breaches.push(broken(subject, 'does not know that its entry was canceled'))
  if (openAtRest.some(({ positionId, naked }) => positionId === subject && naked))
    breaches.push(broken(subject, 'is open without the stop it is to have; its entry was canceled'))
  const late = book.intents.filter(
    ({ positionId, event, sentAt }) => positionId === subject && event === 'entry' && (sentAt ?? 0) > at + CLOCKS_MS,
  )
  return [
    ...breaches,
    ...late.map(({ sentAt }) => broken(subject, `was entered at ${sentAt}, its entry was canceled at ${at}`)),
  ]
}

/** The first acknowledgement stays, whatever happens to the alert later. */
function checkAcknowledged({ actor, at, inputs }: AuditRow, { book }: Evidence): Breach[] {
  const { before } = inputs as { readonly before?: { readonly alertId?: string } }
  const alert = book.alerts.find(({ alertId }) => alertId === before?.alertId)
  if (alert?.acknowledged?.by === actor && alert.acknowledged.at === at) return []
  const seen = alert?.acknowledged === undefined || alert.acknowledged === null ? 'nobody' : alert.acknowledged.by
  return [broken(before?.alertId ?? 'an alert', `was acknowledged by ${actor} at ${at}, its row says ${seen}`)]
}
