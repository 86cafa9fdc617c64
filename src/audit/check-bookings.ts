/** Compares a position's ledger rows and result with what its records booked. */
import type { Book, Stored } from '#book/book.ts'
import { canonicalJson } from '#domain/ids.ts'
import type { PositionRow } from '#domain/position.ts'
import type { AuditRow, LedgerRow } from '#domain/records.ts'
import type { Chain } from './read-chain.ts'

export interface BookingFault {
  /** The row that its records contradict. */
  readonly row: string
  readonly problem: string
}

/**
 * Every ledger row is the one that a record booked, none is missing, and the result is the last one recorded. Where records of a version
 * before chains are among them, what no record tells is no fault. @throws BookUnavailable
 */
export async function checkBookings(
  book: Book,
  { rows, unchained }: Chain,
  position: PositionRow,
): Promise<BookingFault[]> {
  const whole = unchained.length === 0
  const ledger = await book.list('ledger', { where: { positionId: position.positionId } })
  const stored = new Map(ledger.map((entry) => [entry.id, entry.row]))
  const recorded = new Map(rows.flatMap(ledgerOf).map((entry) => [entry.ledgerId, entry]))
  const faults: BookingFault[] = []
  for (const [id, entry] of stored) {
    const told = recorded.get(id)
    if (told === undefined && whole)
      faults.push({ row: `ledger/${id}`, problem: 'expected a record that books it, found none' })
    if (told !== undefined && canonicalJson(told) !== canonicalJson(entry))
      faults.push({
        row: `ledger/${id}`,
        problem: `it says ${canonicalJson(entry)}, its record booked ${canonicalJson(told)}`,
      })
  }
  for (const id of recorded.keys())
    if (!stored.has(id))
      faults.push({ row: `ledger/${id}`, problem: 'expected the row that a record books, found none' })
  const [said, recordedAs] = [canonicalJson(position.realised), canonicalJson(resultOf(rows))]
  if (whole && said !== recordedAs)
    faults.push({
      row: `positions/${position.positionId}`,
      problem: `it says ${said} was realised, its records say ${recordedAs}`,
    })
  return faults
}

function ledgerOf({ row }: Stored<Partial<AuditRow>>): readonly LedgerRow[] {
  const entries = row.inputs?.['ledger'] ?? []
  return Array.isArray(entries) ? (entries as LedgerRow[]) : []
}

function resultOf(rows: readonly Stored<Partial<AuditRow>>[]): unknown {
  return rows.findLast(({ row }) => row.inputs?.['result'] !== undefined)?.row.inputs?.['result'] ?? null
}
