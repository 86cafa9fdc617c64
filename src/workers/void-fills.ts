/** Books what the venue took back: a reversing fill, the ledger's reversal where the trade's position was closed, a critical alert. */
import type { Book, Write } from '#book/book.ts'
import type { FillRead } from '#brokers/broker.ts'
import type { Fill } from '#domain/fill.ts'
import type { PositionRow } from '#domain/position.ts'
import { positionAfter, reversalIdOf, reversalOf, reversedLedgerRow } from '#domain/reversal.ts'
import { raised } from './writes.ts'

export interface Reversals {
  readonly fills: readonly Fill[]
  readonly writes: readonly Write[]
}

/** Rows for fills of the book that the venue now calls void; each once. Those never booked need none. @throws BookUnavailable */
export async function reversalsFor(
  book: Book,
  read: Pick<FillRead, 'voided'>,
  fresh: readonly Fill[],
  now: number,
): Promise<Reversals> {
  if (read.voided.length === 0) return { fills: [], writes: [] }
  const [booked, reversed] = await Promise.all([
    book.loadMany('fills', read.voided),
    book.loadMany('fills', read.voided.map(reversalIdOf)),
  ])
  const fills: Fill[] = []
  const writes: Write[] = []
  for (const [index, stored] of booked.entries()) {
    if (stored === null || reversed[index] !== null) continue
    const reversal = await reversalAt(book, stored.row, fills, fresh, now)
    fills.push(reversal)
    writes.push(...(await consequences(book, stored.row, reversal, now)))
  }
  return { fills, writes }
}

/** Before whatever is new and after whatever is booked: what the venue tells from now on is told without the void trade. */
async function reversalAt(
  book: Book,
  fill: Fill,
  earlier: readonly Fill[],
  fresh: readonly Fill[],
  now: number,
): Promise<Fill> {
  const { account, instrument } = fill
  const since = await book.list('fills', {
    where: { account, instrument },
    orderBy: { field: 'time', direction: 'ascending' },
    from: fill.time,
  })
  const known = [...since.map(({ row }) => row), ...earlier.filter((row) => row.instrument === instrument)]
  const time = Math.min(now, ...fresh.filter((row) => row.instrument === instrument).map((row) => row.time))
  const last = Math.max(...known.map((row) => row.time))
  return reversalOf(fill, positionAfter(known), Math.max(time, last))
}

async function consequences(book: Book, fill: Fill, reversal: Fill, now: number): Promise<Write[]> {
  const position = await positionOf(book, fill)
  const alert = await raised(
    book,
    {
      severity: 'critical',
      kind: 'trade-voided',
      account: fill.account,
      instrument: fill.instrument,
      positionId: position?.positionId ?? null,
      occurrence: fill.fillId,
      title: `The venue took a trade on ${fill.instrument} back`,
      detail: `Trade ${fill.tradeId} (${fill.side} ${fill.size} at ${fill.price}) is void; its effect on position, result (${fill.closedPnl} USD) and fees (${fill.fee} USD) is reversed. Compare the position with the venue's page.`,
    },
    now,
  )
  if (position === null || position.state !== 'closed') return alert.writes
  const row = reversedLedgerRow(reversal, position)
  return [...alert.writes, { op: 'create', kind: 'ledger', id: row.ledgerId, row }]
}

async function positionOf(book: Book, fill: Fill): Promise<PositionRow | null> {
  if (fill.clientOrderId === null) return null
  const order = await book.load('orders', fill.clientOrderId)
  if (order === null) return null
  return (await book.load('positions', order.row.positionId))?.row ?? null
}
