/** When an account has not been swept for long, whatever the reason: a Redis that lost the work, a stage that is stuck (failure case I3). */
import type { Book } from '#book/book.ts'
import { newestSweeps } from '#book/frequent-queries.ts'
import type { AccountId } from '#domain/ids.ts'
import type { AlertCause } from './writes.ts'

/** So many intervals without a sweep are silence: one may be lost, one may be slow. */
const SILENT_INTERVALS = 3
/** Silence is at least this long, ms: a Redis that restarts is no news. */
const SILENCE_MIN_MS = 60_000

/** Who is to be swept how often, and since when somebody watches, ms. */
export interface SweepWatch {
  readonly accounts: readonly AccountId[]
  readonly everyMs: number
  readonly since: number
}

/** The cause of each account's alert, and whether it stands now. @throws BookUnavailable */
export async function overdueSweeps(
  { accounts, everyMs, since }: SweepWatch,
  book: Book,
  now: number,
): Promise<readonly { readonly cause: AlertCause; readonly isSilent: boolean }[]> {
  const silenceMs = Math.max(SILENT_INTERVALS * everyMs, SILENCE_MIN_MS)
  return await Promise.all(
    accounts.map(async (account) => {
      const [last] = await book.list('sweeps', newestSweeps(account, 1))
      const at = Math.max(last?.row.finishedAt ?? 0, since)
      return { cause: causeOf(account, at), isSilent: now - at > silenceMs }
    }),
  )
}

function causeOf(account: AccountId, at: number): AlertCause {
  return {
    severity: 'critical',
    kind: 'sweep-overdue',
    account,
    instrument: null,
    positionId: null,
    occurrence: 'sweep',
    title: `${account} has not been swept for long`,
    detail:
      `No sweep has ended since ${new Date(at).toISOString()}: nobody compares book and broker. See whether workers and Redis are up ` +
      '(truebook doctor; GET /v1/sites names who is at work). Native stops work on at the venue.',
  }
}
