/**
 * Fees in another coin than the account settles in (cases F1, F5). The amount is a fact of the fill; what it is worth is somebody's
 * word, so the rate is kept with whose word it is. Without one the fee is pending and a result with it provisional. Pure.
 */
import { type DecimalString, ZERO_STRING, decimal, toDecimalString } from './decimal.ts'

/** What one unit of a coin is worth, USD, by whose word, and since when (ms) that is known. */
export interface TokenRate {
  readonly rate: DecimalString
  /** e.g. `bybit wallet-balance: usdValue 8.5 of 10 MNT`. */
  readonly source: string
  readonly ratedAt: number
}

/** All fees of one result in one such coin. Positive is paid, negative a rebate. */
export interface OtherFee {
  readonly token: string
  /** In that coin. */
  readonly amount: DecimalString
  /** Null while pending: nobody has stated a rate. */
  readonly rate: DecimalString | null
  readonly source: string | null
  readonly ratedAt: number | null
  /** amount times rate, USD; null while pending. */
  readonly value: DecimalString | null
}

/** Coins of which a rate is needed. */
export function otherTokensOf(fees: Readonly<Record<string, DecimalString>>, settlement: string): string[] {
  return Object.keys(fees)
    .filter((token) => token !== settlement && fees[token] !== ZERO_STRING)
    .toSorted()
}

/** `fees` by coin. */
export function otherFeesOf(
  fees: Readonly<Record<string, DecimalString>>,
  settlement: string,
  rates: ReadonlyMap<string, TokenRate>,
): OtherFee[] {
  return otherTokensOf(fees, settlement).map((token) => {
    const amount = fees[token] ?? ZERO_STRING
    const known = rates.get(token)
    if (known === undefined) return { token, amount, rate: null, source: null, ratedAt: null, value: null }
    return { token, amount, ...known, value: toDecimalString(decimal(amount).times(known.rate)) }
  })
}
