/**
 * Says when an account has not been swept for long, whatever the reason: workers that died, a Redis that lost their work, a stage
 * that is stuck (failure case I3). Asked from outside of every queue, answered by the book, delivered without any queue.
 */
import type { AccountId } from '#domain/ids.ts'
import type { Envelope } from '#domain/message.ts'
import { deliverAlert } from './alerts.ts'
import { retryStale } from './retry-stale.ts'
import type { Tools } from './worker.ts'
import { type AlertCause, ended, raised } from './writes.ts'

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

/**
 * One look at the last sweep of each account: raises and delivers one critical alert where it is too long ago, and ends it where it is
 * not. @throws BookUnavailable, whatever a sink throws (the alert stays owed)
 */
export async function watchSweeps(watch: SweepWatch, tools: Pick<Tools, 'book' | 'deliver' | 'now'>): Promise<void> {
  const silenceMs = Math.max(SILENT_INTERVALS * watch.everyMs, SILENCE_MIN_MS)
  for (const account of watch.accounts) {
    const [last] = await tools.book.list('sweeps', {
      where: { account },
      orderBy: { field: 'startedAt', direction: 'descending' },
      limit: 1,
    })
    const at = Math.max(last?.row.finishedAt ?? 0, watch.since)
    const isSilent = tools.now() - at > silenceMs
    const next = await retryStale(async () => await settle(causeOf(account, at), isSilent, tools))
    for (const envelope of next) await deliverAlert(envelope, tools)
  }
}

async function settle(
  cause: AlertCause,
  isSilent: boolean,
  { book, now }: Pick<Tools, 'book' | 'now'>,
): Promise<readonly Envelope[]> {
  const { writes, next } = isSilent
    ? await raised(book, cause, now())
    : { writes: await ended(book, cause, now()), next: [] }
  if (writes.length > 0) await book.commit(writes)
  return next
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
