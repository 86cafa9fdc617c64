/**
 * Orders: what we ask a venue for (command), what we may durably have sent (intent) and what the venue says of it
 * (order). An intent's outcome is proven by evidence, never by counting retries or by time.
 */
import type { DecimalString } from './decimal.ts'
import type { AccountId, ClientOrderId, InstrumentId, OrderEvent, PositionId } from './ids.ts'

export type Side = 'buy' | 'sell'
export type TimeInForce = 'gtc' | 'ioc' | 'alo'

/** A protective trigger order at the venue. Prices in the instrument's quote currency (USD). */
export interface Trigger {
  readonly kind: 'stop' | 'take-profit'
  readonly triggerPrice: DecimalString
}

/** A protective child sent in the same venue request as its parent entry, so that no position stands without it. */
export interface AttachedStop {
  readonly clientOrderId: ClientOrderId
  readonly triggerPrice: DecimalString
  /** Worst acceptable price once triggered. */
  readonly limitPrice: DecimalString
  /** Where the entry is expected to fill (mark or limit price): venues that take a stop as a distance need it. */
  readonly entryReference: DecimalString
}

/** Ask for one order. Size in contracts of the instrument, already on its lot; prices already on its tick. */
export interface NewOrder {
  readonly type: 'new-order'
  readonly clientOrderId: ClientOrderId
  readonly instrument: InstrumentId
  readonly side: Side
  readonly size: DecimalString
  /** Worst acceptable price; a market order is an aggressive `ioc` limit. */
  readonly limitPrice: DecimalString
  readonly timeInForce: TimeInForce
  readonly reduceOnly: boolean
  readonly trigger: Trigger | null
  readonly attachedStop: AttachedStop | null
}

/** Ask for the end of a working order of ours. */
export interface CancelOrder {
  readonly type: 'cancel-order'
  readonly instrument: InstrumentId
  readonly target: ClientOrderId
  /** The venue's id of the target where known: some venues cancel by nothing else. */
  readonly targetVenueOrderId: string | null
}

/** Names one order of ours in every way the venue may know it by. */
export interface OrderRef {
  readonly clientOrderId: ClientOrderId
  readonly instrument: InstrumentId
  readonly venueOrderId: string | null
  /** The entry it rode with: such a child carries no client id of its own at some venues. */
  readonly attachedTo: ClientOrderId | null
}

export type OrderCommand = NewOrder | CancelOrder

/** Exactly what was or will be sent: durable before the first byte leaves, re-sent unchanged while unknown. */
export interface PreparedRequest {
  /** Signing identity (agent address or API key id); owns the nonce sequence. Never a secret. */
  readonly signer: string
  /** Venue nonce; null where the venue has none. */
  readonly nonce: number | null
  /** Venue-enforced deadline in ms since epoch after which the request can no longer be accepted; null where the venue has none. */
  readonly deadline: number | null
  /** Full request body as it goes over the wire. */
  readonly body: string
  readonly preparedAt: number
}

/** Why we believe what we believe about an intent; stored on the intent. */
export interface Evidence {
  readonly kind:
    | 'acknowledgement'
    | 'order-record'
    | 'fill'
    | 'definitive-rejection'
    | 'nonce-fence'
    | 'deadline-passed'
    | 'not-sent'
    | 'duplicate-id'
    | 'operator'
  readonly at: number
  /** The venue's own words or rows, verbatim where short. */
  readonly detail: string
}

/** Life of one intent: ready -> sending -> accepted | rejected | unknown -> (resolved to one of the former). */
export type IntentState = 'ready' | 'sending' | 'unknown' | 'accepted' | 'rejected'

/** One order command of one position; the fence of placement: whoever finds `sending` resolves, never sends blind. */
export interface IntentRow {
  /** Row id. For a cancel: derived like a client order id, although the venue never sees it. */
  readonly intentId: ClientOrderId
  readonly positionId: PositionId
  readonly account: AccountId
  readonly instrument: InstrumentId
  readonly event: OrderEvent
  readonly leg: number
  readonly command: OrderCommand
  readonly state: IntentState
  /** False until accepted or rejected with evidence; the sweep looks for unsettled intents. */
  readonly settled: boolean
  readonly request: PreparedRequest | null
  readonly evidence: readonly Evidence[]
  readonly createdAt: number
  /** A `ready` intent older than this is never sent (stale entry); null for exits, stops and cancels. */
  readonly sendBefore: number | null
  readonly sentAt: number | null
  readonly updatedAt: number
}

/** The venue's order life, folded to our words. */
export type OrderStatus = 'working' | 'triggered' | 'filled' | 'canceled' | 'rejected'

/** The venue's own record of one order, as last read. */
export interface BrokerOrder {
  readonly clientOrderId: ClientOrderId | null
  /** Client order id of the entry that this order protects as its child, where the venue names the parent instead of the child. */
  readonly attachedTo?: ClientOrderId | null
  readonly venueOrderId: string
  readonly instrument: InstrumentId
  readonly side: Side
  readonly originalSize: DecimalString
  readonly leavesSize: DecimalString
  readonly limitPrice: DecimalString
  readonly reduceOnly: boolean
  readonly trigger: Trigger | null
  readonly status: OrderStatus
  /** The venue's own status word. */
  readonly venueStatus: string
  readonly placedAt: number
  readonly statusAt: number
}

/** Book copy of an order of ours. Row id: client order id. */
export interface OrderRow extends Omit<BrokerOrder, 'clientOrderId' | 'venueOrderId' | 'attachedTo'> {
  readonly clientOrderId: ClientOrderId
  /** Null until the venue named it (children of a grouped order are acknowledged without an id). */
  readonly venueOrderId: string | null
  readonly account: AccountId
  readonly positionId: PositionId
  readonly event: OrderEvent
  readonly working: boolean
  readonly updatedAt: number
}
