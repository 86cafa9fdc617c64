/**
 * Local time of IANA zones, daylight saving included. Pure: the rules come with the runtime (Intl). Never compute a venue's
 * or programme's clock from a fixed offset: it is wrong for half of the year.
 */
import type { CivilDate } from './civil-date.ts'

/** An instant as the clocks of a zone show it. `time` is `HH:MM`; seconds are dropped. */
export interface LocalTime {
  readonly date: CivilDate
  readonly time: string
}

const DAY_MS = 86_400_000
const TIME = /^([01]\d|2[0-3]):[0-5]\d$/

/** Building a formatter costs a hundred times its use, and depends on nothing but the zone. */
const formatters = new Map<string, Intl.DateTimeFormat>()

function formatterOf(zone: string): Intl.DateTimeFormat {
  const known = formatters.get(zone)
  if (known !== undefined) return known
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  formatters.set(zone, made)
  return made
}

/** Whether the runtime knows the zone, e.g. `America/Chicago`. */
export function isZone(zone: string): boolean {
  try {
    formatterOf(zone)
    return true
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}

/** What the clocks of a zone show, as if it were UTC, ms with whole seconds. @throws RangeError for an unknown zone */
function wallOf(zone: string, instant: number): number {
  const parts: Record<string, number> = {}
  for (const { type, value } of formatterOf(zone).formatToParts(instant)) parts[type] = Number(value)
  const { year = NaN, month = NaN, day = NaN, hour = NaN, minute = NaN, second = NaN } = parts
  return Date.UTC(year, month - 1, day, hour, minute, second)
}

/** Date and time that the clocks of a zone show at an instant, ms. @throws RangeError for an unknown zone */
export function localOf(zone: string, instant: number): LocalTime {
  const wall = new Date(wallOf(zone, instant)).toISOString()
  return { date: wall.slice(0, 10), time: wall.slice(11, 16) }
}

/**
 * The first instant, ms, at which the clocks of a zone show this time of that day or a later one. A time that the clocks
 * skip is the instant of the jump; of one that they show twice it is the first: a deadline is never later than it was meant.
 * @throws RangeError for an unknown zone, or when `date` or `time` (`HH:MM`) is none
 */
export function instantOf(zone: string, date: CivilDate, time: string): number {
  const wall = TIME.test(time) ? Date.parse(`${date}T${time}:00Z`) : Number.NaN
  if (Number.isNaN(wall))
    throw new RangeError(`Expected a day and a time such as 2026-11-26 17:00, saw "${date} ${time}".`)
  const offsetAt = (instant: number): number => wallOf(zone, instant) - instant
  const [before, after] = [offsetAt(wall - DAY_MS), offsetAt(wall + DAY_MS)]
  const shown = [wall - before, wall - after].filter((instant) => wallOf(zone, instant) === wall)
  if (shown.length > 0) return Math.min(...shown)
  // Skipped: the jump lies between the readings with the new and with the old offset.
  let [early, late] = [wall - after, wall - before]
  while (late - early > 1000) {
    const middle = early + Math.floor((late - early) / 2000) * 1000
    if (offsetAt(middle) === before) early = middle
    else late = middle
  }
  return late
}
