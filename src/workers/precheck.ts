/**
 * Precheck: asks the broker what it holds before anything is placed. Agreement goes on to place; a position the book does
 * not know holds the entry for good and raises a critical alert: it is never traded over and never closed. Reads only on the happy path.
 */
import { decimal } from '#domain/decimal.ts'
import { placeEnvelope } from '#domain/envelopes.ts'
import type { Envelope } from '#domain/message.ts'
import type { BrokerPosition } from '#brokers/broker.ts'
import type { ClientOrderId } from '#domain/ids.ts'
import type { Finding } from '#domain/records.ts'
import { readSnapshot } from './account-view.ts'
import { conclude } from './conclude.ts'
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
  const snapshot = await readSnapshot(tools, envelope.account, tools.now())
  const held = snapshot.positions.find((position) => position.instrument === intent.row.instrument)
  if (held === undefined || decimal(held.size).isZero())
    return { kind: 'done', next: [place], detail: 'broker is flat, as the book' }
  return await hold(envelope, intentId, held, tools)
}

async function hold(envelope: Envelope, intentId: ClientOrderId, held: BrokerPosition, tools: Tools): Promise<Verdict> {
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
    const effects = await findingEffects(envelope.account, finding, tools, tools.now())
    if (effects.writes.length > 0) await tools.book.commit(effects.writes)
    return effects.next
  })
  const evidence = { kind: 'not-sent', at: tools.now(), detail: reason } as const
  const verdict = await conclude(intentId, { kind: 'rejected', reason, evidence }, envelope, tools)
  return verdict.kind === 'done' ? { ...verdict, next: [...next, ...verdict.next] } : verdict
}
