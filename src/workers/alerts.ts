/** Alerts: hands one alert to every sink and records that it was delivered. A sink that fails makes the job come again. */
import type { Envelope } from '#domain/message.ts'
import type { Tools, Verdict } from './worker.ts'
import { processed } from './writes.ts'

/** @throws whatever a sink throws (delivery is retried), BookUnavailable */
export async function deliverAlert(
  envelope: Envelope,
  tools: Pick<Tools, 'book' | 'deliver' | 'now'>,
): Promise<Verdict> {
  const alertId: string = envelope.position_id
  const [stored, done] = await Promise.all([
    tools.book.load('alerts', alertId),
    tools.book.load('processed', envelope.idempotency_key),
  ])
  if (stored === null || done !== null)
    return { kind: 'done', next: [], detail: stored === null ? 'no such alert' : 'delivered before' }
  await tools.deliver(stored.row)
  const now = tools.now()
  await tools.book.commit([
    { op: 'replace', kind: 'alerts', id: alertId, revision: stored.revision, row: { ...stored.row, deliveredAt: now } },
    ...processed(envelope, { result: 'done', detail: stored.row.title }, now),
  ])
  return { kind: 'done', next: [], detail: stored.row.title }
}
