/**
 * Plain rows the venue hands out: orders, fills, funding, ledger updates, balances. Numbers are canonical decimal text
 * (`"1"`, not `"1.0"`): the wire adds the venue's `.0`. Ids and times are numbers, as on the wire.
 */
import type { DecimalString } from '#domain/decimal.ts'
import type { Address, Cloid, Tif } from './action.ts'

/** Buy or sell, in the venue's letters. */
export type Side = 'B' | 'A'

/** Every order status of reference section 4.1. */
export type OrderStatus =
  | 'open'
  | 'filled'
  | 'canceled'
  | 'triggered'
  | 'rejected'
  | 'marginCanceled'
  | 'vaultWithdrawalCanceled'
  | 'openInterestCapCanceled'
  | 'selfTradeCanceled'
  | 'reduceOnlyCanceled'
  | 'siblingFilledCanceled'
  | 'delistedCanceled'
  | 'liquidatedCanceled'
  | 'scheduledCancel'
  | 'tickRejected'
  | 'minTradeNtlRejected'
  | 'perpMarginRejected'
  | 'reduceOnlyRejected'
  | 'badAloPxRejected'
  | 'iocCancelRejected'
  | 'badTriggerPxRejected'
  | 'marketOrderNoLiquidityRejected'
  | 'positionIncreaseAtOpenInterestCapRejected'
  | 'positionFlipAtOpenInterestCapRejected'
  | 'tooAggressiveAtOpenInterestCapRejected'
  | 'openInterestIncreaseRejected'
  | 'insufficientSpotBalanceRejected'
  | 'oracleRejected'
  | 'perpMaxPositionRejected'
  | 'outcomeSettledCanceled'
  | 'internalCancel'
  | 'tooManyOpenOrdersRejected'

/** `orderType` of frontendOpenOrders. */
export type OrderTypeName =
  | 'Limit'
  | 'Market'
  | 'Stop Market'
  | 'Stop Limit'
  | 'Take Profit Market'
  | 'Take Profit Limit'

/** An order as the venue shows it (the frontend form; the wire drops what the plain form lacks). */
export interface OrderView {
  readonly user: Address
  readonly coin: string
  readonly asset: number
  readonly side: Side
  readonly limitPx: DecimalString
  /** Remaining size. */
  readonly sz: DecimalString
  readonly origSz: DecimalString
  readonly oid: number
  /** ms of placement. */
  readonly timestamp: number
  readonly cloid: Cloid | null
  readonly reduceOnly: boolean
  readonly orderType: OrderTypeName
  /** null for untriggered trigger orders. */
  readonly tif: Tif | 'LiquidationMarket' | null
  readonly isTrigger: boolean
  /** `"0"` when not a trigger order. */
  readonly triggerPx: DecimalString
  /** `"N/A"` or like `"Price above 10.004"`. */
  readonly triggerCondition: string
  readonly isPositionTpsl: boolean
  /** Waiting children of a normalTpsl parent. */
  readonly children: readonly OrderView[]
}

/** An order with its status, as orderStatus and historicalOrders give it. */
export interface OrderState {
  readonly order: OrderView
  readonly status: OrderStatus
  readonly statusTimestamp: number
}

export interface FillLiquidation {
  readonly liquidatedUser: Address
  readonly markPx: DecimalString
  readonly method: 'market' | 'backstop'
}

/** One side of one trade, the fields of reference section 4.3. `closedPnl` is gross of `fee`. */
export interface Fill {
  readonly coin: string
  readonly px: DecimalString
  readonly sz: DecimalString
  readonly side: Side
  readonly time: number
  readonly startPosition: DecimalString
  readonly dir: string
  readonly closedPnl: DecimalString
  readonly hash: string
  readonly oid: number
  /** Taker. */
  readonly crossed: boolean
  /** Positive = paid; includes builderFee. */
  readonly fee: DecimalString
  readonly tid: number
  readonly feeToken: string
  readonly cloid?: Cloid
  readonly builderFee?: DecimalString
  readonly twapId: number | null
  readonly liquidation?: FillLiquidation
}

/** One hourly funding payment; `usdc` is signed, + received. */
export interface FundingPayment {
  readonly time: number
  readonly hash: string
  readonly coin: string
  readonly usdc: DecimalString
  readonly szi: DecimalString
  readonly fundingRate: DecimalString
  readonly nSamples: number | null
}

/** Why a balance moved without trading. Amounts in USDC. */
export type LedgerDelta =
  | { readonly type: 'deposit'; readonly usdc: DecimalString }
  | { readonly type: 'withdraw'; readonly usdc: DecimalString; readonly nonce: number; readonly fee: DecimalString }
  | { readonly type: 'accountClassTransfer'; readonly usdc: DecimalString; readonly toPerp: boolean }
  | {
      readonly type: 'internalTransfer'
      readonly usdc: DecimalString
      readonly user: Address
      readonly destination: Address
      readonly fee: DecimalString
    }
  | {
      readonly type: 'subAccountTransfer'
      readonly usdc: DecimalString
      readonly user: Address
      readonly destination: Address
    }
  | { readonly type: 'vaultDeposit'; readonly vault: Address; readonly usdc: DecimalString }
  | {
      readonly type: 'vaultWithdraw'
      readonly vault: Address
      readonly user: Address
      readonly requestedUsd: DecimalString
      readonly commission: DecimalString
      readonly closingCost: DecimalString
      readonly basis: DecimalString
      readonly netWithdrawnUsd: DecimalString
    }
  | {
      readonly type: 'liquidation'
      readonly liquidatedNtlPos: DecimalString
      readonly accountValue: DecimalString
      readonly leverageType: 'Cross' | 'Isolated'
      readonly liquidatedPositions: readonly { readonly coin: string; readonly szi: DecimalString }[]
    }

/** A non-funding ledger row. `effect` (not on the wire) is the signed change of the perpetual balance in USDC. */
export interface LedgerUpdate {
  readonly time: number
  readonly hash: string
  readonly delta: LedgerDelta
  readonly effect: DecimalString
}

/** userEvents liquidation payload. */
export interface LiquidationNotice {
  readonly lid: number
  readonly liquidator: Address
  readonly liquidated_user: Address
  readonly liquidated_ntl_pos: DecimalString
  readonly liquidated_account_value: DecimalString
}

export type LeverageView =
  | { readonly type: 'cross'; readonly value: number }
  | { readonly type: 'isolated'; readonly value: number; readonly rawUsd: DecimalString }

export interface PositionView {
  readonly coin: string
  /** Signed contracts. */
  readonly szi: DecimalString
  readonly leverage: LeverageView
  readonly entryPx: DecimalString
  readonly positionValue: DecimalString
  readonly unrealizedPnl: DecimalString
  readonly returnOnEquity: DecimalString
  readonly liquidationPx: DecimalString | null
  readonly marginUsed: DecimalString
  readonly maxLeverage: number
  /** + = paid by the account, as the venue shows it. */
  readonly cumFunding: {
    readonly allTime: DecimalString
    readonly sinceOpen: DecimalString
    readonly sinceChange: DecimalString
  }
}

export interface MarginSummary {
  readonly accountValue: DecimalString
  readonly totalNtlPos: DecimalString
  readonly totalRawUsd: DecimalString
  readonly totalMarginUsed: DecimalString
}

/** clearinghouseState as plain data; positions in universe order, flat ones absent. */
export interface ClearinghouseView {
  readonly marginSummary: MarginSummary
  readonly crossMarginSummary: MarginSummary
  readonly crossMaintenanceMarginUsed: DecimalString
  readonly withdrawable: DecimalString
  readonly positions: readonly PositionView[]
  readonly time: number
}

export interface AgentView {
  /** null for the unnamed agent. */
  readonly name: string | null
  readonly address: Address
  /** ms, or null when it never expires. */
  readonly validUntil: number | null
}

export type RoleView =
  | { readonly role: 'user' }
  | { readonly role: 'agent'; readonly user: Address }
  | { readonly role: 'subAccount'; readonly master: Address }
  | { readonly role: 'vault' }
  | { readonly role: 'missing' }
