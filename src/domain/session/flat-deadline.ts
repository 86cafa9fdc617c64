/**
 * By when a programme's account must be flat: its flat-by time, or the close where a short day closes before it. The answer is a
 * window that ends when trading reopens, so that a worker that starts inside it knows that it is late.
 */
import type { TradingCalendar } from './calendar.ts'
import { addDays } from './civil-date.ts'
import { sessionAfter, sessionBegunBy } from './session.ts'
import { instantOf, localOf } from './zone.ts'

/** A time of day, `HH:MM`, in an IANA zone, e.g. 15:10 in America/Chicago. */
export interface FlatBy {
  readonly time: string
  readonly zone: string
}

/** Flat from `at` until `reopensAt`, ms. `at` may be in the past: then the account must be flat now. */
export interface FlatWindow {
  readonly at: number
  readonly reopensAt: number
}

/** The window of the session that opened last; `reopensAt` is always after `now`. @throws RangeError for a zone or time that is none */
export function flatDeadline(calendar: TradingCalendar, flatBy: FlatBy, now: number): FlatWindow {
  const { opensAt, closesAt } = sessionBegunBy(calendar, now)
  return {
    at: Math.min(closesAt, firstAfter(flatBy, opensAt)),
    reopensAt: sessionAfter(calendar, now).opensAt,
  }
}

/** The first time after an instant that the clocks of the zone show that time. */
function firstAfter({ time, zone }: FlatBy, instant: number): number {
  const { date } = localOf(zone, instant)
  const today = instantOf(zone, date, time)
  return today > instant ? today : instantOf(zone, addDays(date, 1), time)
}
