/** The venue's own words, exactly as they stand in its messages (reference section B3 and B4). */

export type Side = 'Buy' | 'Sell'
export type OrderType = 'Market' | 'Limit'
export type TimeInForce = 'GTC' | 'IOC' | 'FOK' | 'PostOnly' | 'RPI'
export type PriceKind = 'LastPrice' | 'MarkPrice' | 'IndexPrice'
export type TpslMode = 'Full' | 'Partial'
/** 1: fires when the price rises to the trigger; 2: when it falls to it. */
export type TriggerDirection = 1 | 2

export type OrderStatus =
  | 'New'
  | 'PartiallyFilled'
  | 'Untriggered'
  | 'Rejected'
  | 'Filled'
  | 'Cancelled'
  | 'Triggered'
  | 'Deactivated'

export type StopOrderType = 'UNKNOWN' | 'Stop' | 'TakeProfit' | 'StopLoss' | 'PartialTakeProfit' | 'PartialStopLoss'

export type CancelType =
  | 'UNKNOWN'
  | 'CancelByUser'
  | 'CancelByReduceOnly'
  | 'CancelAllBeforeLiq'
  | 'CancelByPrepareAdl'
  | 'CancelByAdmin'
  | 'CancelByTpSlTsClear'

export type RejectReason =
  | 'EC_NoError'
  | 'EC_PostOnlyWillTakeLiquidity'
  | 'EC_NoImmediateQtyToFill'
  | 'EC_NoEnoughQtyToFill'
  | 'EC_OrigClOrdIDDoesNotExist'

export type CreateType =
  | 'CreateByUser'
  | 'CreateByStopOrder'
  | 'CreateByTakeProfit'
  | 'CreateByStopLoss'
  | 'CreateByPartialTakeProfit'
  | 'CreateByPartialStopLoss'
  | 'CreateByLiq'
  | 'CreateByAdl_PassThrough'
  | 'CreateByAdminClosing'

export type ExecType = 'Trade' | 'Funding' | 'BustTrade' | 'AdlTrade'

/** Statuses of an order that can still trade. */
export const OPEN_STATUSES: ReadonlySet<OrderStatus> = new Set(['New', 'PartiallyFilled', 'Untriggered'])

/** The other side. */
export function opposite(side: Side): Side {
  return side === 'Buy' ? 'Sell' : 'Buy'
}
