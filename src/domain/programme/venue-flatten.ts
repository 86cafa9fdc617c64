/** Whether an exit that no order of ours made was the programme's, and what follows from it. Pure. */
import type { ExitCause } from '../closing.ts'
import type { PositionId } from '../ids.ts'
import { dayOf } from './day.ts'
import { flatWindowOf } from './judge.ts'
import type { ProgrammeRules, ProgrammeTerms } from './rules.ts'
import type { ProgrammeState } from './record.ts'

/**
 * The cause of an exit under a programme: one by nobody's order is the programme's when it lies in the time in which the account must
 * be flat, or on a day on which a floor was reached or the venue restricted the account. Any other cause stands.
 */
export function causeUnderProgramme(
  cause: ExitCause,
  closedAt: number | null,
  state: Pick<ProgrammeState, 'breach' | 'restricted'> | null,
  { rules }: ProgrammeTerms,
): ExitCause {
  const byNobody = cause.reason === 'operator' && cause.byOrder === 'none' && closedAt !== null
  if (!byNobody) return cause
  const day = dayOf(rules.day, closedAt).startsAt
  const ended = state?.breach?.day === day || state?.restricted?.day === day
  return ended || mustBeFlatAt(rules, closedAt) ? { ...cause, reason: 'programme_flatten' } : cause
}

function mustBeFlatAt(rules: ProgrammeRules, at: number): boolean {
  const window = flatWindowOf(rules, at)
  return window !== null && at >= window.at && at < window.reopensAt
}

/** The venue has ended this account's day: no entries until it rolls. A lockout that stands already is kept. */
export function lockedByVenue(
  state: ProgrammeState,
  { rules }: ProgrammeTerms,
  flatten: { readonly positionId: PositionId; readonly closedAt: number },
): ProgrammeState {
  const until = dayOf(rules.day, flatten.closedAt).endsAt
  const standing = state.lockout !== null && (state.lockout.until ?? Infinity) >= until
  if (standing) return state
  const lockout = {
    gate: 'programme-venue-flatten',
    limit: 'no flatten by the venue since its day began',
    observed: `the venue closed ${flatten.positionId} at ${new Date(flatten.closedAt).toISOString()}`,
    since: flatten.closedAt,
    until,
  }
  return { ...state, lockout }
}
