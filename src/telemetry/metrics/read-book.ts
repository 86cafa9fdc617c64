/** Reads what a scrape shows of the book: bounded queries, one read at a time, remembered for a few seconds. */
import type { Book } from '#book/book.ts'
import { activeAlerts, newestSweeps } from '#book/frequent-queries.ts'
import { type BookReadings, type BookRows, readingsOf } from './book-readings.ts'

/** Whose rows are read. */
export interface BookView {
  readonly book: Pick<Book, 'load' | 'loadMany' | 'list'>
  readonly accountIds: readonly string[]
  /** Ms since epoch. */
  now(): number
}

/** Several scrapers, and the gauges of one scrape, share one read. */
const FRESH_MS = 5_000
/** A debt more than this is shown as this many. */
export const OUTBOX_SHOWN = 1_000
const POSITIONS_SHOWN = 2_000
const ALERTS_SHOWN = 1_000
const INTENTS_SHOWN = 200
/** Scopes that somebody has ever switched. */
const SWITCHES_SHOWN = 500

/** Answers the readings, null while the book does not answer. Never throws: a scrape shows what it can. */
export function bookReader(view: BookView): () => Promise<BookReadings | null> {
  let last: { readonly at: number; readonly readings: Promise<BookReadings | null> } | null = null
  return () => {
    const now = view.now()
    if (last !== null && Math.abs(now - last.at) < FRESH_MS) return last.readings
    const readings = readRows(view).then(
      (rows) => readingsOf(rows, now),
      // Told by truebook_book_up, and by the absence of all others.
      () => null,
    )
    last = { at: now, readings }
    return readings
  }
}

/** @throws BookUnavailable */
async function readRows({ book, accountIds }: BookView): Promise<BookRows> {
  const [rows, equity, control, alerts, outbox, open, sweeps, unsettled] = await Promise.all([
    book.loadMany('accounts', accountIds),
    book.loadMany('equity', accountIds),
    book.list('control', { limit: SWITCHES_SHOWN }),
    book.list('alerts', activeAlerts(ALERTS_SHOWN)),
    book.list('outbox', { orderBy: { field: 'createdAt', direction: 'ascending' }, limit: OUTBOX_SHOWN }),
    book.list('positions', { where: { open: true }, limit: POSITIONS_SHOWN }),
    Promise.all(accountIds.map((account) => book.list('sweeps', newestSweeps(account, 1)))),
    Promise.all(
      accountIds.map((account) => book.list('intents', { where: { account, settled: false }, limit: INTENTS_SHOWN })),
    ),
  ])
  const positions = open.map((stored) => stored.row)
  return {
    accounts: accountIds.map((account, index) => ({
      account,
      row: rows[index]?.row ?? null,
      equity: equity[index]?.row ?? null,
      sweep: sweeps[index]?.[0]?.row ?? null,
      unsettled: (unsettled[index] ?? []).map((stored) => stored.row),
      open: positions.filter((position) => position.account === account),
    })),
    alerts: alerts.map((stored) => stored.row),
    outbox: outbox.map((stored) => stored.row),
    control: new Map(control.map(({ id, row }) => [id, row])),
  }
}
