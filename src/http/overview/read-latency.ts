/** Reads the recent entries of every account for the latency of the order path. */
import type { Book } from '#book/book.ts'
import type { LatencyAnswer } from '../overview-wire.ts'
import type { AccountSeat } from './compose.ts'
import { type SentEntry, latencyOf } from './latency.ts'

/** Entries of an account that are looked at. */
const ENTRIES = 100

/** @throws BookUnavailable */
export async function readLatency(book: Book, seats: readonly AccountSeat[]): Promise<LatencyAnswer> {
  const lists = await Promise.all(seats.map((seat) => entriesOf(book, seat)))
  return latencyOf(lists.flat())
}

async function entriesOf(book: Book, { id, venue }: AccountSeat): Promise<SentEntry[]> {
  const intents = await book.list('intents', {
    where: { account: id, event: 'entry' },
    orderBy: { field: 'createdAt', direction: 'descending' },
    limit: ENTRIES,
  })
  const positions = await book.loadMany(
    'positions',
    intents.map(({ row }) => row.positionId),
  )
  const keys = positions.flatMap((stored) => (stored === null ? [] : [stored.row.signalKey]))
  const signals = await book.loadMany('signals', [...new Set(keys)])
  const received = new Map(signals.map((stored) => [stored?.id, stored?.row.receivedAt]))
  return intents.map(({ row }, index) => ({
    venue,
    receivedAt: received.get(positions[index]?.row.signalKey) ?? null,
    intent: row,
  }))
}
