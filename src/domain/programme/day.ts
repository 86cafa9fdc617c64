/** The programme's day: from one boundary to the next on the clocks of its zone, so 23 or 25 hours when these change. Pure. */
import { addDays } from '../session/civil-date.ts'
import { instantOf, localOf } from '../session/zone.ts'
import type { DayBoundary } from './rules.ts'

/** From `startsAt` until before `endsAt`, ms. */
export interface ProgrammeDay {
  readonly startsAt: number
  readonly endsAt: number
}

/** The day that an instant belongs to. @throws RangeError for a zone or time that is none */
export function dayOf({ time, zone }: DayBoundary, now: number): ProgrammeDay {
  const { date } = localOf(zone, now)
  const today = instantOf(zone, date, time)
  return now < today
    ? { startsAt: instantOf(zone, addDays(date, -1), time), endsAt: today }
    : { startsAt: today, endsAt: instantOf(zone, addDays(date, 1), time) }
}
