/** What a programme remembers of an account: readings, the state they add up to, lockouts. Shapes only; `state.ts` moves them. */
import type { DecimalString } from '../decimal.ts'
import type { Denial } from '../policy.ts'

/** What the broker said of the account, USD. */
export interface ProgrammeReading {
  readonly equity: DecimalString
  readonly balance: DecimalString
  /** Why the venue itself refuses new exposure; null when it does not. */
  readonly restriction: string | null
}

/** Entries are closed until an instant, ms; null: for good. */
export interface Lockout extends Denial {
  readonly since: number
  readonly until: number | null
}

/** Plain JSON. Amounts USD, instants ms. */
export interface ProgrammeState {
  /** Which record this is: programme, start balance and `since`. */
  readonly record: string
  /** Start of the programme's day. */
  readonly day: number
  readonly dayStart: { readonly balance: DecimalString; readonly equity: DecimalString }
  /** Highest equity of the day. */
  readonly dayPeak: DecimalString
  readonly last: ProgrammeReading & { readonly at: number }
  /** Highest balance at the end of any day, the start balance included. */
  readonly highestClose: DecimalString
  /** Highest balance and equity at any moment. */
  readonly peakBalance: DecimalString
  readonly peakEquity: DecimalString
  /** Where the account ends; never falls. Null: the programme has no drawdown rule. */
  readonly floor: DecimalString | null
  /** Best finished day, and the sum of the finished days that made money. */
  readonly bestDay: DecimalString
  readonly positiveDays: DecimalString
  readonly lockout: Lockout | null
  /** The last floor that was really reached, and on which day. */
  readonly breach: (Denial & { readonly at: number; readonly day: number }) | null
  /** When the venue last restricted the account, and on which day. */
  readonly restricted: { readonly text: string; readonly at: number; readonly day: number } | null
}
