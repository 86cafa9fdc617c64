/**
 * A trading calendar as data: weekly hours, exceptions by day and how far they are known. The session of day D opens on the
 * evening of D-1 and closes on D; an exception moves its close or drops it. Shapes only; the reading is in `session.ts`.
 */
import type { CivilDate } from './civil-date.ts'

/**
 * What becomes of the session of a day. `closed`: there is none. `early-close`: it ends early and the day is its trade date.
 * `halt`: it ends early and belongs to the next trade date, because the day is a holiday.
 */
export type ExceptionKind = 'closed' | 'early-close' | 'halt'

export interface CalendarException {
  readonly date: CivilDate
  readonly kind: ExceptionKind
  /** When the session ends, `HH:MM` local; null where there is none. */
  readonly until: string | null
  readonly name: string
  /** `published`: the exchange's schedule for this very day was read. `pattern`: as such days went before; to be checked. */
  readonly certainty: 'published' | 'pattern'
}

export interface TradingCalendar {
  readonly name: string
  /** IANA zone of all its times. */
  readonly zone: string
  /** When the session of a day opens on the evening before, `HH:MM`. */
  readonly opens: string
  /** When it closes on a regular day, `HH:MM`. */
  readonly closes: string
  /** By day, ascending. */
  readonly exceptions: readonly CalendarException[]
  /** Last day whose exceptions are listed. Later days look regular without anybody having checked. */
  readonly horizon: CivilDate
  /** When the data was put together. */
  readonly asOf: CivilDate
  readonly source: string
}
