/** What follows from a trade that is told otherwise: ledger rows and the result of the closed position that counted it, and alerts. */
import type { Book, Stored, Write } from '#book/book.ts'
import type { PlannedWrite } from '#book/seal.ts'
import { type DecimalString, sumDecimals, toDecimalString } from '#domain/decimal.ts'
import type { Fill } from '#domain/fill.ts'
import type { PositionRow } from '#domain/position.ts'
import type { LedgerRow } from '#domain/records.ts'
import { restatedLedgerRow, saysTheSame, toldBy } from '#domain/reversal.ts'
import { type AlertCause, alertIdOf, audited, raised, resolved } from './writes.ts'

/** One trade that stands otherwise than before. */
export interface Restated {
  /** Its telling so far. */
  readonly fill: Fill
  /** The row that undoes that telling; null when it was undone before. */
  readonly reversal: Fill | null
  /** What is told of it now; null when nothing is. */
  readonly again: Fill | null
  /** The venue calls it void. */
  readonly isVoid: boolean
}

/** @throws BookUnavailable */
export async function consequencesOf(book: Book, changes: readonly Restated[], now: number): Promise<PlannedWrite[]> {
  const writes: PlannedWrite[] = []
  const closed = new Map<string, { readonly position: Stored<PositionRow>; readonly rows: LedgerRow[] }>()
  for (const change of changes) {
    // Told again as it was, because one before it changed: neither money nor anybody's concern.
    if (change.reversal !== null && change.again !== null && saysTheSame(change.fill, change.again)) continue
    const position = await positionOf(book, change.fill)
    writes.push(...(await alertsOf(book, change, position?.row ?? null, now)))
    const counted = await countedIn(book, change.fill)
    if (counted === null) continue
    const known = closed.get(counted.id) ?? { position: counted, rows: [] }
    closed.set(counted.id, known)
    if (change.reversal !== null) known.rows.push(restatedLedgerRow('reversal', change.reversal, counted.row, now))
    if (change.again !== null) known.rows.push(restatedLedgerRow('reinstated', change.again, counted.row, now))
  }
  for (const { position, rows } of closed.values()) {
    const row = restatedPosition(position.row, rows, now)
    writes.push(
      ...rows.map((entry): Write => ({ op: 'create', kind: 'ledger', id: entry.ledgerId, row: entry })),
      { op: 'replace', kind: 'positions', id: position.id, revision: position.revision, row },
      audited(row.positionId, {
        at: now,
        actor: 'venue',
        decision: 'trades told otherwise',
        inputs: { result: row.realised, before: position.row.realised, ledger: rows },
      }),
    )
  }
  return writes
}

/** A closed position's result is always the sum of its ledger rows (and of its funding). */
function restatedPosition(position: PositionRow, rows: readonly LedgerRow[], now: number): PositionRow {
  const { realised } = position
  if (realised === null) return position
  const plus = (amount: DecimalString, field: 'gross' | 'fees' | 'net'): DecimalString =>
    toDecimalString(sumDecimals([amount, ...rows.map((row) => row[field])]))
  return {
    ...position,
    realised: {
      ...realised,
      gross: plus(realised.gross, 'gross'),
      fees: plus(realised.fees, 'fees'),
      net: plus(realised.net, 'net'),
    },
    updatedAt: now,
  }
}

async function alertsOf(book: Book, change: Restated, position: PositionRow | null, now: number): Promise<Write[]> {
  const { fill, again, isVoid } = change
  const about = {
    severity: 'critical',
    account: fill.account,
    instrument: fill.instrument,
    positionId: position?.positionId ?? null,
  } as const
  const trade = `Trade ${fill.tradeId} (${fill.side} ${fill.size} at ${fill.price})`
  const voided: AlertCause = {
    ...about,
    kind: 'trade-voided',
    occurrence: fill.fillId,
    title: `The venue took a trade on ${fill.instrument} back`,
    detail: `${trade} is void; its effect on position, result (${fill.closedPnl} USD) and fees (${fill.fee} ${fill.feeToken}) is reversed. Compare the position with the venue's page.`,
  }
  if (isVoid) return (await raised(book, voided, now)).writes
  if (again === null || fill.feePending === true) return []
  if (change.reversal !== null) {
    const was = `result ${fill.closedPnl} USD and fee ${fill.fee} ${fill.feeToken}`
    const is = `${again.closedPnl} USD and ${again.fee} ${again.feeToken}`
    const { writes } = await raised(
      book,
      {
        ...about,
        kind: 'trade-restated',
        occurrence: again.fillId,
        title: `The venue states a trade on ${fill.instrument} otherwise`,
        detail: `${trade} was booked with ${was}; the venue now says ${is}. The book follows; compare with the venue's statement.`,
      },
      now,
    )
    return writes
  }
  const [over, alert] = await Promise.all([
    resolved(book, alertIdOf(voided), now),
    raised(
      book,
      {
        ...about,
        kind: 'trade-reinstated',
        occurrence: again.fillId,
        title: `The venue took a void trade on ${fill.instrument} in again`,
        detail: `${trade} stands again; its effect on position, result (${again.closedPnl} USD) and fees (${again.fee} ${again.feeToken}) is booked again. Compare the position with the venue's page.`,
      },
      now,
    ),
  ])
  return [...over, ...alert.writes]
}

/** The closed position whose booked result holds a trade, whoever made it; null when none does. */
async function countedIn(book: Book, fill: Fill): Promise<Stored<PositionRow> | null> {
  const booked = await book.list('ledger', {
    where: { account: fill.account },
    orderBy: { field: 'at', direction: 'ascending' },
    from: fill.time,
  })
  const id = toldBy(fill)
  const isOf = (evidence: string): boolean => evidence === id || evidence.startsWith(`${id}|`)
  const found = booked.find(({ row }) => row.kind === 'realised' && row.evidence.some(isOf))?.row
  if (found?.positionId === undefined || found.positionId === null) return null
  return await book.load('positions', found.positionId)
}

async function positionOf(book: Book, fill: Fill): Promise<Stored<PositionRow> | null> {
  if (fill.clientOrderId === null) return await countedIn(book, fill)
  const order = await book.load('orders', fill.clientOrderId)
  if (order === null) return null
  return await book.load('positions', order.row.positionId)
}
