/** An exit that no order of ours made, seen in the light of the account's programme: its reason, and the lockout that follows. */
import type { PlannedWrite } from '#book/seal.ts'
import type { AccountSnapshot } from '#brokers/broker.ts'
import type { ExitCause } from '#domain/closing.ts'
import type { PositionRow } from '#domain/position.ts'
import { observe, recordOf } from '#domain/programme/state.ts'
import { causeUnderProgramme, lockedByVenue } from '#domain/programme/venue-flatten.ts'
import type { Tools } from './worker.ts'
import { auditedOf } from './writes.ts'

/** The cause to book, and what the record of the programme learns of it. */
export interface ProgrammeExit {
  readonly cause: ExitCause
  readonly writes: readonly PlannedWrite[]
}

/** The cause as it is where no programme owns the account. @throws BookUnavailable */
export async function exitUnderProgramme(
  { account, positionId }: Pick<PositionRow, 'account' | 'positionId'>,
  cause: ExitCause,
  closedAt: number | null,
  { equity, balance, restriction }: AccountSnapshot,
  tools: Tools,
): Promise<ProgrammeExit> {
  const { programme: terms } = tools.account(account).policy
  if (terms === null || cause.byOrder !== 'none') return { cause, writes: [] }
  const stored = await tools.book.load('programmes', account)
  const known = stored !== null && stored.row.state.record === recordOf(terms) ? stored : null
  // The look that found the position gone may be the first to show why.
  const state = observe(known?.row.state ?? null, { equity, balance, restriction }, terms, tools.now())
  const named = causeUnderProgramme(cause, closedAt, state, terms)
  if (known === null || named.reason !== 'programme_flatten' || closedAt === null) return { cause: named, writes: [] }
  const locked = lockedByVenue(state, terms, { positionId, closedAt })
  const row = { ...known.row, state: locked }
  const inputs = { positionId, closedAt, cause: named, seen: state.last }
  return {
    cause: named,
    writes: [
      { op: 'replace', kind: 'programmes', id: account, revision: known.revision, row },
      auditedOf(
        { kind: 'programmes', id: account },
        { at: tools.now(), actor: 'reconcile', decision: 'locked out by the venue', inputs },
      ),
    ],
  }
}
