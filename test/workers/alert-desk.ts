/** A desk for alerts: a book, sinks of the test, a clock, and a queue that holds nothing but what the outbox owes. */
import assert from 'node:assert/strict'
import { type Alerting, AlertNotDelivered } from '#alerting/alerting.ts'
import type { Book } from '#book/book.ts'
import { openEmbeddedBook } from '#book/embedded/open.ts'
import { acknowledgedAlert } from '#domain/alerts.ts'
import type { RepeatTerms, SinkTerms } from '#domain/alert-telling.ts'
import { noticeKeyOf } from '#domain/alert-text.ts'
import { alertEnvelope } from '#domain/envelopes.ts'
import type { Envelope } from '#domain/message.ts'
import type { AlertRow } from '#domain/records.ts'
import { deliverAlert } from '#workers/alerts.ts'
import type { TellingTools } from '#workers/tell-sink.ts'
import { type AlertCause, ended, owed, raised } from '#workers/writes.ts'

export const CAUSE: AlertCause = {
  severity: 'critical',
  kind: 'size-drift',
  account: 'a',
  instrument: 'BTC-PERP',
  positionId: null,
  occurrence: 'x',
  title: 'The broker holds another size',
  detail: 'Book 1, broker 2.',
}

export interface AlertDesk extends AsyncDisposable {
  readonly book: Book
  readonly clock: { now: number }
  readonly tools: TellingTools
  /** What was told, in order: `sink key`. */
  readonly told: string[]
  readonly down: Set<string>
  /** Runs between the sink's taking and the record. */
  afterTelling: (sink: string) => Promise<void>
  raise(change?: Partial<AlertCause>): Promise<string>
  end(change?: Partial<AlertCause>): Promise<void>
  acknowledge(id: string): Promise<void>
  alert(id: string): Promise<AlertRow>
  /** Runs every message that is owed, and what those owe, until nothing is due. Answers the least wait, ms; null: nothing is owed. */
  run(): Promise<number | null>
  owed(): Promise<Envelope[]>
}

export async function openAlertDesk(sinks: readonly SinkTerms[], repeat: RepeatTerms): Promise<AlertDesk> {
  const book = await openEmbeddedBook({ file: ':memory:' })
  const clock = { now: 1_000_000 }
  const told: string[] = []
  const down = new Set<string>()
  const alerting: Alerting = {
    sinks,
    repeat,
    async tell(sink, notice) {
      if (down.has(sink)) throw new AlertNotDelivered(`Sink ${sink} is down.`, { quietMs: 5_000 })
      told.push(`${sink} ${noticeKeyOf(notice).replace(notice.alert.alertId, notice.alert.kind)}`)
      await desk.afterTelling(sink)
    },
  }
  const log = { debug() {}, info() {}, warn() {}, error() {} }
  const tools: TellingTools = { book, alerting, log, now: () => clock.now }
  const owedNow = async (): Promise<Envelope[]> => {
    const rows = await book.list('outbox', { orderBy: { field: 'createdAt', direction: 'ascending' } })
    return rows.map(({ row }) => row.envelope)
  }
  const desk: AlertDesk = {
    book,
    clock,
    tools,
    told,
    down,
    afterTelling: async () => undefined,
    async raise(change = {}) {
      const { writes } = await raised(book, { ...CAUSE, ...change }, clock.now)
      await book.commit(writes)
      const id = writes.find(({ kind }) => kind === 'alerts')?.id
      assert.ok(id !== undefined, 'the alert stands already')
      return id
    },
    async end(change = {}) {
      await book.commit(await ended(book, { ...CAUSE, ...change }, clock.now))
    },
    async acknowledge(id) {
      const stored = await book.load('alerts', id)
      assert.ok(stored !== null)
      const row = acknowledgedAlert(stored.row, { by: 'ada', at: clock.now, why: 'on it' })
      const message = alertEnvelope(id, row.account, clock.now, row.active ? 'acknowledged' : 'resolved')
      const write = { op: 'replace', kind: 'alerts', id, row, revision: stored.revision } as const
      await book.commit([write, ...owed([message], clock.now)])
    },
    async alert(id) {
      const stored = await book.load('alerts', id)
      assert.ok(stored !== null)
      return stored.row
    },
    async run() {
      for (let pass = 0; pass < 20; pass++) {
        const waits: number[] = []
        let isDone = false
        for (const envelope of await owedNow()) {
          const verdict = await deliverAlert(envelope, tools)
          if (verdict.kind === 'again') waits.push(verdict.afterMs)
          else isDone = true
        }
        if (!isDone) return waits.length === 0 ? null : Math.min(...waits)
      }
      throw new Error('The messages of alerts do not come to rest.')
    },
    owed: owedNow,
    [Symbol.asyncDispose]: () => book.close(),
  }
  return desk
}
