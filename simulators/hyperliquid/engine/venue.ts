/**
 * A Hyperliquid exchange in memory: deterministic, synchronous, without timers. The clock is injected and everything that is
 * due (funding, price steps, scheduled cancels) happens, in time order, before each call is answered, so one process can hold
 * many venues under virtual time.
 */
import type { DecimalString } from '#domain/decimal.ts'
import type { ActionRequest, ActionResult, Address, Cloid } from './action.ts'
import type { VenueEventListener } from './event.ts'
import type { BookSnapshot, FundingRate, MarketContext, PerpInstrument, SpotPair, Trade } from './instrument.ts'
import type { LedgerOracle } from './ledger-oracle.ts'
import type { OperatorControls } from './operator-controls.ts'
import type {
  AgentView,
  ClearinghouseView,
  Fill,
  FundingPayment,
  LedgerUpdate,
  OrderState,
  OrderView,
  RoleView,
} from './record.ts'

/** Market data. Unknown coins answer undefined. */
export interface MarketReads {
  /** In asset order. */
  perps(): readonly PerpInstrument[]
  spotPairs(): readonly SpotPair[]
  /** Aligned with `perps()`. */
  contexts(): readonly MarketContext[]
  context(coin: string): MarketContext | undefined
  /** Mid, or the mark when a side is empty. */
  mids(): ReadonlyMap<string, DecimalString>
  /** Up to `depth` levels a side (20). */
  book(coin: string, depth?: number): BookSnapshot | undefined
  /** Newest first, at most 500 kept. */
  trades(coin: string): readonly Trade[]
  fundingHistory(coin: string, startTime: number, endTime?: number): readonly FundingRate[]
  /** Mark prices set so far, oldest first, at most 5,000 kept (for candles). */
  marks(coin: string): readonly { readonly time: number; readonly px: DecimalString }[]
}

/** Both bounds inclusive, ms. */
export interface TimeRange {
  readonly startTime: number
  readonly endTime?: number
  /** Newest first. */
  readonly reversed?: boolean
}

/** Account reads. An unknown address, and an agent's address, answer as an empty account, never an error. Addresses are lower case. */
export interface AccountReads {
  role(user: Address): RoleView
  /** Named and unnamed, live ones only. */
  agents(master: Address): readonly AgentView[]
  abstraction(user: Address): 'default' | 'disabled' | 'unifiedAccount' | 'portfolioMargin'
  subAccounts(master: Address): readonly { readonly name: string; readonly address: Address }[]
  /** Approved maximum in tenths of a basis point; 0 when never approved. */
  maxBuilderFee(user: Address, builder: Address): number
  clearinghouse(user: Address): ClearinghouseView
  /** USDC on the spot side, which usdClassTransfer moves to and from. */
  spotUsdc(user: Address): DecimalString
  leverage(user: Address, coin: string): { readonly type: 'cross' | 'isolated'; readonly value: number }
  /** Live orders incl. untriggered and waiting ones, newest first. */
  openOrders(user: Address): readonly OrderView[]
  /** By oid, or by cloid (the latest order that carries it). Undefined = unknownOid. */
  orderStatus(user: Address, id: number | Cloid): OrderState | undefined
  /** Newest first, capped. */
  historicalOrders(user: Address): readonly OrderState[]
  /** Newest first, capped. */
  fills(user: Address): readonly Fill[]
  /** Oldest first, capped at the oldest of the range; only retained fills. Several fills of one ms keep chain order. */
  fillsByTime(user: Address, range: TimeRange): readonly Fill[]
  funding(user: Address, range: TimeRange): readonly FundingPayment[]
  ledgerUpdates(user: Address, range: TimeRange): readonly LedgerUpdate[]
  /** Lifetime traded USD. */
  volume(user: Address): DecimalString
}

export interface Venue {
  /** Venue time, ms: the clock's. */
  now(): number
  /** Does everything that is due by now. Every other call does so first. */
  settle(): void
  /** Next moment at which something is due, or undefined; lets virtual time jump. */
  nextDue(): number | undefined
  /** Admits and executes one signed action. */
  submit(request: ActionRequest): ActionResult
  /** Listens to all state changes; returns the way to stop. Called synchronously after each step. */
  subscribe(listener: VenueEventListener): () => void
  readonly market: MarketReads
  readonly account: AccountReads
  readonly operator: OperatorControls
  readonly oracle: LedgerOracle
}
