/** Locks entries on an instrument of an account while book and broker disagree. Exits are never locked. */
import type { Write } from '#book/book.ts'
import type { AccountId, InstrumentId } from '#domain/ids.ts'
import { newAccountRow } from './entry-decision.ts'
import type { Tools } from './worker.ts'

/** Writes that lock; none when locked already. An account that the book has not seen yet is locked from its first row on. @throws BookUnavailable */
export async function driftLock(
  tools: Tools,
  at: { readonly account: AccountId; readonly instrument: InstrumentId },
  reason: string,
  now: number,
): Promise<Write[]> {
  const { account, instrument } = at
  const stored = await tools.book.load('accounts', account)
  const row = stored?.row ?? newAccountRow(account, tools.account(account).policy.venue, now)
  if (row.locks[instrument] !== undefined) return []
  const locked = {
    ...row,
    locks: { ...row.locks, [instrument]: { reason, since: now, alertId: null } },
    updatedAt: now,
  }
  return [
    stored === null
      ? { op: 'create', kind: 'accounts', id: account, row: locked }
      : { op: 'replace', kind: 'accounts', id: account, revision: stored.revision, row: locked },
  ]
}
