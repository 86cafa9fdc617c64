/** Checks of trading hours and contracts: how far the calendar is known, and whether a contract has rolled away under an account. */
import type { InstrumentId } from '#domain/ids.ts'
import type { Instrument } from '#domain/instrument.ts'
import type { TradingCalendar } from '#domain/session/calendar.ts'
import { calendarOf } from '#domain/session/calendars.ts'
import { localText } from '#domain/session/session-gates.ts'
import { horizonOf, sessionAt } from '#domain/session/session.ts'
import { type Check, fail, ok } from './checks.ts'

/** A calendar that ends sooner than this is worth a warning: time to take over the exchange's next holidays, ms. */
const HORIZON_WARNING_MS = 60 * 86_400_000

export interface SessionInputs {
  readonly instruments: readonly Instrument[]
  /** Instruments or products that the configuration names; `*` is all. */
  readonly wanted: readonly InstrumentId[]
  /** Instruments that the broker holds a position in. */
  readonly held: readonly InstrumentId[]
}

/** Nothing for an account that trades nothing with trading hours. `now` in ms. */
export function sessionChecks(name: string, { instruments, wanted, held }: SessionInputs, now: number): Check[] {
  const names = new Set([...wanted, ...held])
  const traded = instruments.filter(
    ({ instrument, root }) => names.has('*') || names.has(instrument) || (root !== null && names.has(root)),
  )
  const calendars = new Set(traded.map(calendarOf).filter((calendar) => calendar !== null))
  const rolled = traded.filter(({ instrument, rollsAt }) => names.has(instrument) && rollsAt !== null && now >= rollsAt)
  return [
    ...[...calendars].map((calendar) => calendarCheck(`${name}: trading hours`, calendar, now)),
    ...rolled.map((contract) => rolledCheck(`${name}: contract`, contract, held)),
  ]
}

function calendarCheck(check: string, calendar: TradingCalendar, now: number): Check {
  const left = horizonOf(calendar) - now
  const known = `holidays of ${calendar.name} are known through ${calendar.horizon} (as of ${calendar.asOf})`
  const fix = `take over the holidays of the next year from ${calendar.source}, or update Truebook`
  if (left <= 0) return fail(check, `${known}: entries are denied`, fix)
  if (left < HORIZON_WARNING_MS)
    return { level: 'warn', check, detail: `${known}: ${Math.floor(left / 86_400_000)} days left`, fix }
  const session = sessionAt(calendar, now)
  const state =
    session.state === 'open'
      ? `open until ${localText(calendar.zone, session.closesAt)}`
      : `closed (${session.reason}) until ${localText(calendar.zone, session.reopensAt)}`
  return ok(check, `${state}; ${known}`)
}

function rolledCheck(check: string, { instrument, root, expiresAt }: Instrument, held: readonly InstrumentId[]): Check {
  const ends = expiresAt === null ? '' : `; it expires at ${new Date(expiresAt).toISOString()}`
  const [what, fix] = held.includes(instrument)
    ? ['a position is held in', 'close the position, or let it be closed before expiry']
    : ['the configuration names', `name ${root ?? 'the next contract'} in gates.instruments instead`]
  return { level: 'warn', check, detail: `${what} ${instrument}, which is past its roll${ends}`, fix }
}
