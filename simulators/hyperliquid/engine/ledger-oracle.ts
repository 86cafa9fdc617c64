/** The venue's own complete ledger: the truth that tests compare a client's book with. Nothing is paged, capped or aged out here. */
import type { DecimalString } from '#domain/decimal.ts'
import type { Address, Cloid } from './action.ts'
import type { Fill, FundingPayment, LedgerUpdate, OrderStatus, OrderView } from './record.ts'

/** An admitted order with its whole status history, oldest first. */
export interface OrderHistory {
  readonly order: OrderView
  readonly filledSz: DecimalString
  readonly statuses: readonly { readonly status: OrderStatus; readonly time: number }[]
  /** Who asked: a signed action (with signer and nonce), the operator, or the venue itself. */
  readonly origin:
    | { readonly kind: 'action'; readonly signer: Address; readonly nonce: number }
    | { readonly kind: 'hand' }
    | { readonly kind: 'venue' }
}

/** The terms of the equity identity, USDC. `accountValue` = `transfers` + `closedPnl` - `fees` + `funding` + `unrealized`, exactly. */
export interface EquityIdentity {
  readonly transfers: DecimalString
  readonly closedPnl: DecimalString
  readonly fees: DecimalString
  readonly funding: DecimalString
  readonly unrealized: DecimalString
  readonly accountValue: DecimalString
}

export interface AccountLedger {
  readonly user: Address
  readonly orders: readonly OrderHistory[]
  /** Oldest first, in chain order. */
  readonly fills: readonly Fill[]
  readonly funding: readonly FundingPayment[]
  readonly updates: readonly LedgerUpdate[]
  /** Signed contracts per coin, flat ones absent. */
  readonly positions: readonly { readonly coin: string; readonly szi: DecimalString; readonly entryPx: DecimalString }[]
  readonly equity: EquityIdentity
}

/** An action as the venue saw it, admitted or refused. */
export interface ActionRecord {
  readonly time: number
  readonly signer: Address
  readonly nonce: number
  readonly actionType: string
  /** False when refused before the nonce was consumed. */
  readonly admitted: boolean
  readonly outcome: string
}

export interface LedgerOracle {
  accounts(): readonly Address[]
  ledger(user: Address): AccountLedger
  /** Every order that ever carried this cloid: more than one means the client placed twice. */
  ordersByCloid(user: Address, cloid: Cloid): readonly OrderHistory[]
  actions(): readonly ActionRecord[]
  /** Signed contracts over all participants including the market maker; "0" by construction of a sound engine. */
  netPosition(coin: string): DecimalString
}
