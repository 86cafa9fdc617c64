/** Days of the calendar without a zone, written `2026-11-26`: they compare as text and count without daylight saving. */

/** A day, `YYYY-MM-DD`. */
export type CivilDate = string

const DAY_MS = 86_400_000
const DATE = /^\d{4}-\d{2}-\d{2}$/

/** Midnight UTC of a day, ms: for counting days only. @throws RangeError when it is no day */
function countOf(date: CivilDate): number {
  const ms = DATE.test(date) ? Date.parse(`${date}T00:00:00Z`) : Number.NaN
  if (Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== date)
    throw new RangeError(`Expected a day such as 2026-11-26, saw "${date}".`)
  return ms
}

/** The day so many days later, or earlier when negative. @throws RangeError */
export function addDays(date: CivilDate, days: number): CivilDate {
  return new Date(countOf(date) + days * DAY_MS).toISOString().slice(0, 10)
}

/** 0 is Sunday, 6 Saturday. @throws RangeError */
export function weekdayOf(date: CivilDate): number {
  return new Date(countOf(date)).getUTCDay()
}

/** Monday to Friday. @throws RangeError */
export function isWeekday(date: CivilDate): boolean {
  const weekday = weekdayOf(date)
  return weekday >= 1 && weekday <= 5
}
