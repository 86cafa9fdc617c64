/**
 * A Bybit linear exchange in memory: deterministic, synchronous, without timers. The clock is injected and everything that is
 * due (acknowledged requests, funding) happens, in time order, before each call is answered.
 */
import type { VenueEventListener } from './event.ts'
import type { Instrument } from './instrument.ts'
import type { LedgerOracle } from './ledger-oracle.ts'
import type { OperatorControls } from './operator.ts'
import type { ClosedPnl, CoinBalance, Execution, LedgerRow, OrderView, PositionView, PriceView } from './record.ts'
import type { Refusal } from './refusal.ts'
import type { Acked, AmendRequest, OrderReference, OrderRequest, TradingStopRequest } from './request.ts'

/** What an account asks for. `account` is its name; an unknown one throws. */
export interface Trading {
  create(account: string, request: OrderRequest): Acked | Refusal
  amend(account: string, request: AmendRequest): Acked | Refusal
  cancel(account: string, reference: OrderReference): Acked | Refusal
  /** Of one symbol, or of all. */
  cancelAll(account: string, symbol?: string): readonly Acked[]
  setLeverage(
    account: string,
    request: { readonly symbol: string; readonly buyLeverage: string; readonly sellLeverage: string },
  ): Refusal | undefined
  switchMode(account: string, mode: number): Refusal
  tradingStop(account: string, request: TradingStopRequest): Refusal | undefined
}

/** What a time of reading may be: now, or a moment gone by (ms) for answers that lag. */
export type AsOf = number | undefined

/** Reads of one account. Newest first unless said otherwise. */
export interface AccountReads {
  /** Every order that had taken effect by then, by creation. */
  orders(account: string, asOf?: AsOf): readonly OrderView[]
  executions(account: string, asOf?: AsOf): readonly Execution[]
  closedPnl(account: string): readonly ClosedPnl[]
  transactionLog(account: string): readonly LedgerRow[]
  /** Positions by symbol, flat ones that were ever touched included. */
  positions(account: string, asOf?: AsOf): readonly PositionView[]
  /** USDT first. */
  balances(account: string): readonly CoinBalance[]
  /** Orders closed before this are gone from the list of recently closed ones, ms. */
  recentSince(account: string): number
  uid(account: string): number
}

/** Market data. */
export interface MarketReads {
  instruments(): readonly Instrument[]
  instrument(symbol: string): Instrument | undefined
  prices(symbol: string): PriceView | undefined
}

export interface Venue {
  /** Venue time, ms: the clock's. */
  now(): number
  /** Does everything that is due by now. Every other call does so first. */
  settle(): void
  /** Next moment at which something is due. */
  nextDue(): number
  /** Listens to all changes; returns the way to stop. Called synchronously after each step. */
  subscribe(listener: VenueEventListener): () => void
  readonly trading: Trading
  readonly account: AccountReads
  readonly market: MarketReads
  readonly operator: OperatorControls
  readonly oracle: LedgerOracle
}
