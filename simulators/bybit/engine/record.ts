/** Rows that leave the engine: plain copies with exact decimals as text, times in ms. The wire gives them their final shape. */
import type { DecimalString } from '#domain/decimal.ts'
import type {
  CancelType,
  CreateType,
  ExecType,
  OrderStatus,
  OrderType,
  PriceKind,
  RejectReason,
  Side,
  StopOrderType,
  TimeInForce,
  TpslMode,
  TriggerDirection,
} from './vocabulary.ts'

/** An order as it stood at `updatedTime`. */
export interface OrderView {
  readonly orderId: string
  readonly orderLinkId: string
  readonly symbol: string
  readonly side: Side
  readonly orderType: OrderType
  readonly price: DecimalString
  readonly qty: DecimalString
  readonly leavesQty: DecimalString
  readonly cumExecQty: DecimalString
  readonly cumExecValue: DecimalString
  /** Fees so far by coin. */
  readonly fees: Readonly<Record<string, DecimalString>>
  /** Realised by this order so far after fees, USDT. */
  readonly closedPnl: DecimalString
  readonly timeInForce: TimeInForce
  readonly status: OrderStatus
  readonly cancelType: CancelType
  readonly rejectReason: RejectReason
  readonly stopOrderType: StopOrderType
  readonly triggerPrice: DecimalString | null
  readonly triggerDirection: TriggerDirection | 0
  readonly triggerBy: PriceKind | 'UNKNOWN'
  readonly takeProfit: DecimalString | null
  readonly stopLoss: DecimalString | null
  readonly tpTriggerBy: PriceKind
  readonly slTriggerBy: PriceKind
  readonly tpslMode: TpslMode | ''
  readonly tpLimitPrice: DecimalString | null
  readonly slLimitPrice: DecimalString | null
  readonly reduceOnly: boolean
  readonly closeOnTrigger: boolean
  readonly createType: CreateType
  readonly parentOrderLinkId: string
  readonly lastPriceOnCreated: DecimalString
  readonly createdTime: number
  readonly updatedTime: number
}

/** One execution. Positive `execFee` is paid. */
export interface Execution {
  readonly execId: string
  readonly symbol: string
  readonly orderId: string
  readonly orderLinkId: string
  readonly side: Side
  readonly orderType: OrderType | 'UNKNOWN'
  readonly stopOrderType: StopOrderType
  readonly createType: CreateType | ''
  readonly execType: ExecType
  readonly execPrice: DecimalString
  readonly execQty: DecimalString
  readonly execValue: DecimalString
  readonly execFee: DecimalString
  readonly feeRate: DecimalString
  readonly feeCurrency: string
  readonly isMaker: boolean
  readonly orderPrice: DecimalString
  readonly orderQty: DecimalString
  readonly leavesQty: DecimalString
  readonly closedSize: DecimalString
  readonly markPrice: DecimalString
  /** Gross of fees and funding, as the ledger's cashFlow. */
  readonly execPnl: DecimalString
  readonly execTime: number
  readonly seq: number
}

/** One row of the cash ledger: change = cashFlow + funding - fee; `cashBalance` and `size` are what they were after. */
export interface LedgerRow {
  readonly id: string
  readonly type: 'TRANSFER_IN' | 'TRADE' | 'SETTLEMENT' | 'LIQUIDATION' | 'ADL'
  readonly symbol: string
  readonly side: Side | 'None'
  readonly currency: string
  readonly qty: DecimalString
  readonly size: DecimalString
  readonly tradePrice: DecimalString
  /** Null where the venue leaves it empty. */
  readonly funding: DecimalString | null
  readonly fee: DecimalString
  readonly feeRate: DecimalString
  readonly cashFlow: DecimalString
  readonly change: DecimalString
  readonly cashBalance: DecimalString
  readonly tradeId: string
  readonly orderId: string
  readonly orderLinkId: string
  readonly transactionTime: number
}

/** What one closing order realised: closedPnl = gross - openFee - closeFee, funding excluded. */
export interface ClosedPnl {
  readonly symbol: string
  readonly orderId: string
  /** Side of the closing order. */
  readonly side: Side
  readonly orderType: OrderType
  readonly execType: ExecType
  readonly leverage: DecimalString
  readonly qty: DecimalString
  readonly orderPrice: DecimalString
  readonly closedSize: DecimalString
  readonly cumEntryValue: DecimalString
  readonly cumExitValue: DecimalString
  readonly openFee: DecimalString
  readonly closeFee: DecimalString
  readonly closedPnl: DecimalString
  readonly fillCount: number
  readonly createdTime: number
  readonly updatedTime: number
}

/** A position as it stood at `updatedTime`, without what depends on the mark. */
export interface PositionView {
  readonly symbol: string
  /** Signed. */
  readonly size: DecimalString
  readonly avgPrice: DecimalString
  /** Unsigned USDT paid or received for what is held. */
  readonly cost: DecimalString
  readonly leverage: DecimalString
  readonly takeProfit: DecimalString
  readonly stopLoss: DecimalString
  readonly curRealisedPnl: DecimalString
  readonly cumRealisedPnl: DecimalString
  readonly isReduceOnly: boolean
  /** -1 when the symbol was never traded. */
  readonly seq: number
  readonly createdTime: number
  readonly updatedTime: number
}

/** Prices of a symbol, USDT. */
export interface PriceView {
  readonly symbol: string
  readonly mark: DecimalString
  readonly last: DecimalString
  readonly index: DecimalString
  readonly bid: DecimalString
  readonly bidQty: DecimalString
  readonly ask: DecimalString
  readonly askQty: DecimalString
  readonly fundingRate: DecimalString
  readonly nextFundingTime: number
}

/** One coin of a wallet. */
export interface CoinBalance {
  readonly coin: string
  readonly walletBalance: DecimalString
  /** walletBalance + unrealisedPnl; the drawdown rules' equity. */
  readonly equity: DecimalString
  readonly unrealisedPnl: DecimalString
  readonly cumRealisedPnl: DecimalString
  readonly usdValue: DecimalString
  readonly orderMargin: DecimalString
  readonly positionMargin: DecimalString
  readonly maintenanceMargin: DecimalString
}
