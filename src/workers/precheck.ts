/**
 * Precheck: asks the broker what it holds before anything is placed. Agreement goes on to place; a position the book does
 * not know holds the entry for good and raises a critical alert: it is never traded over and never closed. An entry is held as well while
 * our clock and the venue's are apart: the venue would judge its deadline by another time than we do. Reads only on the happy path.
 */
import { clockObjection } from '#domain/clock-offset.ts'
import { sealed } from '#book/seal.ts'
import { decimal } from '#domain/decimal.ts'
import { placeEnvelope } from '#domain/envelopes.ts'
import type { Envelope } from '#domain/message.ts'
import type { BrokerPosition } from '#brokers/broker.ts'
import type { ClientOrderId } from '#domain/ids.ts'
import type { Finding } from '#domain/records.ts'
import { readSnapshot } from './account-view.ts'
import { raiseClockAlert } from './clock-watch.ts'
import { concludeUnsent } from './conclude.ts'
import { retryStale } from './retry-stale.ts'
import { findingEffects } from './sweep-findings.ts'
import { type Tools, Unworkable, type Verdict } from './worker.ts'
import { pay } from './writes.ts'

/** @throws Unworkable, BookUnavailable, BrokerUnavailable (unavailable is not flat: the job waits) */
export async function precheckEntry(envelope: Envelope, tools: Tools): Promise<Verdict> {
  const intentId = envelope.client_order_id
  if (intentId === null)
    throw new Unworkable(`Precheck ${envelope.idempotency_key}: expected a client_order_id, saw null.`)
  const intent = await tools.book.load('intents', intentId)
  if (intent === null)
    throw new Unworkable(`Precheck ${envelope.idempotency_key}: expected intent ${intentId} in the book, found none.`)
  const place = placeEnvelope(intent.row, intentId, 'precheck', tools.now())
  if (intent.row.settled) {
    await pay(tools.book, envelope.idempotency_key)
    return { kind: 'done', next: [], detail: `already ${intent.row.state}` }
  }
  if (intent.row.state !== 'ready') return { kind: 'done', next: [place], detail: `already ${intent.row.state}` }
  const askedAt = tools.now()
  const snapshot = await readSnapshot(tools, envelope.account, askedAt)
  const reading = { askedAt, answeredAt: tools.now(), venueTime: snapshot.asOf }
  const held = snapshot.positions.find((position) => position.instrument === intent.row.instrument)
  if (held !== undefined && !decimal(held.size).isZero()) return await holdOver(held, envelope, intentId, tools)
  const { clockBoundMs } = tools.account(envelope.account).broker.capabilities
  const objection = clockObjection(reading, clockBoundMs)
  if (objection === null) return { kind: 'done', next: [place], detail: 'broker is flat, as the book' }
  const next = await retryStale(async () => await raiseClockAlert(envelope.account, objection, tools))
  return await hold(objection, envelope, intentId, next, tools)
}

/** An entry never trades over a position that the book does not know, whether or not somebody ignores it. */
async function holdOver(
  held: BrokerPosition,
  envelope: Envelope,
  intentId: ClientOrderId,
  tools: Tools,
): Promise<Verdict> {
  const reason = `the broker holds ${held.size} ${held.instrument}, the book holds none`
  const finding: Finding = {
    kind: 'unexpected-position',
    instrument: held.instrument,
    positionId: null,
    book: 'flat',
    broker: held.size,
    action:
      'entry held; entries locked; never closed automatically: adopt it, close it by hand or ignore it with a reason',
  }
  const next = await retryStale(async () => {
    const effects = await findingEffects(envelope.account, finding, 'precheck', tools, tools.now())
    if (effects.writes.length > 0) await tools.book.commit(sealed(effects.writes))
    return effects.next
  })
  return await hold(reason, envelope, intentId, next, tools)
}

/** Ends the entry as never sent; `alerts` is what was raised about it. */
async function hold(
  reason: string,
  envelope: Envelope,
  intentId: ClientOrderId,
  alerts: readonly Envelope[],
  tools: Tools,
): Promise<Verdict> {
  const verdict = await concludeUnsent(intentId, reason, envelope, tools)
  return verdict.kind === 'done' ? { ...verdict, next: [...alerts, ...verdict.next] } : verdict
}
