/** What the venue tells subscribers: every change, in order, as one batch per step. */
import type { Side } from './codes.ts'
import type { AccountRow, OrderRow, PositionRow, QuoteRow, TradeRow } from './record.ts'
import type { DecimalString } from '#domain/decimal.ts'
import type { Moment } from './moment.ts'

/** A public print. */
export interface PrintRow {
  readonly contractId: string
  readonly symbolId: string
  readonly price: DecimalString
  readonly side: Side
  readonly volume: number
  readonly time: Moment
}

/** Whom an event is about. */
export interface EventAccount {
  readonly id: number
  readonly name: string
  readonly userName: string
}

/**
 * `change` is the venue's action code: 0 created, 1 updated, 2 deleted. `tag` is that of the order behind it, also where the
 * wire does not show it.
 */
export type AccountEvent = { readonly account: EventAccount; readonly tag: string | null } & (
  | { readonly type: 'account'; readonly change: 1; readonly row: AccountRow }
  | { readonly type: 'order'; readonly change: 1; readonly row: OrderRow }
  | { readonly type: 'position'; readonly change: 1 | 2; readonly row: PositionRow }
  | { readonly type: 'trade'; readonly change: 0 | 1; readonly row: TradeRow }
)

export type MarketEvent =
  | { readonly type: 'quote'; readonly row: QuoteRow }
  | { readonly type: 'print'; readonly row: PrintRow }

export type VenueEvent = AccountEvent | MarketEvent

export type VenueEventListener = (events: readonly VenueEvent[]) => void
