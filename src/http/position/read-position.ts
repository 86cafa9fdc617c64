/** Reads the rows about one position for its timeline. Fills are looked for in its lifetime; none of them is hidden for being nobody's. */
import { readTimeline } from '#audit/read-chain.ts'
import type { Book } from '#book/book.ts'
import type { PositionId } from '#domain/ids.ts'
import type { PositionRow } from '#domain/position.ts'
import type { PositionAnswer } from '../overview-wire.ts'
import { timelineOf } from './timeline.ts'

/** A fill may carry a time a little before or after what it made, ms. */
const FILL_MARGIN_MS = 60_000
const FILLS_LIMIT = 500
const ALERTS_LIMIT = 100

/** Null when the book knows nothing of this id. @throws BookUnavailable */
export async function readPosition(book: Book, id: PositionId): Promise<PositionAnswer | null> {
  const [stored, chains, intents, orders, ledger, alerts] = await Promise.all([
    book.load('positions', id),
    readTimeline(book, id),
    book.list('intents', { where: { positionId: id } }),
    book.list('orders', { where: { positionId: id } }),
    book.list('ledger', { where: { positionId: id } }),
    book.list('alerts', {
      where: { positionId: id },
      orderBy: { field: 'raisedAt', direction: 'ascending' },
      limit: ALERTS_LIMIT,
    }),
  ])
  const position = stored?.row ?? null
  if (position === null && chains.length === 0) return null
  const [signal, fills] = await Promise.all([
    position === null ? null : book.load('signals', position.signalKey),
    position === null ? [] : fillsOf(book, position),
  ])
  const rows = {
    position,
    signal: signal?.row ?? null,
    records: chains.flatMap((chain) => chain.rows.map(({ row }) => row)),
    intents: intents.map(({ row }) => row),
    orders: orders.map(({ row }) => row),
    fills,
    ledger: ledger.map(({ row }) => row),
    alerts: alerts.map(({ row }) => row),
  }
  return {
    position,
    position_id: id,
    events: timelineOf(rows),
    broken: chains.find(({ fault }) => fault !== null)?.fault ?? null,
  }
}

async function fillsOf(book: Book, { account, instrument, createdAt, closedAt, open, updatedAt }: PositionRow) {
  const end = open ? {} : { to: (closedAt ?? updatedAt) + FILL_MARGIN_MS }
  const rows = await book.list('fills', {
    where: { account, instrument },
    orderBy: { field: 'time', direction: 'ascending' },
    from: createdAt - FILL_MARGIN_MS,
    ...end,
    limit: FILLS_LIMIT,
  })
  return rows.map(({ row }) => row)
}
