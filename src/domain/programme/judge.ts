/**
 * What a programme demands of an account at this moment: whether entries are closed and whether everything is to be closed now.
 * Both come before the venue's own limit does: by the buffer of a floor, by a lead before a time. Exits are never judged. Pure.
 */
import { calendarOf } from '../session/calendars.ts'
import { type FlatWindow, flatDeadline } from '../session/flat-deadline.ts'
import { localText } from '../session/session-gates.ts'
import { addDays } from '../session/civil-date.ts'
import { instantOf, localOf } from '../session/zone.ts'
import type { Denial } from '../policy.ts'
import type { PositionRow } from '../position.ts'
import { dayOf } from './day.ts'
import { floorsOf } from './floors.ts'
import type { ProgrammeRules, ProgrammeTerms } from './rules.ts'
import type { ProgrammeState } from './record.ts'
import { denialOf } from './state.ts'

/** We are flat this long before the programme's own time, ms: exits may need several legs (reference C6: 5 to 10 minutes). */
export const FLAT_LEAD_MS = 5 * 60_000
/** Entries end this long before the programme's own time, ms. */
export const ENTRY_LEAD_MS = 10 * 60_000

export interface ProgrammeVerdict {
  /** Why no entry may be made; null: none of the standing rules forbids one. */
  readonly entries: Denial | null
  /** Why every position is to be closed now; null: nothing demands it. */
  readonly flatten: Denial | null
}

/** The verdict on an observed account at `now`. */
export function judge(state: ProgrammeState, terms: ProgrammeTerms, now: number): ProgrammeVerdict {
  const clock = judgeClock(terms.rules, now)
  const floor = floorsOf(state, terms).find(({ inBuffer }) => inBuffer)
  const reached = floor === undefined ? null : denialOf(floor)
  return {
    entries: lockedOut(state, now) ?? reached ?? clock.entries,
    flatten: reached ?? clock.flatten,
  }
}

/** The same by the clock alone, which needs no answer of the venue. */
export function judgeClock(rules: ProgrammeRules, now: number): ProgrammeVerdict {
  const window = flatWindowOf(rules, now)
  if (window === null || rules.flatBy === null) return { entries: null, flatten: null }
  const { zone, time } = rules.flatBy
  const due = (lead: number, what: string): Denial | null =>
    now < window.at - lead || now >= window.reopensAt
      ? null
      : {
          gate: 'programme-flat-by',
          limit: `${what} ${lead / 60_000} min before ${localText(zone, window.at)} (rule: ${time}) until ${localText(zone, window.reopensAt)}`,
          observed: localText(zone, now),
        }
  return { entries: due(ENTRY_LEAD_MS, 'no entry from'), flatten: due(FLAT_LEAD_MS, 'flat from') }
}

/** When the account must be flat, and until when; null: never. Without trading hours the programme's day ends it. */
export function flatWindowOf({ flatBy, calendar, day }: ProgrammeRules, now: number): FlatWindow | null {
  if (flatBy === null) return null
  const hours = calendarOf({ calendar })
  if (hours !== null) return flatDeadline(hours, flatBy, now)
  const { startsAt, endsAt } = dayOf(day, now)
  const { date } = localOf(flatBy.zone, startsAt)
  const first = instantOf(flatBy.zone, date, flatBy.time)
  return { at: first > startsAt ? first : instantOf(flatBy.zone, addDays(date, 1), flatBy.time), reopensAt: endsAt }
}

function lockedOut({ lockout }: ProgrammeState, now: number): Denial | null {
  if (lockout === null || (lockout.until !== null && lockout.until <= now)) return null
  const until = lockout.until === null ? 'for good' : `until ${new Date(lockout.until).toISOString()}`
  const { limit, observed, since } = lockout
  return {
    gate: 'programme-lockout',
    limit: `no lockout; ${lockout.gate}: ${limit}`,
    observed: `locked out ${until} since ${new Date(since).toISOString()}, when it was ${observed}`,
  }
}

/** How long a position has stood without a stop of the venue, ms, and whether that is too near to what the programme allows. */
export function stopDeadlineOf(
  position: Pick<PositionRow, 'nakedSince' | 'openedAt' | 'size' | 'discipline'>,
  { rules, buffer }: ProgrammeTerms,
  now: number,
): { readonly standsMs: number; readonly allowedMs: number; readonly due: boolean } | null {
  if (rules.stopWithinMs === null || position.size === '0') return null
  const since = position.nakedSince ?? (position.discipline.stopLoss === null ? position.openedAt : null)
  if (since === null) return null
  const standsMs = now - since
  return { standsMs, allowedMs: rules.stopWithinMs, due: standsMs >= rules.stopWithinMs * (1 - Number(buffer)) }
}
