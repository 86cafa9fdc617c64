/**
 * Publish: tells the outside of one audit record, at least once and in the order of its subject's records. A crash between telling and
 * paying the debt tells again, under the same idempotency key.
 */
import { auditIdOf } from '#domain/audit-chain.ts'
import { publicationKeyOf } from '#domain/events/publication.ts'
import { eventOf } from '#domain/events/event-of.ts'
import type { Envelope } from '#domain/message.ts'
import type { AuditRow, OutboxRow } from '#domain/records.ts'
import type { Book, Stored } from '#book/book.ts'
import { PubsubUnavailable } from '#pubsub/errors.ts'
import { commitIfFirst } from './commit-if-first.ts'
import { type Tools, Unworkable, type Verdict } from './worker.ts'
import { type AlertCause, ended, pay, processed, raised } from './writes.ts'

/** Between looks at a record before this one that was not told of yet. */
const ORDER_MS = 500
/** Between looks for a topic that the configuration of this process does not name. */
const NO_TOPIC_MS = 60_000

/** An event that waits this long is worth an alert, ms; each is then tried again in so long. */
const LATE_MS = 5 * 60_000
const LATE_AGAIN_MS = 30_000

/** @throws PubsubUnavailable (told again later), BookUnavailable, Unworkable */
export async function publishEvent(
  envelope: Envelope,
  tools: Pick<Tools, 'book' | 'events' | 'now'>,
): Promise<Verdict> {
  const { book, events } = tools
  if (events === undefined)
    return { kind: 'again', afterMs: NO_TOPIC_MS, detail: 'no topic is configured here: the event is kept' }
  const auditId: string = envelope.position_id
  const [stored, done] = await Promise.all([
    book.load('audit', auditId),
    book.load('processed', envelope.idempotency_key),
  ])
  if (done !== null) {
    await pay(book, envelope.idempotency_key)
    await endLateAlert(envelope, tools)
    return { kind: 'done', next: [], detail: 'told before' }
  }
  if (stored === null)
    throw new Unworkable(`Publish ${envelope.idempotency_key}: expected record ${auditId} in the book, found none.`)
  const before = await owedBefore(book, stored.row)
  if (before !== null) {
    const { envelope: first } = before.row
    // Its job may have been lost on its way: then nobody else would make it before the next sweep.
    return { kind: 'again', afterMs: ORDER_MS, next: [first], detail: `${first.position_id} is to be told first` }
  }
  const event = eventOf({ record: stored.row, ...(await namedBy(book, stored.row)) })
  try {
    await events.publish(event)
  } catch (error) {
    if (!(error instanceof PubsubUnavailable) || !isLate(envelope, tools)) throw error
    return { kind: 'again', afterMs: LATE_AGAIN_MS, next: await raiseLateAlert(error, tools), detail: error.message }
  }
  await book.commit(processed(envelope, { result: 'done', detail: event.type }, tools.now()))
  await endLateAlert(envelope, tools)
  return { kind: 'done', next: [], detail: event.type }
}

function isLate({ ts }: Envelope, tools: Pick<Tools, 'now'>): boolean {
  return tools.now() - ts > LATE_MS
}

/** Many events are late at once and raise one alert: whoever is second has nothing to add. */
async function raiseLateAlert({ message }: PubsubUnavailable, { book, now }: Pick<Tools, 'book' | 'now'>) {
  const alert = await raised(book, { ...LATE, detail: `${message} Trading goes on, and every event is kept.` }, now())
  return (await commitIfFirst(book, alert.writes)) ? alert.next : []
}

/** Not in the commit that pays: of many events that are told at last, all but one would be told twice. */
async function endLateAlert(envelope: Envelope, tools: Pick<Tools, 'book' | 'now'>): Promise<void> {
  if (isLate(envelope, tools)) await commitIfFirst(tools.book, await ended(tools.book, LATE, tools.now()))
}

const LATE: Omit<AlertCause, 'detail'> = {
  severity: 'warning',
  kind: 'events-unpublished',
  account: '*',
  instrument: null,
  positionId: null,
  occurrence: 'topic',
  title: 'Events have not been published for five minutes',
}

/** The debt of the record before this one in its chain; a record of before there was a topic owes nothing. */
async function owedBefore(
  book: Book,
  { subjectKind: kind, subject: id, seq }: AuditRow,
): Promise<Stored<OutboxRow> | null> {
  return seq === 0 ? null : await book.load('outbox', publicationKeyOf(auditIdOf({ kind, id }, seq - 1)))
}

async function namedBy(book: Book, { subjectKind, subject }: AuditRow) {
  const [position, message] = await Promise.all([
    subjectKind === 'positions' ? book.load('positions', subject) : null,
    subjectKind === 'processed' ? book.load('processed', subject) : null,
  ])
  return { position: position?.row ?? null, processed: message?.row ?? null }
}
