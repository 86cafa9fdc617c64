/** Settings of a simulated venue: clock, seed, universe, quotes, fees, limits, and switches where the real venue's rule is unproven. */
import type { VenueClock } from '#simulators/venue/driven-clock.ts'
import type { InstrumentSpec } from './instrument.ts'

/** How the synthetic market maker quotes every perpetual. */
export interface QuoteOptions {
  /** Distance of the best bid and of the best ask from the mark, in basis points. */
  readonly halfSpreadBps: string
  /** Distance between levels, in basis points. */
  readonly stepBps: string
  readonly levels: number
  /** Notional of the best level in USD; level n quotes n times as much. */
  readonly levelUsd: string
  /** Sizes vary by up to this fraction, seeded. */
  readonly jitter: string
  /** `action`: depth is whole again after each order that ate from it; `step`: only when the mark moves. */
  readonly refill: 'action' | 'step'
}

/** Hard limits of reads and orders; smaller in tests so that paging and retention are exercised. */
export interface LimitOptions {
  /** Rows per fills answer (2000). */
  readonly fillsPerAnswer: number
  /** Fills kept per account for reads (10,000); the oracle keeps all. */
  readonly fillsRetained: number
  /** Rows of historicalOrders (2000). */
  readonly ordersPerAnswer: number
  /** Rows per funding or ledger answer (500). */
  readonly ledgerPerAnswer: number
  /** Open orders per account (1000). */
  readonly openOrders: number
}

/** Rules that sources leave open; each default is the one that is harder on a client, unless said otherwise. */
export interface RuleOptions {
  /** Whether a second order may reuse a cloid while the first rests. Default true (a cloid is no idempotency key). */
  readonly acceptRestingDuplicateCloid: boolean
  /** Whether reduce-only orders are exempt from the $10 minimum. Default true: else a remainder could never be closed. */
  readonly reduceOnlyExemptFromMinimum: boolean
  /** A reduce-only order larger than the position: `reject` (as MetaMask reports of the venue) or `clamp`. Default `reject`. */
  readonly reduceOnlyOversize: 'reject' | 'clamp'
  /** Whether a lone trigger order needs a position to reduce when placed. Default true. */
  readonly triggerNeedsPosition: boolean
  /** normalTpsl children when the parent's rest is cancelled after a partial fill: `cancel` (user cancel; documented), or `resize` to what filled. */
  readonly childrenOnPartialCancel: 'cancel' | 'resize'
  /** Whether a modify without `a` must be post-only or a GTC that cannot execute (documented mid-2026). Default true. */
  readonly modifyNeedsAlwaysPlace: boolean
  /** Rejects orders other than post-only, as right after a network upgrade. Default false; can be switched while running. */
  readonly postOnlyWindow: boolean
  /** ms by which the nonce window is narrower than (T-2d, T+1d) at both ends. Default 0 (measured: about 120,000). */
  readonly nonceWindowSlackMs: number
}

export interface VenueOptions {
  readonly clock: VenueClock
  /** Seed of quotes, walks, hashes and trade ids. */
  readonly seed?: number
  /** Default BTC, ETH, SOL, HYPE. */
  readonly universe?: readonly InstrumentSpec[]
  readonly quotes?: Partial<QuoteOptions>
  readonly limits?: Partial<LimitOptions>
  readonly rules?: Partial<RuleOptions>
  /** Fractions of notional; defaults 0.00045 and 0.00015. */
  readonly takerFee?: string
  readonly makerFee?: string
}
