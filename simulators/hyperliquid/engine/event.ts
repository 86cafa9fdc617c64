/** What the venue tells subscribers: every state change, in order, delivered as one batch per action, price step or settlement. */
import type { Address } from './action.ts'
import type { Trade } from './instrument.ts'
import type { Fill, FundingPayment, LedgerUpdate, LiquidationNotice, OrderState } from './record.ts'

export type VenueEvent =
  | { readonly type: 'orderUpdate'; readonly user: Address; readonly state: OrderState }
  | { readonly type: 'fill'; readonly user: Address; readonly fill: Fill }
  | { readonly type: 'trade'; readonly trade: Trade }
  | { readonly type: 'funding'; readonly user: Address; readonly payment: FundingPayment }
  | { readonly type: 'ledgerUpdate'; readonly user: Address; readonly update: LedgerUpdate }
  | { readonly type: 'liquidation'; readonly user: Address; readonly notice: LiquidationNotice }
  /** The venue itself cancelled the order (liquidation, reduce-only, sibling, self-trade, margin, schedule). */
  | { readonly type: 'nonUserCancel'; readonly user: Address; readonly coin: string; readonly oid: number }
  /** Mark, oracle or funding rate of a coin changed. */
  | { readonly type: 'market'; readonly coin: string }
  /** The order book of a coin changed. */
  | { readonly type: 'book'; readonly coin: string }
  /** Balance, position, leverage, agents or open orders of an account changed; at most once per batch and account. */
  | { readonly type: 'account'; readonly user: Address }

/** One atomic step of the venue. */
export interface VenueEventBatch {
  /** 1, 2, 3 … without gaps. */
  readonly seq: number
  /** Venue time of the step, ms. */
  readonly time: number
  readonly events: readonly VenueEvent[]
}

export type VenueEventListener = (batch: VenueEventBatch) => void
