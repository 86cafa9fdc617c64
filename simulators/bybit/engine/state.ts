/** The venue's mutable state. Only modules of the engine touch it; everything that leaves is a plain copy (record.ts). */
import type { Decimal } from '#domain/decimal.ts'
import type { VenueClock } from '#simulators/venue/driven-clock.ts'
import type { VenueEvent, VenueEventListener } from './event.ts'
import type { Instrument } from './instrument.ts'
import type { QuoteOptions } from './options.ts'
import type { Holding } from './position.ts'
import type { ClosedPnl, Execution, LedgerRow, OrderView, PositionView } from './record.ts'
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

/** Take profit or stop loss of an entry, or of a position. */
export interface ExitTerms {
  readonly price: Decimal
  readonly by: PriceKind
  readonly orderType: OrderType
  readonly limitPrice: Decimal | null
}

/** What is fixed when an order is made. */
export interface OrderDraft {
  readonly account: AccountState
  readonly market: MarketState
  readonly orderLinkId: string
  readonly side: Side
  readonly orderType: OrderType
  readonly timeInForce: TimeInForce
  readonly price: Decimal
  readonly qty: Decimal
  readonly reduceOnly: boolean
  readonly closeOnTrigger: boolean
  readonly trigger: Trigger | null
  readonly takeProfit: ExitTerms | null
  readonly stopLoss: ExitTerms | null
  readonly tpslMode: TpslMode
  readonly stopOrderType: StopOrderType
  readonly createType: CreateType
  readonly parentOrderLinkId: string
}

export interface Trigger {
  readonly price: Decimal
  readonly direction: TriggerDirection
  readonly by: PriceKind
}

export interface Order extends Omit<OrderDraft, 'price' | 'qty' | 'trigger' | 'takeProfit' | 'stopLoss'> {
  readonly orderId: string
  price: Decimal
  qty: Decimal
  trigger: Trigger | null
  takeProfit: ExitTerms | null
  stopLoss: ExitTerms | null
  leaves: Decimal
  cumQty: Decimal
  cumValue: Decimal
  readonly fees: Map<string, Decimal>
  /** `Created` until the acknowledgement took effect: nobody sees the order before. */
  status: OrderStatus | 'Created'
  cancelType: CancelType
  rejectReason: RejectReason
  /** Order by which its executions are booked. */
  readonly execType: ExecType
  /** The other exits made with it: when one trades the others go. */
  pair: readonly Order[]
  /** Partial exits that this entry's fills made. */
  exits: readonly Order[]
  closed: ClosedPnl | null
  readonly lastPriceOnCreated: Decimal
  readonly createdTime: number
  /** As it stood at each change, oldest first. */
  readonly history: OrderView[]
}

export interface PositionState {
  readonly market: MarketState
  holding: Holding
  leverage: Decimal
  /** The exits that follow the whole position (tpslMode Full). */
  takeProfit: Order | null
  stopLoss: Order | null
  curRealised: Decimal
  cumRealised: Decimal
  isReduceOnly: boolean
  seq: number
  createdTime: number
  readonly history: PositionView[]
}

export interface AccountState {
  readonly name: string
  readonly uid: number
  feeCoin: 'USDT' | 'MNT'
  readonly balances: Map<string, Decimal>
  readonly positions: Map<string, PositionState>
  /** Every order ever, by placement. */
  readonly orders: Order[]
  readonly byId: Map<string, Order>
  readonly byLinkId: Map<string, Order>
  /** By time, oldest first. */
  readonly executions: Execution[]
  readonly ledger: LedgerRow[]
  readonly closedPnl: Map<string, Order>
  /** Orders closed before this moment are gone from the list of recent ones. */
  recentSince: number
}

export interface MarketState {
  readonly instrument: Instrument
  mark: Decimal
  last: Decimal
  index: Decimal
  fundingRate: Decimal
  /** Price steps so far: part of the seed of the quotes. */
  steps: number
  /** Fixed depth a side in place of the seeded one. */
  depth: { readonly levels: number; readonly qty: Decimal } | null
  seq: number
  /** Signed contracts of the market maker, who is on the other side of every trade. */
  house: Decimal
  /** Open orders of all accounts, by placement. */
  readonly open: Set<Order>
}

/** An acknowledged request that takes effect later. */
export interface PendingEffect {
  readonly due: number
  readonly run: () => void
}

export interface VenueState {
  readonly clock: VenueClock
  readonly seed: number
  readonly quotes: QuoteOptions
  readonly takerFee: Decimal
  readonly makerFee: Decimal
  readonly mntPrice: Decimal
  /** Coins that the venue values at 0 for now, because they are no collateral. */
  readonly unvalued: Set<string>
  ackDelayMs: number
  readonly priceLimits: boolean
  /** Venue time of the step being carried out. */
  time: number
  readonly markets: Map<string, MarketState>
  readonly accounts: Map<string, AccountState>
  /** In order of effect. */
  readonly pending: PendingEffect[]
  nextFundingAt: number
  ids: number
  readonly listeners: Set<VenueEventListener>
  outbox: VenueEvent[]
  touchedWallets: Set<AccountState>
  /** Markets in which a trigger may have become due. */
  readonly armed: Set<MarketState>
}
