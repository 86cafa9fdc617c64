/** Says that fills are gone for good (cases B1, B3): what the venue no longer serves, or more in one instant than any answer holds. */
import type { Book, Write } from '#book/book.ts'
import type { CursorRow } from '#domain/records.ts'
import { raised } from './writes.ts'

/** The alert that goes with a cursor whose history now begins later; none where it does not. @throws BookUnavailable */
export async function expiryAlert(book: Book, before: CursorRow | null, row: CursorRow, now: number): Promise<Write[]> {
  if (row.missing === null || row.since === before?.since) return []
  const since = new Date(row.since).toISOString()
  const lost =
    before === null
      ? `The book's history begins at ${since}; what traded before is not in it.`
      : `Between ${new Date(before.fillsThrough).toISOString()} and ${since} fills may be missing for good. Positions opened before ${since} end unresolved, with PnL null; equity is unknown over that time. Settle both by hand with the venue's statement.`
  const { writes } = await raised(
    book,
    {
      // A new book has lost nothing of its own.
      severity: before === null ? 'warning' : 'critical',
      kind: 'evidence-expired',
      account: row.account,
      instrument: null,
      positionId: null,
      occurrence: `fills since ${row.since}`,
      title: `Fills of ${row.account} before ${since} can no longer be read`,
      detail: `The venue's history is incomplete: ${row.missing}. ${lost}`,
    },
    now,
  )
  return writes
}
