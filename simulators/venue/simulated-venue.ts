/**
 * What every simulated venue offers to tests, the demo and the storms, in venue-free words: prices to move, things that happen
 * behind the book, faults, and the venue's own complete ledger as the oracle. Symbols and account names are the venue's own.
 */

/** One execution as the venue booked it. USD and contracts as plain decimals. */
export interface TrueFill {
  readonly symbol: string
  readonly side: 'buy' | 'sell'
  readonly price: string
  readonly size: string
  /** Venue time, ms. */
  readonly time: number
  /** Realised by this fill, USD, before fees; "0" for an opening fill. */
  readonly closedPnl: string
  /** All costs of this fill, USD; positive is paid. */
  readonly fee: string
  readonly orderId: string
  /** As the client sent it; null when it sent none. */
  readonly clientOrderId: string | null
  /** Taken back by the venue later (busted, voided): it counts for nothing. */
  readonly voided: boolean
}

/** Funding of one position at one moment. */
export interface TrueFunding {
  readonly symbol: string
  /** Venue time, ms. */
  readonly time: number
  /** Received (negative: paid), USD. */
  readonly amount: string
}

/** One order that ever reached the venue's books, refused ones included. */
export interface TrueOrder {
  readonly orderId: string
  readonly clientOrderId: string | null
  readonly symbol: string
  readonly side: 'buy' | 'sell'
  readonly size: string
  /** Whether it rests or sleeps at the venue now. */
  readonly working: boolean
  readonly rejected: boolean
}

/** The venue's record of one account: the oracle. */
export interface VenueTruth {
  /** Signed sizes, positive long; flat symbols are absent. */
  readonly positions: readonly { readonly symbol: string; readonly size: string }[]
  readonly fills: readonly TrueFill[]
  readonly orders: readonly TrueOrder[]
  /** Cash and open PnL, USD. */
  readonly equity: string
  /** Funding received (negative: paid) so far, USD. */
  readonly funding: string
  readonly fundingPayments: readonly TrueFunding[]
}

/** A simulated venue that listens on this machine. */
export interface SimulatedVenue {
  readonly venue: 'hyperliquid' | 'bybit' | 'projectx'
  /** Base address of REST and of the control endpoint. */
  readonly url: string
  now(): number
  /** Moves the venue's clock forward; everything due on the way happens, in order. */
  advance(ms: number): void
  /** Current price that marks positions, USD. */
  mark(symbol: string): string
  setMark(symbol: string, price: string): void
  /** A market order of the account's owner, without any client order id. */
  tradeByHand(account: string, symbol: string, side: 'buy' | 'sell', size: string): void
  closeByHand(account: string, symbol: string): void
  /** Moves the price through the account's nearest protective stop and back. */
  tripStop(account: string, symbol: string): void
  /** The next order that comes in is carried out and never answered: its sender waits until it gives up, or dies. */
  silenceNextOrder(): void
  /** Cuts stream connections: those that watch an account, or all. Returns how many. */
  dropSockets(account?: string): number
  truth(account: string): VenueTruth
  stop(): Promise<void>
}
