/**
 * The equity identity as the book keeps it: one running row per account, and one row per account and day. All of it is the
 * broker's own data: equity and open PnL as stated, and sums over its fills and cash rows.
 */
import type { DecimalString } from './decimal.ts'
import type { AccountId } from './ids.ts'

/** What the terms of the identity leave over, and whether that means anything. */
export interface Remainder {
  /** Broker equity minus all terms, USD, as far as fills and cash rows were read. */
  readonly remainder: DecimalString
  /** The same where coverage is complete, meant to be "0"; null where it is not: then nobody knows, and `unknown` says why. */
  readonly unexplained: DecimalString | null
  readonly unknown: string | null
}

/** Row id: account id. The equity identity: broker equity = baseline + closedPnl - fees + funding + transfers + change in unrealised. */
export interface EquityRow extends Remainder {
  readonly account: AccountId
  readonly baseline: DecimalString
  readonly baselineUnrealised: DecimalString
  readonly baselineAt: number
  readonly closedPnl: DecimalString
  /** Fees in the account's settlement currency: those taken in another coin move no equity of this one. */
  readonly fees: DecimalString
  readonly funding: DecimalString
  readonly transfers: DecimalString
  readonly unrealised: DecimalString
  readonly brokerEquity: DecimalString
  /** Why this very reading rests on incomplete fills or cash; null when it does not. */
  readonly unproven: string | null
  /** When the reading was made, ms. */
  readonly asOf: number
}

/**
 * Row id: `equityDayIdOf(account, day)`. One day of one account, from one reading to another: the closing reading of a day is the
 * opening one of the next, so that the days add up to the whole and every cent falls into exactly one.
 *
 * Days are UTC days. They have to be the same for every account and need no calendar, and venues of perpetuals count so; a programme's
 * own day (17:00 in Chicago, its basis, its reset) is another question, answered by `domain/programme/day.ts`.
 *
 * A venue states equity only for now, never for a midnight gone by. So a day closes with the last reading before its midnight, and
 * what happened between that reading and midnight belongs to the next day. `openedAt` and `closedAt` say the exact interval; days
 * without any reading have no row and are part of the next one.
 */
export interface EquityDayRow extends Remainder {
  readonly account: AccountId
  /** UTC, e.g. `2026-11-22`. */
  readonly day: string
  readonly openingEquity: DecimalString
  readonly closedPnl: DecimalString
  readonly fees: DecimalString
  readonly funding: DecimalString
  readonly transfers: DecimalString
  /** Change in unrealised. */
  readonly unrealised: DecimalString
  readonly closingEquity: DecimalString
  /** Why the opening reading was unproven: then this day's remainder holds what that one lacked, and stays unknown. */
  readonly openedUnproven: string | null
  /** When opening and closing were read, ms. */
  readonly openedAt: number
  readonly closedAt: number
}
