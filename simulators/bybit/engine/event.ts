/** What the engine tells its listeners: rows as they changed, in the order they changed. */
import type { DecimalString } from '#domain/decimal.ts'
import type { CoinBalance, Execution, OrderView, PositionView, PriceView } from './record.ts'

/** One change. `account` is the account's name. */
export type VenueEvent =
  | { readonly type: 'order'; readonly account: string; readonly order: OrderView }
  | { readonly type: 'execution'; readonly account: string; readonly execution: Execution }
  | {
      readonly type: 'position'
      readonly account: string
      readonly position: PositionView
      readonly mark: DecimalString
    }
  /** Cash or orders' margin changed; at most once per account and step. Not sent when only the mark moves. */
  | { readonly type: 'wallet'; readonly account: string; readonly balances: readonly CoinBalance[] }
  | { readonly type: 'ticker'; readonly prices: PriceView }

/** One atomic step of the venue. */
export interface VenueEventBatch {
  /** Venue time of the step, ms. */
  readonly time: number
  readonly events: readonly VenueEvent[]
}

export type VenueEventListener = (batch: VenueEventBatch) => void
