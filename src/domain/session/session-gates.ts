/** Gates of trading hours and contracts: an entry goes only into a contract before its roll, while a calendar that is known says open. */
import type { Instrument } from '../instrument.ts'
import type { Denial } from '../policy.ts'
import { calendarOf } from './calendars.ts'
import { isPastHorizon, sessionAt } from './session.ts'
import { localOf } from './zone.ts'

/** Why no entry may go into an instrument now; null: hours and contract allow it. Never asked for exits. */
export function checkSession(
  instrument: Pick<Instrument, 'instrument' | 'calendar' | 'rollsAt'>,
  now: number,
): Denial | null {
  const { rollsAt } = instrument
  if (rollsAt !== null && now >= rollsAt) {
    const observed = `${instrument.instrument} rolled at ${new Date(rollsAt).toISOString()}`
    return { gate: 'contract-rolled', limit: 'before the roll; entries go to the next contract', observed }
  }
  const calendar = calendarOf(instrument)
  if (calendar === null) return null
  if (isPastHorizon(calendar, now)) {
    return {
      gate: 'calendar-horizon',
      limit: `through ${calendar.horizon}, the last day that calendar ${calendar.name} knows`,
      observed: new Date(now).toISOString(),
    }
  }
  const session = sessionAt(calendar, now)
  if (session.state === 'open') return null
  return {
    gate: 'session-open',
    limit: `trading hours of ${calendar.name}`,
    observed: `closed (${session.reason}), reopens ${localText(calendar.zone, session.reopensAt)}`,
  }
}

/** An instant for people, in the venue's own time: `2026-11-29 17:00 America/Chicago`. */
export function localText(zone: string, instant: number): string {
  const { date, time } = localOf(zone, instant)
  return `${date} ${time} ${zone}`
}
