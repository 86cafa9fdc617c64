/**
 * Precheck: asks the broker what it holds before anything is placed. Agreement goes on to place; a position the book does
 * not know holds the entry for good and raises a critical alert: it is never traded over and never closed. Reads only on the happy path.
 */
import { decimal } from '#domain/decimal.ts'
import { placeEnvelope } from '#domain/envelopes.ts'
import type { Envelope } from '#domain/message.ts'
import type { BrokerPosition } from '#brokers/broker.ts'
import { conclude } from './conclude.ts'
import { driftLock } from './drift-lock.ts'
import { retryStale } from './retry-stale.ts'
import { type Tools, Unworkable, type Verdict } from './worker.ts'
import { paid, raised } from './writes.ts'

/** @throws Unworkable, BookUnavailable, BrokerUnavailable (unavailable is not flat: the job waits) */
export async function precheckEntry(envelope: Envelope, tools: Tools): Promise<Verdict> {
  const intentId = envelope.client_order_id
  if (intentId === null) throw new Unworkable(`Precheck ${envelope.idempotency_key}: expected a client_order_id, saw null.`)
  const intent = await tools.book.load('intents', intentId)
  if (intent === null) throw new Unworkable(`Precheck ${envelope.idempotency_key}: expected intent ${intentId} in the book, found none.`)
  const place = placeEnvelope(intent.row, intentId, 'precheck', tools.now())
  if (intent.row.settled) {
    await tools.book.commit([paid(envelope.idempotency_key)])
    return { kind: 'done', next: [], detail: `already ${intent.row.state}` }
  }
  if (intent.row.state !== 'ready') return { kind: 'done', next: [place], detail: `already ${intent.row.state}` }
  const snapshot = await tools.account(envelope.account).broker.readAccount()
  const held = snapshot.positions.find((position) => position.instrument === intent.row.instrument)
  if (held === undefined || decimal(held.size).isZero()) return { kind: 'done', next: [place], detail: 'broker is flat, as the book' }
  return await hold(envelope, held, tools)
}

async function hold(envelope: Envelope, held: BrokerPosition, tools: Tools): Promise<Verdict> {
  const now = tools.now()
  const reason = `the broker holds ${held.size} ${held.instrument}, the book holds none`
  const next = await retryStale(async () => {
    const alert = await raised(
      tools.book,
      {
        severity: 'critical',
        kind: 'unexpected-position',
        account: envelope.account,
        instrument: held.instrument,
        positionId: null,
        occurrence: held.entryAverage ?? 'unknown entry',
        title: `Unexpected ${held.instrument} position at the broker`,
        detail: `${reason}. The entry is held; the position is not closed automatically. Adopt it, close it by hand, or ignore it with a reason.`,
      },
      now,
    )
    const lock = await driftLock(tools.book, envelope.account, held.instrument, reason, now)
    await tools.book.commit([...alert.writes, ...lock])
    return alert.next
  })
  const evidence = { kind: 'not-sent', at: now, detail: reason } as const
  const verdict = await conclude(envelope.client_order_id as NonNullable<Envelope['client_order_id']>, { kind: 'rejected', reason, evidence }, envelope, tools)
  return verdict.kind === 'done' ? { ...verdict, next: [...next, ...verdict.next] } : verdict
}
