/**
 * The equity identity of an account: broker equity = baseline + closedPnl - fees + funding + transfers + change in unrealised, since
 * its baseline and for each day. Pure.
 */
import { type Decimal, type DecimalString, ZERO, ZERO_STRING, decimal, toDecimalString } from './decimal.ts'
import type { EquityDayRow, EquityRow, Remainder } from './equity-row.ts'
import { utcDayOf } from './gates.ts'
import { type AccountId, factIdOf } from './ids.ts'
import type { CashSums, CursorRow } from './records.ts'

export interface EquityReading {
  readonly account: AccountId
  readonly equity: DecimalString
  readonly unrealised: DecimalString
  readonly cursor: CursorRow
  /** Whether the venue lists deposits, withdrawals and payouts. Where not, a remainder may be one and is unknown. */
  readonly itemisesCash: boolean
  /** Why cash rows could not be read up to now; null when they were. */
  readonly cashGap: string | null
  readonly now: number
}

/** Row id of an account's day. */
export function equityDayIdOf(account: AccountId, day: string): string {
  return factIdOf('equity-day', account, day)
}

/** The first reading sets the baseline so that the identity holds; every later one states what is unexplained. USD. */
export function equityRowOf(before: EquityRow | null, reading: EquityReading): EquityRow {
  const { account, equity, unrealised, cursor, now } = reading
  const explained = cashOf(cursor.sums)
  const baseline = before === null ? decimal(equity).minus(unrealised).minus(explained) : decimal(before.baseline)
  const baselineUnrealised = before === null ? ZERO : decimal(before.baselineUnrealised)
  const expected = baseline.plus(explained).plus(decimal(unrealised).minus(baselineUnrealised))
  const baselineAt = before?.baselineAt ?? now
  const unproven = unprovenIn(reading)
  return {
    account,
    baseline: toDecimalString(baseline),
    baselineUnrealised: toDecimalString(baselineUnrealised),
    baselineAt,
    closedPnl: cursor.sums.closedPnl,
    fees: cursor.sums.fees,
    funding: cursor.sums.funding,
    transfers: cursor.sums.transfers,
    unrealised,
    brokerEquity: equity,
    unproven,
    asOf: now,
    ...remainderOf(decimal(equity).minus(expected), unproven ?? lostSince(cursor, baselineAt), reading),
  }
}

/**
 * The day that a reading falls into, `after` being the running row it made and `before` the one it replaces. A reading that is not
 * later than the one before counts for that one's day: days never go backwards, whatever a clock does.
 */
export function equityDayOf(
  day: EquityDayRow | null,
  { before, after }: { readonly before: EquityRow | null; readonly after: EquityRow },
  reading: EquityReading,
): EquityDayRow {
  const start = before ?? after
  const opened = day ?? {
    openingEquity: start.brokerEquity,
    closedPnl: ZERO_STRING,
    fees: ZERO_STRING,
    funding: ZERO_STRING,
    transfers: ZERO_STRING,
    unrealised: ZERO_STRING,
    openedUnproven: start.unproven,
    openedAt: start.asOf,
  }
  const moved = (term: 'closedPnl' | 'fees' | 'funding' | 'transfers' | 'unrealised'): DecimalString =>
    toDecimalString(decimal(opened[term]).plus(after[term]).minus(start[term]))
  const terms = {
    closedPnl: moved('closedPnl'),
    fees: moved('fees'),
    funding: moved('funding'),
    transfers: moved('transfers'),
    unrealised: moved('unrealised'),
  }
  const explained = cashOf(terms).plus(terms.unrealised)
  const rest = decimal(after.brokerEquity).minus(opened.openingEquity).minus(explained)
  const incomplete = opened.openedUnproven ?? after.unproven ?? lostSince(reading.cursor, opened.openedAt)
  return {
    account: after.account,
    day: dayOf(before, after),
    openingEquity: opened.openingEquity,
    ...terms,
    closingEquity: after.brokerEquity,
    openedUnproven: opened.openedUnproven,
    openedAt: opened.openedAt,
    closedAt: after.asOf,
    ...remainderOf(rest, incomplete, reading),
  }
}

/** The UTC day that a reading counts for. */
export function dayOf(before: EquityRow | null, after: Pick<EquityRow, 'asOf'>): string {
  return utcDayOf(Math.max(before?.asOf ?? 0, after.asOf))
}

/** Cash that trading and transfers explain, USD. */
export function cashOf(sums: CashSums): Decimal {
  return decimal(sums.closedPnl).minus(sums.fees).plus(sums.funding).plus(sums.transfers)
}

function unprovenIn({ cursor, cashGap }: EquityReading): string | null {
  const gap = cursor.gap ?? null
  if (gap !== null) return `fills are incomplete: ${gap}`
  return cashGap === null ? null : `funding and transfers could not be read: ${cashGap}`
}

/** Why sums since an instant lack fills for good; null when they lack none. */
function lostSince({ missing, since }: CursorRow, from: number): string | null {
  if (missing === null || since <= from) return null
  return `the venue no longer serves fills before ${new Date(since).toISOString()}: ${missing}`
}

function remainderOf(rest: Decimal, incomplete: string | null, { itemisesCash }: EquityReading): Remainder {
  const remainder = toDecimalString(rest)
  // Where all is explained there is nothing left that a transfer could be; where not, nobody can tell one from a mistake.
  const unknown =
    incomplete ??
    (itemisesCash || rest.isZero()
      ? null
      : `the venue lists no deposits, withdrawals and payouts: ${remainder} USD may be one of them`)
  return { remainder, unexplained: unknown === null ? remainder : null, unknown }
}
