/** The equity identity of an account: broker equity = baseline + closedPnl - fees + funding + transfers + change in unrealised. */
import type { EquityRow } from './account.ts'
import { type Decimal, type DecimalString, ZERO, decimal, toDecimalString } from './decimal.ts'
import type { AccountId } from './ids.ts'
import type { CashSums, CursorRow } from './records.ts'

export interface EquityReading {
  readonly account: AccountId
  readonly equity: DecimalString
  readonly unrealised: DecimalString
  readonly cursor: CursorRow
  readonly now: number
}

/** The first reading sets the baseline so that the identity holds; every later one states what is unexplained. USD. */
export function equityRowOf(
  before: EquityRow | null,
  { account, equity, unrealised, cursor, now }: EquityReading,
): EquityRow {
  const explained = cashOf(cursor.sums)
  const baseline = before === null ? decimal(equity).minus(unrealised).minus(explained) : decimal(before.baseline)
  const baselineUnrealised = before === null ? ZERO : decimal(before.baselineUnrealised)
  const expected = baseline.plus(explained).plus(decimal(unrealised).minus(baselineUnrealised))
  return {
    account,
    baseline: toDecimalString(baseline),
    baselineUnrealised: toDecimalString(baselineUnrealised),
    baselineAt: before?.baselineAt ?? now,
    closedPnl: cursor.sums.closedPnl,
    fees: cursor.sums.fees,
    funding: cursor.sums.funding,
    transfers: cursor.sums.transfers,
    unrealised,
    brokerEquity: equity,
    unexplained: toDecimalString(decimal(equity).minus(expected)),
    asOf: now,
  }
}

/** Cash that trading and transfers explain, USD. */
export function cashOf(sums: CashSums): Decimal {
  return decimal(sums.closedPnl).minus(sums.fees).plus(sums.funding).plus(sums.transfers)
}
