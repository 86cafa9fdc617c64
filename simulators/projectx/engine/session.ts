/** When one may trade: Globex hours, and the firm's own earlier end of the day (reference C6 and E1). */
import { chicagoTime, timeOfDay } from './chicago.ts'

/** The firm closes all positions and cancels all orders at this local time, Monday to Friday. */
export const FLAT_BY = timeOfDay(15, 10)
/** The exchange pauses here, and on Friday closes. */
const CLOSE = timeOfDay(16, 0)
/** The next trading day begins here. */
export const DAY_START = timeOfDay(17, 0)

const SUNDAY = 0
const FRIDAY = 5
const SATURDAY = 6

/** Whether Globex trades: Sunday 17:00 to Friday 16:00, without 16:00 to 17:00. Holidays are not modelled. */
export function isGlobexOpen(ms: number): boolean {
  const { weekday, timeOfDay: now } = chicagoTime(ms)
  if (weekday === SATURDAY) return false
  if (weekday === SUNDAY) return now >= DAY_START
  if (weekday === FRIDAY) return now < CLOSE
  return now < CLOSE || now >= DAY_START
}

/** Whether it is past the firm's end of the day and before the next one. */
export function isPastFlatBy(ms: number): boolean {
  const { weekday, timeOfDay: now } = chicagoTime(ms)
  return isFirmDay(weekday) && now >= FLAT_BY && now < DAY_START
}

/** Whether the firm flattens on this weekday. */
export function isFirmDay(weekday: number): boolean {
  return weekday !== SUNDAY && weekday !== SATURDAY
}
