/** What a stretch of time brought an account in one symbol by the venue's own ledger: the oracle for the book's results. */
import { type Decimal, type DecimalString, ZERO, toDecimalString } from '#domain/decimal.ts'
import type { VenueTruth } from './simulated-venue.ts'

/** Venue symbol and times, ms, both inclusive. */
interface Stretch {
  readonly symbol: string
  readonly from: number
  readonly through: number
}

/** closedPnl minus fees plus funding, USD; what the venue took back counts for nothing. Uses no code of the book. */
export function trueResult(truth: Pick<VenueTruth, 'fills' | 'fundingPayments'>, stretch: Stretch): DecimalString {
  const within = ({ symbol, time }: { readonly symbol: string; readonly time: number }): boolean =>
    symbol === stretch.symbol && time >= stretch.from && time <= stretch.through
  const traded = truth.fills
    .filter((fill) => within(fill) && !fill.voided)
    .reduce<Decimal>((sum, fill) => sum.plus(fill.closedPnl).minus(fill.fee), ZERO)
  return toDecimalString(truth.fundingPayments.filter(within).reduce((sum, { amount }) => sum.plus(amount), traded))
}
