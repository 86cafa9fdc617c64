/**
 * CME equity index futures on Globex (ES, NQ, MES, MNQ): Sunday 17:00 to Friday 16:00 Chicago, with a break from 16:00 to 17:00.
 * Exceptions follow the exchange's standing pattern since 2022: a halt at 12:00 on US holidays, a close at 12:15 on the days beside
 * some of them, nothing on New Year, Good Friday and Christmas. Four public calendars had such days wrong (failure case H6), so
 * a row that is not `published` never holds an exit back: the venue is asked. Extend it from the exchange's page before its horizon.
 */
import type { CalendarException, TradingCalendar } from './calendar.ts'

type Row = readonly [date: string, kind: CalendarException['kind'], until: string | null, name: string]

const PATTERN: readonly Row[] = [
  ['2025-01-01', 'closed', null, "New Year's Day"],
  // A closure that no pattern foretells: announced only days before.
  ['2025-01-09', 'early-close', '08:30', 'National Day of Mourning'],
  ['2025-01-20', 'halt', '12:00', 'Martin Luther King Jr. Day'],
  ['2025-02-17', 'halt', '12:00', "Presidents' Day"],
  ['2025-04-18', 'closed', null, 'Good Friday'],
  ['2025-05-26', 'halt', '12:00', 'Memorial Day'],
  ['2025-06-19', 'halt', '12:00', 'Juneteenth'],
  ['2025-07-03', 'early-close', '12:15', 'the day before Independence Day'],
  ['2025-07-04', 'halt', '12:00', 'Independence Day'],
  ['2025-09-01', 'halt', '12:00', 'Labor Day'],
  ['2025-11-27', 'halt', '12:00', 'Thanksgiving Day'],
  ['2025-11-28', 'early-close', '12:15', 'the day after Thanksgiving'],
  ['2025-12-24', 'early-close', '12:15', 'Christmas Eve'],
  ['2025-12-25', 'closed', null, 'Christmas Day'],
  ['2026-01-01', 'closed', null, "New Year's Day"],
  ['2026-02-16', 'halt', '12:00', "Presidents' Day"],
  // The employment report fell on this Good Friday; in 2021 and 2023 such a day traded until 08:15.
  ['2026-04-03', 'early-close', '08:15', 'Good Friday'],
  ['2026-05-25', 'halt', '12:00', 'Memorial Day'],
  ['2026-06-19', 'halt', '12:00', 'Juneteenth'],
  ['2026-07-03', 'halt', '12:00', 'Independence Day (observed)'],
  ['2026-09-07', 'halt', '12:00', 'Labor Day'],
  ['2026-11-26', 'halt', '12:00', 'Thanksgiving Day'],
  ['2026-11-27', 'early-close', '12:15', 'the day after Thanksgiving'],
  ['2026-12-24', 'early-close', '12:15', 'Christmas Eve'],
  ['2026-12-25', 'closed', null, 'Christmas Day'],
  ['2027-01-01', 'closed', null, "New Year's Day"],
  ['2027-01-18', 'halt', '12:00', 'Martin Luther King Jr. Day'],
  ['2027-02-15', 'halt', '12:00', "Presidents' Day"],
  ['2027-03-26', 'closed', null, 'Good Friday'],
  ['2027-05-31', 'halt', '12:00', 'Memorial Day'],
  ['2027-06-18', 'halt', '12:00', 'Juneteenth (observed)'],
  ['2027-07-05', 'halt', '12:00', 'Independence Day (observed)'],
  ['2027-09-06', 'halt', '12:00', 'Labor Day'],
  ['2027-11-25', 'halt', '12:00', 'Thanksgiving Day'],
  ['2027-11-26', 'early-close', '12:15', 'the day after Thanksgiving'],
  ['2027-12-24', 'closed', null, 'Christmas Day (observed)'],
]

/** Equities as the exchange's own schedule, printed by edgeclear.com/exchange-holiday-hours, has them. */
const PUBLISHED: readonly Row[] = [['2026-01-19', 'halt', '12:00', 'Martin Luther King Jr. Day']]

function exceptionsOf(rows: readonly Row[], certainty: CalendarException['certainty']): CalendarException[] {
  return rows.map(([date, kind, until, name]) => ({ date, kind, until, name, certainty }))
}

export const CME_EQUITY_INDEX: TradingCalendar = {
  name: 'cme-equity-index',
  zone: 'America/Chicago',
  opens: '17:00',
  closes: '16:00',
  exceptions: [...exceptionsOf(PATTERN, 'pattern'), ...exceptionsOf(PUBLISHED, 'published')].toSorted((a, b) =>
    a.date < b.date ? -1 : 1,
  ),
  horizon: '2027-12-31',
  asOf: '2026-11-26',
  source: 'https://www.cmegroup.com/trading-hours.html',
}
