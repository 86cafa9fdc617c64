/** What clients ask of the engine, parsed but not judged. Decimals are texts as sent; absent means not sent. */
import type { OrderType, PriceKind, Side, TimeInForce, TpslMode, TriggerDirection } from './vocabulary.ts'

/** Take profit and stop loss as they ride on an entry or are set on a position. `"0"` removes one. */
export interface TpslRequest {
  readonly takeProfit?: string | undefined
  readonly stopLoss?: string | undefined
  readonly tpTriggerBy?: PriceKind | undefined
  readonly slTriggerBy?: PriceKind | undefined
  readonly tpslMode?: TpslMode | undefined
  readonly tpOrderType?: OrderType | undefined
  readonly slOrderType?: OrderType | undefined
  readonly tpLimitPrice?: string | undefined
  readonly slLimitPrice?: string | undefined
}

/** `order/create`. */
export interface OrderRequest extends TpslRequest {
  readonly symbol: string
  readonly side: Side
  readonly orderType: OrderType
  /** Base coin; `"0"` with reduceOnly and closeOnTrigger closes the whole position. */
  readonly qty: string
  readonly price?: string | undefined
  readonly timeInForce?: TimeInForce | undefined
  readonly positionIdx?: number | undefined
  readonly orderLinkId?: string | undefined
  readonly reduceOnly?: boolean | undefined
  readonly closeOnTrigger?: boolean | undefined
  readonly triggerPrice?: string | undefined
  readonly triggerDirection?: TriggerDirection | undefined
  readonly triggerBy?: PriceKind | undefined
  readonly slippageToleranceType?: 'TickSize' | 'Percent' | undefined
  readonly slippageTolerance?: string | undefined
}

/** One order of a symbol; `orderId` wins when both are sent. */
export interface OrderReference {
  readonly symbol: string
  readonly orderId?: string | undefined
  readonly orderLinkId?: string | undefined
}

/** `order/amend`. */
export interface AmendRequest extends OrderReference, Omit<TpslRequest, 'tpOrderType' | 'slOrderType'> {
  readonly qty?: string | undefined
  readonly price?: string | undefined
  readonly triggerPrice?: string | undefined
  readonly triggerBy?: PriceKind | undefined
}

/** `position/trading-stop`. */
export interface TradingStopRequest extends TpslRequest {
  readonly symbol: string
  readonly positionIdx?: number | undefined
  readonly tpSize?: string | undefined
  readonly slSize?: string | undefined
}

/** What an accepted request answers; it says nothing about the order's fate. */
export interface Acked {
  readonly orderId: string
  readonly orderLinkId: string
}
