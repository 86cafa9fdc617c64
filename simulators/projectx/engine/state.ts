/** The venue's mutable state. Only modules of the engine touch it; everything that leaves is a plain copy (record.ts). */
import type { Decimal } from '#domain/decimal.ts'
import type { VenueClock } from '#simulators/venue/driven-clock.ts'
import type { OrderStatus, Side } from './codes.ts'
import type { ContractSpec, Product } from './contracts.ts'
import type { VenueEvent, VenueEventListener } from './event.ts'
import type { Moment } from './moment.ts'
import type { LiquidityOptions, RuleOptions } from './options.ts'
import type { OrderRow, PositionRow } from './record.ts'
import type { DecimalString } from '#domain/decimal.ts'

export interface Order {
  readonly id: number
  readonly account: AccountState
  readonly contract: ContractState
  readonly type: number
  readonly side: Side
  size: number
  limitPrice: Decimal | null
  stopPrice: Decimal | null
  /** Distance in price of a trailing stop. */
  trail: Decimal | null
  readonly customTag: string | null
  readonly created: Moment
  updated: Moment
  status: OrderStatus
  filled: number
  /** Sum of price times size over its fills. */
  notional: Decimal
  readonly parent: Order | null
  /** Ticks from the parent's fill price, of a child that has not woken up. */
  readonly ticks: number
  linkedOrderId: number | null
  /** Brackets of this entry, stop loss first. */
  readonly children: Order[]
  /** The other leg of the pair. */
  sibling: Order | null
  /** A stop that has fired acts like a market or limit order. */
  triggered: boolean
  /** Price step at which a limit order came to rest: it trades at a touch only from the next one on. */
  restingSince: number | null
  rejection: string | null
  /** Who asked: the interface, the account's owner by hand, or the venue itself. */
  readonly origin: 'api' | 'hand' | 'venue'
  /** Every row it ever was, oldest first. */
  readonly history: OrderRow[]
}

export interface Lot {
  size: number
  readonly price: Decimal
}

export interface Position {
  readonly id: number
  readonly contract: ContractState
  /** Contracts, positive long. */
  signed: number
  average: Decimal
  /** Oldest first; all of one sign. */
  lots: Lot[]
  readonly created: Moment
}

export interface Trade {
  readonly id: number
  readonly contract: ContractState
  readonly created: Moment
  readonly price: Decimal
  pnl: Decimal | null
  readonly fees: Decimal
  readonly commissions: Decimal
  readonly side: Side
  readonly size: number
  voided: boolean
  readonly order: Order
}

/** What an account looked like after a step; lets a read be stale. */
export interface AccountSnapshot {
  readonly ms: number
  readonly balance: DecimalString
  readonly canTrade: boolean
  readonly positions: readonly PositionRow[]
}

export interface AccountState {
  readonly id: number
  name: string
  readonly userName: string
  balance: Decimal
  /** Money put in, USD. */
  deposits: Decimal
  canTrade: boolean
  isVisible: boolean
  simulated: boolean
  follower: boolean
  brackets: 'auto-oco' | 'position'
  /** Flattened by the firm at its end of the day. */
  autoLiquidate: boolean
  /** USD; null for none. */
  dailyLoss: Decimal | null
  maxLoss: Decimal | null
  /** Balance at the start of the trading day. */
  dayStart: Decimal
  /** Highest balance at the end of a trading day, the start included. */
  highWater: Decimal
  /** Why the venue itself took the right to trade away: until the next day, or for good. */
  lock: 'day' | 'final' | null
  readonly tags: Set<string>
  /** By contract id; flat ones are absent. */
  readonly positions: Map<string, Position>
  readonly orders: Order[]
  readonly trades: Trade[]
  readonly snapshots: AccountSnapshot[]
}

export interface ContractState {
  readonly spec: ContractSpec
  last: Decimal
  /** Price steps so far. */
  steps: number
  liquidity: LiquidityOptions
  /** Contracts taken from the asks and from the bids since the last price step. */
  taken: { asks: number; bids: number }
  /** Open orders, by placement. */
  readonly working: Set<Order>
  open: Decimal
  high: Decimal
  low: Decimal
  volume: number
  /** Prices and volumes of the past, oldest first. */
  readonly prints: { readonly ms: number; readonly price: Decimal; readonly volume: number }[]
  /** Contracts the market itself holds: the other side of all accounts. */
  house: number
}

export interface VenueState {
  readonly clock: VenueClock
  readonly products: ReadonlyMap<string, Product>
  readonly liquidity: LiquidityOptions
  rules: RuleOptions
  /** Moment of the step being carried out. */
  moment: Moment
  readonly accounts: Map<number, AccountState>
  readonly contracts: Map<string, ContractState>
  readonly orders: Map<number, Order>
  readonly trades: Map<number, { readonly account: AccountState; readonly trade: Trade }>
  readonly next: { account: number; order: number; trade: number; position: number }
  nextFlatBy: number
  nextDay: number
  nextExpiry: number
  readonly listeners: Set<VenueEventListener>
  outbox: VenueEvent[]
  readonly touched: Set<AccountState>
}
