/** Reads a trading calendar: whether trading is open at an instant, until when, for which trade date, and how far it is known. */
import type { CalendarException, TradingCalendar } from './calendar.ts'
import { type CivilDate, addDays, isWeekday } from './civil-date.ts'
import { instantOf, localOf } from './zone.ts'

export type Session =
  | { readonly state: 'open'; readonly opensAt: number; readonly closesAt: number; readonly tradeDate: CivilDate }
  | {
      readonly state: 'closed'
      readonly reopensAt: number
      /** For people: `daily break`, `weekend` or the name of the holiday. */
      readonly reason: string
      /** Whether regular hours or the exchange's published schedule say so; false where only a pattern does. */
      readonly certain: boolean
    }

/** One session: from its opening to its close, ms. `date` is the day on which it closes. */
export interface SessionSpan {
  readonly date: CivilDate
  readonly opensAt: number
  readonly closesAt: number
}

/** No run of closed days is longer; a search beyond it is a mistake in the data. */
const CLOSED_DAYS_MAX = 10

function exceptionOn(calendar: TradingCalendar, date: CivilDate): CalendarException | null {
  return calendar.exceptions.find((row) => row.date === date) ?? null
}

/** The session that closes on a day; null where there is none. */
function sessionOn(calendar: TradingCalendar, date: CivilDate): SessionSpan | null {
  const exception = exceptionOn(calendar, date)
  if (!isWeekday(date) || exception?.kind === 'closed') return null
  return {
    date,
    opensAt: instantOf(calendar.zone, addDays(date, -1), calendar.opens),
    closesAt: instantOf(calendar.zone, date, exception?.until ?? calendar.closes),
  }
}

/** The first session, in the given direction from a day on, for which `wanted` holds. */
function search(
  calendar: TradingCalendar,
  from: CivilDate,
  step: 1 | -1,
  wanted: (span: SessionSpan) => boolean,
): SessionSpan {
  let date = from
  for (let day = 0; day <= CLOSED_DAYS_MAX; day++) {
    const span = sessionOn(calendar, date)
    if (span !== null && wanted(span)) return span
    date = addDays(date, step)
  }
  throw new RangeError(
    `Expected a session of ${calendar.name} within ${CLOSED_DAYS_MAX} days of ${from}, found none. Check its exceptions.`,
  )
}

/** The last session that opened at or before an instant. @throws RangeError when the data lists no session for days on end */
export function sessionBegunBy(calendar: TradingCalendar, now: number): SessionSpan {
  return search(calendar, addDays(localOf(calendar.zone, now).date, 1), -1, ({ opensAt }) => opensAt <= now)
}

/** The first session that opens after an instant. @throws RangeError when the data lists no session for days on end */
export function sessionAfter(calendar: TradingCalendar, now: number): SessionSpan {
  return search(calendar, localOf(calendar.zone, now).date, 1, ({ opensAt }) => opensAt > now)
}

/** Whether trading is open at an instant, ms. Beyond the horizon the regular week is answered. */
export function sessionAt(calendar: TradingCalendar, now: number): Session {
  const begun = sessionBegunBy(calendar, now)
  if (now < begun.closesAt) {
    const { opensAt, closesAt, date } = begun
    return { state: 'open', opensAt, closesAt, tradeDate: tradeDateOf(calendar, date) }
  }
  const next = sessionAfter(calendar, now)
  return { state: 'closed', reopensAt: next.opensAt, ...whyClosed(calendar, begun, next, now) }
}

/** A session of a holiday counts for the next day that has a trade date of its own. */
function tradeDateOf(calendar: TradingCalendar, date: CivilDate): CivilDate {
  return search(calendar, date, 1, (span) => exceptionOn(calendar, span.date)?.kind !== 'halt').date
}

function whyClosed(
  calendar: TradingCalendar,
  { date }: SessionSpan,
  next: SessionSpan,
  now: number,
): { reason: string; certain: boolean } {
  for (let day = date; day < next.date; day = addDays(day, 1)) {
    const exception = exceptionOn(calendar, day)
    if (exception === null || !isDue(calendar, exception, now)) continue
    return { reason: exception.name, certain: exception.certainty === 'published' }
  }
  return { reason: addDays(date, 1) === next.date ? 'daily break' : 'weekend', certain: true }
}

/** An exception explains the time that would be a session on a regular day, not the break or weekend beside it. */
function isDue(calendar: TradingCalendar, { date }: CalendarException, now: number): boolean {
  const { zone, opens, closes } = calendar
  return instantOf(zone, addDays(date, -1), opens) <= now && now < instantOf(zone, date, closes)
}

/** The instant from which on the calendar's exceptions are not known any more, ms. */
export function horizonOf(calendar: TradingCalendar): number {
  return instantOf(calendar.zone, calendar.horizon, calendar.closes)
}

/** Whether nobody has looked at the exceptions of this instant, ms: entries must not rely on the calendar then. */
export function isPastHorizon(calendar: TradingCalendar, now: number): boolean {
  return now >= horizonOf(calendar)
}
