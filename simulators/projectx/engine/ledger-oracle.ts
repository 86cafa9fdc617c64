/** The venue's own complete ledger: the truth that tests compare a client's book with. Independent of what REST serves. */
import type { DecimalString } from '#domain/decimal.ts'
import type { Moment } from './moment.ts'
import type { AccountRow, OrderRow, PositionRow, TradeRow } from './record.ts'

/** An order with all it ever was. */
export interface OrderHistory {
  readonly order: OrderRow
  readonly origin: 'api' | 'hand' | 'venue'
  /** Why it was refused; null when it was not. */
  readonly rejection: string | null
  readonly statuses: readonly { readonly status: number; readonly time: Moment }[]
}

/**
 * The terms of the equity identity, USD, over trades that are not voided: `equity` = `deposits` + `profitAndLoss` - `fees` -
 * `commissions` + `openPnl`, and `balance` is the same without `openPnl`. Both exactly.
 */
export interface EquityIdentity {
  readonly deposits: DecimalString
  readonly profitAndLoss: DecimalString
  readonly fees: DecimalString
  readonly commissions: DecimalString
  readonly openPnl: DecimalString
  readonly balance: DecimalString
  readonly equity: DecimalString
}

export interface AccountLedger {
  readonly account: AccountRow
  readonly userName: string
  /** Why the venue took the right to trade away. */
  readonly lock: 'day' | 'final' | null
  /** Every order ever placed, refused ones too, by id. */
  readonly orders: readonly OrderHistory[]
  /** Oldest first, voided ones too. */
  readonly trades: readonly TradeRow[]
  readonly positions: readonly PositionRow[]
  readonly equity: EquityIdentity
}

/** An account is named by its id or its name. @throws VenueControlError for an unknown one */
export interface LedgerOracle {
  accounts(): readonly (AccountRow & { readonly userName: string })[]
  ledger(account: number | string): AccountLedger
  /** Every order that ever carried this tag. */
  ordersByTag(account: number | string, customTag: string): readonly OrderHistory[]
  /** Contracts over all participants including the market; 0 by construction of a sound engine. */
  netPosition(contract: string): number
}
