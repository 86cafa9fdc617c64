/** Plain rows the venue hands out. Money and prices are canonical decimal texts in USD, sizes whole contracts, times moments. */
import type { DecimalString } from '#domain/decimal.ts'
import type { OrderStatus, Side } from './codes.ts'
import type { Moment } from './moment.ts'

export interface AccountRow {
  readonly id: number
  readonly name: string
  /** Realised: without open PnL. */
  readonly balance: DecimalString
  readonly canTrade: boolean
  readonly isVisible: boolean
  readonly simulated: boolean
}

export interface ContractRow {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly tickSize: DecimalString
  readonly tickValue: DecimalString
  readonly activeContract: boolean
  readonly symbolId: string
}

export interface OrderRow {
  readonly id: number
  readonly accountId: number
  readonly contractId: string
  readonly symbolId: string
  readonly creationTimestamp: Moment
  readonly updateTimestamp: Moment
  readonly status: OrderStatus
  readonly type: number
  readonly side: Side
  readonly size: number
  readonly limitPrice: DecimalString | null
  readonly stopPrice: DecimalString | null
  readonly fillVolume: number
  readonly filledPrice: DecimalString | null
  readonly customTag: string | null
  /** Distance in ticks of a trailing stop. */
  readonly trailDistance: number | null
  /** Distance in price of a trailing stop: read back, it is no level any more. */
  readonly trailPrice: DecimalString | null
  readonly parentOrderId: number | null
  readonly linkedOrderId: number | null
}

export interface PositionRow {
  readonly id: number
  readonly accountId: number
  readonly contractId: string
  readonly contractDisplayName: string
  readonly creationTimestamp: Moment
  /** 0 undefined (flat, in events only), 1 long, 2 short. */
  readonly type: 0 | 1 | 2
  readonly size: number
  /** Weighted average of what is held, at most nine decimals. */
  readonly averagePrice: DecimalString
}

/** A half-turn: one lot opened or matched. */
export interface TradeRow {
  readonly id: number
  readonly accountId: number
  readonly contractId: string
  readonly creationTimestamp: Moment
  readonly price: DecimalString
  /** First in, first out, gross of fees and commissions; null when it only opened. */
  readonly profitAndLoss: DecimalString | null
  readonly fees: DecimalString
  readonly commissions: DecimalString
  readonly side: Side
  readonly size: number
  readonly voided: boolean
  readonly orderId: number
}

export interface QuoteRow {
  readonly contractId: string
  readonly symbolId: string
  readonly lastPrice: DecimalString
  readonly bestBid: DecimalString
  readonly bestAsk: DecimalString
  readonly open: DecimalString
  readonly high: DecimalString
  readonly low: DecimalString
  readonly volume: number
  readonly time: Moment
}

/** Volume is in contracts, over the bar. `start` in ms. */
export interface BarRow {
  readonly start: number
  readonly open: DecimalString
  readonly high: DecimalString
  readonly low: DecimalString
  readonly close: DecimalString
  readonly volume: number
}
