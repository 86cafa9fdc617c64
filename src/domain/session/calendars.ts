/** Calendars by the name that an instrument carries. */
import type { Instrument } from '../instrument.ts'
import type { TradingCalendar } from './calendar.ts'
import { CME_EQUITY_INDEX } from './cme-equity-index.ts'

const CALENDARS: Readonly<Record<NonNullable<Instrument['calendar']>, TradingCalendar>> = {
  'cme-equity-index': CME_EQUITY_INDEX,
}

/** The calendar that an instrument follows; null where trading never pauses. */
export function calendarOf({ calendar }: Pick<Instrument, 'calendar'>): TradingCalendar | null {
  return calendar === null ? null : CALENDARS[calendar]
}
