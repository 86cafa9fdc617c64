/**
 * A ProjectX gateway in memory: deterministic, synchronous, without timers. The clock is injected and everything that is due
 * (the firm's end of the day, new trading days, expiries) happens, in time order, before each call is answered.
 */
import type { BarRequest } from './bars.ts'
import type { CloseRequest } from './close.ts'
import type { VenueEventListener } from './event.ts'
import type { LedgerOracle } from './ledger-oracle.ts'
import type { Moment } from './moment.ts'
import type { OperatorControls } from './operator-controls.ts'
import type { AccountRow, BarRow, ContractRow, OrderRow, PositionRow, QuoteRow, TradeRow } from './record.ts'
import type { ModifyRequest, PlaceRequest, PlaceVerdict, Verdict } from './request.ts'

/** Market data. */
export interface MarketReads {
  /** Unexpired contracts, by product and expiry. */
  available(): readonly ContractRow[]
  /** Unexpired contracts whose id, name or description holds the text, at most 20. */
  search(text: string): readonly ContractRow[]
  /** Also expired ones. */
  contract(id: string): ContractRow | undefined
  quote(id: string): QuoteRow | undefined
  bars(id: string, request: BarRequest): readonly BarRow[]
}

/** What the interface may do, in the name of a user. */
export interface Trading {
  place(userName: string, request: PlaceRequest): PlaceVerdict
  modify(userName: string, request: ModifyRequest): Verdict
  cancel(userName: string, request: { readonly accountId: number; readonly orderId: number }): Verdict
  close(userName: string, request: CloseRequest): Verdict
}

/** Both bounds inclusive. */
export interface TimeRange {
  readonly start: Moment
  readonly end: Moment | null
}

/** Reads of accounts. `asOf` in ms lets an answer be stale; absent means now. The caller asks only for accounts of its user. */
export interface AccountReads {
  accounts(userName: string, asOf?: number): readonly AccountRow[]
  /** Whether the user has the account. */
  owns(userName: string, accountId: number): boolean
  /** By id, every order ever. */
  orders(accountId: number, asOf?: number): readonly OrderRow[]
  positions(accountId: number, asOf?: number): readonly PositionRow[]
  /** Newest first; voided ones too. */
  trades(accountId: number, range: TimeRange, asOf?: number): readonly TradeRow[]
}

export interface Venue {
  /** Venue time, ms: the clock's. */
  now(): number
  /** Does everything that is due by now. Every other call does so first. */
  settle(): void
  nextDue(): number
  /** Listens to all changes; returns the way to stop. Called synchronously after each step. */
  subscribe(listener: VenueEventListener): () => void
  readonly market: MarketReads
  readonly trading: Trading
  readonly account: AccountReads
  readonly operator: OperatorControls
  readonly oracle: LedgerOracle
}
