/** Locks entries on an instrument of an account while book and broker disagree. Exits are never locked. */
import type { Write } from '#book/book.ts'
import type { PlannedWrite } from '#book/seal.ts'
import { type AccountRow, newAccountRow } from '#domain/account.ts'
import type { AccountId, InstrumentId } from '#domain/ids.ts'
import type { Tools } from './worker.ts'
import { auditedOf } from './writes.ts'

/** Writes that lock; none when locked already. An account that the book has not seen yet is locked from its first row on. @throws BookUnavailable */
export async function driftLock(
  tools: Tools,
  at: { readonly account: AccountId; readonly instrument: InstrumentId },
  reason: string,
  actor: string,
  now: number,
): Promise<PlannedWrite[]> {
  const { account, instrument } = at
  const { row, write } = await accountWrite(tools, account, now)
  if (row.locks[instrument] !== undefined) return []
  const locks = { ...row.locks, [instrument]: { reason, since: now, alertId: null } }
  return [
    write({ ...row, locks, updatedAt: now }),
    auditedOf(
      { kind: 'accounts', id: account },
      { at: now, actor, decision: 'entries locked', inputs: { instrument, reason } },
    ),
  ]
}

/** An account's row and how to write it, whether the book has seen it before or not. @throws BookUnavailable */
export async function accountWrite(
  tools: Tools,
  account: AccountId,
  now: number,
): Promise<{ readonly row: AccountRow; readonly write: (row: AccountRow) => Write }> {
  const stored = await tools.book.load('accounts', account)
  return {
    row: stored?.row ?? newAccountRow(account, tools.account(account).policy.venue, now),
    write: (row) =>
      stored === null
        ? { op: 'create', kind: 'accounts', id: account, row }
        : { op: 'replace', kind: 'accounts', id: account, revision: stored.revision, row },
  }
}
