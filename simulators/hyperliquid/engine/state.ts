/** The venue's mutable state. Only modules of the engine touch it; everything that leaves is a plain copy (record.ts). */
import type { Decimal, DecimalString } from '#domain/decimal.ts'
import type { VenueClock } from '#simulators/venue/driven-clock.ts'
import type { Address, Cloid, Tif, Tpsl } from './action.ts'
import type { VenueEvent, VenueEventListener } from './event.ts'
import type { FundingRate, PerpInstrument, SpotPair, Trade } from './instrument.ts'
import type { ActionRecord, OrderHistory } from './ledger-oracle.ts'
import type { NonceState } from './nonces.ts'
import type { LimitOptions, QuoteOptions, RuleOptions } from './options.ts'
import type { Fill, FundingPayment, LedgerUpdate, OrderStatus } from './record.ts'
import type { Random } from './random.ts'

/** Where a live order is kept: in the book, among the untriggered, waiting for its parent's fill; or nowhere any more. */
export type OrderPlace = 'book' | 'trigger' | 'waiting' | 'none'

export interface Order {
  readonly oid: number
  readonly user: Address
  readonly instrument: PerpInstrument
  readonly isBuy: boolean
  readonly limitPx: Decimal
  origSz: Decimal
  remaining: Decimal
  filledSz: Decimal
  filledNotional: Decimal
  readonly reduceOnly: boolean
  tif: Tif | 'LiquidationMarket' | null
  readonly trigger: { readonly isMarket: boolean; readonly triggerPx: Decimal; readonly tpsl: Tpsl } | null
  readonly isPositionTpsl: boolean
  readonly cloid: Cloid | null
  readonly builder: { readonly address: Address; readonly feeTenthsBps: number } | null
  readonly timestamp: number
  readonly origin: OrderHistory['origin']
  place: OrderPlace
  status: OrderStatus
  statusTimestamp: number
  readonly statuses: { status: OrderStatus; time: number }[]
  readonly children: Order[]
  /** The other orders of a TP/SL pair. */
  siblings: readonly Order[]
  parent: Order | null
}

export interface Position {
  readonly instrument: PerpInstrument
  /** Signed contracts. */
  szi: Decimal
  /** Unsigned USD paid or received for what is held. */
  cost: Decimal
  /** USD set apart when isolated. */
  isolatedMargin: Decimal
  cumFundingAllTime: Decimal
  cumFundingSinceOpen: Decimal
  cumFundingSinceChange: Decimal
}

export interface LeverageSetting {
  isCross: boolean
  value: number
}

export interface AccountState {
  readonly address: Address
  readonly kind: 'user' | 'subAccount' | 'vault' | 'house'
  readonly master: Address | null
  readonly subAccountName: string | null
  /** Perpetual cash in USDC incl. realised results; unrealised is on top. */
  cash: Decimal
  spotUsdc: Decimal
  readonly positions: Map<string, Position>
  readonly leverage: Map<string, LeverageSetting>
  /** Live orders by oid, in order of placement. */
  readonly open: Map<number, Order>
  /** Every order ever, by placement. */
  readonly orders: Order[]
  readonly byCloid: Map<Cloid, Order[]>
  /** Chain order. */
  readonly fills: Fill[]
  readonly funding: FundingPayment[]
  readonly updates: LedgerUpdate[]
  readonly builderFees: Map<Address, number>
  readonly vaultEquity: Map<Address, Decimal>
  volume: Decimal
  abstraction: 'default' | 'disabled' | 'unifiedAccount' | 'portfolioMargin'
  scheduledCancel: number | null
  scheduleDay: number
  scheduleTriggersToday: number
  /** ms of the last deregistration of one of its agents by re-approval. */
  agentRemovedAt: number
}

export interface AgentState {
  readonly address: Address
  readonly master: Address
  readonly name: string | null
  readonly validUntil: number | null
}

export interface CoinState {
  readonly instrument: PerpInstrument
  mark: Decimal
  oracle: Decimal
  readonly openPx: Decimal
  fundingRate: Decimal
  /** Best first. */
  readonly bids: Order[]
  readonly asks: Order[]
  /** Untriggered orders, by placement. */
  triggers: Order[]
  quoting: boolean
  /** The market maker's quotes must be rebuilt before the book is used. */
  quotesStale: boolean
  /** The market maker's current quotes, live or eaten, and the mark they were made for. */
  ladder: Order[]
  ladderMark: Decimal | null
  /** Orders in the book that belong to real accounts. */
  realResting: number
  readonly holders: Set<Address>
  readonly trades: Trade[]
  /** Price steps so far; `marks` keeps only the newest. */
  markSteps: number
  readonly marks: { readonly time: number; readonly px: DecimalString }[]
  readonly fundingHistory: FundingRate[]
  volumeNotional: Decimal
  volumeBase: Decimal
}

/** A price path under way: its next step. */
export interface PathState {
  readonly coin: string
  next: { readonly time: number; readonly px: (mark: Decimal) => Decimal } | undefined
  readonly advance: () => PathState['next']
}

export interface VenueState {
  readonly clock: VenueClock
  readonly seed: number
  readonly random: Random
  readonly quotes: QuoteOptions
  readonly limits: LimitOptions
  rules: RuleOptions
  readonly takerFee: Decimal
  readonly makerFee: Decimal
  /** Venue time of the step being carried out. */
  time: number
  readonly perps: PerpInstrument[]
  readonly spotPairs: SpotPair[]
  readonly coins: Map<string, CoinState>
  readonly accounts: Map<Address, AccountState>
  readonly house: AccountState
  readonly agents: Map<Address, AgentState>
  readonly nonces: Map<Address, NonceState>
  readonly actions: ActionRecord[]
  readonly paths: PathState[]
  /** Accounts with a scheduled cancel. */
  readonly scheduled: Set<AccountState>
  nextFundingAt: number
  nextOid: number
  nextLid: number
  nextSubAccount: number
  /** Transactions so far; numbers the hash of the current one. */
  transactions: number
  transactionHash: string | null
  readonly listeners: Set<VenueEventListener>
  /** Coins in which a trigger was armed during this step: it may fire at once. */
  readonly armedCoins: Set<string>
  outbox: VenueEvent[]
  touchedAccounts: Set<Address>
  touchedBooks: Set<string>
  batches: number
}
