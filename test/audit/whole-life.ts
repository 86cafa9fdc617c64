/** Whole lives on one book, every stage run twice: what tests of the records verify and then tamper with. */
import assert from 'node:assert/strict'
import type { AuditReport } from '#audit/audit-report.ts'
import type { Book } from '#book/book.ts'
import { type PositionId, clientOrderIdOf } from '#domain/ids.ts'
import type { AuditRow, AuditSubject } from '#domain/records.ts'
import { signalSchema } from '#domain/signal.ts'
import { NOW, POSITION, aBrokerOrder, aSignal, d } from '#test/domain/samples.ts'
import { FILLED_EXIT } from '#test/workers/filled-exit.ts'
import { BOUGHT, ENTRY, type TruthDesk, openTruthDesk, sold } from '#test/workers/truth-desk.ts'

/** The commands: the entry, a second entry that is denied, a new stop, the exit. */
const SIGNAL = aSignal({ size: { type: 'contracts', value: '1' }, stop_loss: { price: '95' } })
const COMMON = { source: 'test', strategy: 'test', ts: NOW, instrument: 'BTC-PERP' }
const ADJUST = signalSchema.parse({ ...COMMON, kind: 'adjust', signal_id: 'adjust', take_profit: { price: '120' } })
const CLOSE = signalSchema.parse({ ...COMMON, kind: 'close', signal_id: 'close' })

/** The position of that life. */
export const LIFE: PositionId = POSITION

/** Accepted, entered, denied, adjusted, closed and booked; every message delivered twice. */
export async function liveOnce(book: Book): Promise<TruthDesk> {
  const desk = await openTruthDesk(book)
  const { venue } = desk
  const stop = { clientOrderId: clientOrderIdOf(POSITION, 'stop', 0), venueOrderId: '7', filledSize: d('0') }
  await twice(() => desk.route(SIGNAL))
  await twice(() => desk.precheck())
  venue.answer = {
    kind: 'accepted',
    reports: [
      {
        result: 'accepted',
        clientOrderId: ENTRY,
        venueOrderId: '1',
        status: 'filled',
        filledSize: d('1'),
        averagePrice: d('100'),
      },
      { result: 'accepted', ...stop, status: 'waiting', averagePrice: null },
    ],
    evidence: { kind: 'acknowledgement', at: NOW, detail: 'filled' },
  }
  await twice(() => desk.place())
  venue.held = { 'BTC-PERP': '1' }
  venue.fills = [BOUGHT]
  venue.open = [aBrokerOrder()]
  venue.record = aBrokerOrder({
    clientOrderId: ENTRY,
    venueOrderId: '1',
    status: 'filled',
    leavesSize: d('0'),
    trigger: null,
  })
  await twice(() => desk.monitor())
  assert.equal((await desk.position()).state, 'open')
  await twice(() => desk.route(aSignal({ signal_id: 'two' })))
  await twice(() => desk.route(ADJUST))
  await twice(() => desk.route(CLOSE))
  // An exit already under way is not decided again.
  await twice(() => desk.route({ ...CLOSE, signal_id: 'close-again' }))
  venue.answer = FILLED_EXIT
  await desk.close()
  venue.held = {}
  venue.fills = [BOUGHT, sold()]
  await desk.close()
  await twice(() => desk.reconcile())
  await twice(() => desk.monitor())
  assert.equal((await desk.position()).state, 'closed')
  return desk
}

async function twice(task: () => Promise<unknown>): Promise<void> {
  await task()
  await task()
}

/** Every record of a book, in the order of their instants. */
export async function recordsOf(book: Book): Promise<AuditRow[]> {
  const rows = await book.list('audit', { orderBy: { field: 'at', direction: 'ascending' } })
  return rows.map(({ row }) => row)
}

/** What was decided about a subject, in the order of its chain. */
export async function decisionsOf(book: Book, kind: AuditSubject['kind'], subject: string): Promise<string[]> {
  return (await recordsOf(book))
    .filter((row) => row.subjectKind === kind && row.subject === subject)
    .toSorted((a, b) => a.seq - b.seq)
    .map(({ actor, decision }) => `${actor}: ${decision}`)
}

/** `subject record` of every contradiction, sorted. */
export function found({ proven, contradictions }: AuditReport): string[] {
  assert.equal(proven, false)
  return contradictions.map(({ subject, record }) => `${subject.id} ${record}`).toSorted()
}
