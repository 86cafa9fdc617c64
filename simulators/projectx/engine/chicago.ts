/**
 * Chicago time without a time zone database: central time with the daylight saving rule in force since 2007 (second Sunday of
 * March to first Sunday of November, at 2:00 local). Sessions, rolls and limits are all told in it.
 */

const HOUR_MS = 3_600_000
/** ms of a day. */
export const DAY_MS = 86_400_000
const SUMMER_OFFSET = -5 * HOUR_MS
const WINTER_OFFSET = -6 * HOUR_MS
/** 1970-01-01 was a Thursday. */
const EPOCH_WEEKDAY = 4

/** A moment on a wall clock in Chicago. */
export interface ChicagoTime {
  /** Days since 1970-01-01 of the local date. */
  readonly day: number
  /** 0 is Sunday. */
  readonly weekday: number
  /** ms since local midnight. */
  readonly timeOfDay: number
}

/** What the wall clock in Chicago shows. */
export function chicagoTime(ms: number): ChicagoTime {
  const local = ms + chicagoOffset(ms)
  const day = Math.floor(local / DAY_MS)
  return { day, weekday: weekdayOf(day), timeOfDay: local - day * DAY_MS }
}

/** The instant at which Chicago shows a time of day on a local date (neither is ever inside a clock change). */
export function chicagoInstant(day: number, clock: number): number {
  const summer = day * DAY_MS + clock - SUMMER_OFFSET
  return chicagoOffset(summer) === SUMMER_OFFSET ? summer : day * DAY_MS + clock - WINTER_OFFSET
}

/** The first instant after `ms` at which Chicago shows a time of day. */
export function nextChicago(ms: number, clock: number): number {
  const { day } = chicagoTime(ms)
  const today = chicagoInstant(day, clock)
  return today > ms ? today : chicagoInstant(day + 1, clock)
}

/** A time of day in ms. */
export function timeOfDay(hour: number, minute: number): number {
  return hour * HOUR_MS + minute * 60_000
}

/** Days since 1970-01-01 of the n-th given weekday of a month (1 to 12). */
export function nthWeekday(year: number, month: number, weekday: number, nth: number): number {
  const first = Date.UTC(year, month - 1, 1) / DAY_MS
  return first + ((weekday - weekdayOf(first) + 7) % 7) + 7 * (nth - 1)
}

function weekdayOf(day: number): number {
  return (((day + EPOCH_WEEKDAY) % 7) + 7) % 7
}

function chicagoOffset(ms: number): number {
  const year = new Date(ms).getUTCFullYear()
  const start = nthWeekday(year, 3, 0, 2) * DAY_MS + 2 * HOUR_MS - WINTER_OFFSET
  const end = nthWeekday(year, 11, 0, 1) * DAY_MS + 2 * HOUR_MS - SUMMER_OFFSET
  return ms >= start && ms < end ? SUMMER_OFFSET : WINTER_OFFSET
}
