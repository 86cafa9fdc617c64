/** Locks entries on an instrument of an account while book and broker disagree. Exits are never locked. */
import type { Book, Write } from '#book/book.ts'
import type { AccountId, InstrumentId } from '#domain/ids.ts'

/** Writes that lock; none when locked already or the account is not in the book. @throws BookUnavailable */
export async function driftLock(
  book: Book,
  account: AccountId,
  instrument: InstrumentId,
  reason: string,
  now: number,
): Promise<Write[]> {
  const stored = await book.load('accounts', account)
  if (stored === null || stored.row.locks[instrument] !== undefined) return []
  const locks = { ...stored.row.locks, [instrument]: { reason, since: now, alertId: null } }
  return [
    {
      op: 'replace',
      kind: 'accounts',
      id: account,
      revision: stored.revision,
      row: { ...stored.row, locks, updatedAt: now },
    },
  ]
}
