/** The book's position: one signal at one account, from intent to ledger row. Numbers come from broker fills only. */
import type { DecimalString } from './decimal.ts'
import type { AccountId, ClientOrderId, InstrumentId, OrderEvent, PositionId, SignalKey } from './ids.ts'
import type { Envelope } from './message.ts'
import type { OtherFee } from './other-fees.ts'
import type { Audited, OperatorWord } from './records.ts'

export type PositionSide = 'long' | 'short'

/**
 * pending: intent recorded, nothing sent · entering: entry sent, not settled · open: entry settled with size ·
 * closing: an exit was asked for · closed: flat, PnL proven by fills · canceled: never had exposure (proven) ·
 * unresolved: flat at the broker but the exit cannot be proven; PnL stays null until an operator or evidence settles it.
 */
export type PositionState = 'pending' | 'entering' | 'open' | 'closing' | 'closed' | 'canceled' | 'unresolved'

/** Why a position ended (`stop_loss`: our own exit at the stop because no native stop could stand); taken from the fill or order that made the exit, never assumed. */
export type ExitReason =
  | 'signal'
  | 'trail'
  | 'timeout'
  | 'reversal'
  | 'stop_loss'
  | 'native_stop'
  | 'take_profit'
  | 'operator'
  | 'liquidation'
  | 'adl'
  | 'programme_flatten'
  | 'expiry'
  | 'voided'
  | 'unknown'

/** What holds while the trade is on. Prices USD, distances in basis points of price, durations ms. */
export interface Discipline {
  readonly stopLoss: DecimalString | null
  readonly takeProfit: DecimalString | null
  readonly trail: { readonly distanceBps: number; readonly activateBps: number } | null
  readonly maxHoldMs: number | null
  readonly entryTimeoutMs: number
}

/** The native stop we believe works at the venue. */
export interface NativeStop {
  readonly clientOrderId: ClientOrderId
  readonly leg: number
  readonly triggerPrice: DecimalString
  readonly size: DecimalString
  /** When the venue was last seen holding it; null until seen. */
  readonly confirmedAt: number | null
}

/** Realised result, exact decimals in USD. `net = gross - fees + funding`. Provisional until fills prove all of it and every fee is known. */
export interface RealisedPnl {
  readonly gross: DecimalString
  /** Of all coins whose rate is known; see `otherFees`. */
  readonly fees: DecimalString
  /** The part of the fees that was taken in other coins than the settlement currency; absent when none was. */
  readonly otherFees?: readonly OtherFee[]
  readonly funding: DecimalString
  readonly net: DecimalString
  readonly provisional: boolean
}

/** How a position that the book did not open became the book's. */
export interface Adoption extends OperatorWord {
  /** Fills that opened it, as first told; the earliest where there were very many. They stand in for the entry's orders. */
  readonly openedBy: readonly string[]
}

/** Row id: position id. */
export interface PositionRow extends Audited {
  readonly positionId: PositionId
  readonly signalKey: SignalKey
  readonly account: AccountId
  readonly instrument: InstrumentId
  readonly strategy: string
  readonly side: PositionSide
  readonly state: PositionState
  /** False once closed or canceled; `unresolved` stays true: it still needs somebody. */
  readonly open: boolean
  readonly plannedSize: DecimalString
  /** Unsigned size now, from fills. */
  readonly size: DecimalString
  readonly entryAverage: DecimalString | null
  readonly exitAverage: DecimalString | null
  readonly entrySettled: boolean
  readonly discipline: Discipline
  /** Best mark since entry, for the trail; null until open. */
  readonly bestMark: DecimalString | null
  readonly nativeStop: NativeStop | null
  /** Since when exposure has stood without a confirmed native stop; null when protected, flat or none was asked for. */
  readonly nakedSince: number | null
  /** Total time so far that exposure stood without a native stop, ms. */
  readonly nakedMs: number
  /** Every order ever sent for this position: attribution of fills, never a filter. */
  readonly orders: readonly {
    readonly clientOrderId: ClientOrderId
    readonly event: OrderEvent
    readonly leg: number
  }[]
  /** Set when an exit is wanted; stays until the broker is flat. */
  readonly exit: { readonly reason: ExitReason; readonly requestedAt: number; readonly leg: number } | null
  /**
   * A partial exit under way where no order is reduce-only: its leg. Until that leg is settled no stop stands beside it, since both
   * together could open the other side.
   */
  readonly reducing?: { readonly leg: number } | null
  /** An operator wants the rest of the entry canceled: it is not sent any more, and what rests of it comes down. What has filled stays. */
  readonly cancelEntry?: OperatorWord
  /** Set where somebody else opened the position and an operator made it the book's. */
  readonly adopted?: Adoption
  readonly exitReason: ExitReason | null
  /** True when the exit was not ours to make and the sweep reconstructed it. */
  readonly orphaned: boolean
  readonly realised: RealisedPnl | null
  /** A message to enqueue once this position is closed (reverse: the opposite open). */
  readonly afterClose: Envelope | null
  /** Its fills are looked for from shortly before; of an adopted position when its first fill was made, ms. */
  readonly createdAt: number
  readonly openedAt: number | null
  readonly closedAt: number | null
  readonly updatedAt: number
}

/** The leg of the next order for an event: as many as were ever made, so that no client order id is used twice. */
export function nextLeg(position: Pick<PositionRow, 'orders'>, event: OrderEvent): number {
  return position.orders.filter((order) => order.event === event).length
}
