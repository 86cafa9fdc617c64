/** What a venue can be started with; every value has a default, see create-state.ts. */
import type { VenueClock } from '#simulators/venue/driven-clock.ts'

/** The market maker's depth around each mark. */
export interface QuoteOptions {
  /** Price levels a side (20). */
  readonly levels: number
  /** Distance of the best quote from the mark, basis points (1). */
  readonly halfSpreadBps: number
  /** Distance between levels, basis points (1). */
  readonly stepBps: number
  /** USDT at the best level; the n-th level holds n times as much, give or take a seeded fifth (200,000). */
  readonly levelUsd: number
}

/** Options of the engine. */
export interface EngineOptions {
  readonly clock: VenueClock
  readonly seed: number
  readonly quotes?: Partial<QuoteOptions>
  /** Rates of value traded: default 0.00055 and 0.0002. */
  readonly takerFee?: string
  readonly makerFee?: string
  /** USDT for one MNT, for accounts that pay fees in MNT (1). */
  readonly mntPrice?: string
  /**
   * ms between the acknowledgement of an order, amendment or cancel and its effect (0). Until then a new order is invisible,
   * and cancelling it answers 110001.
   */
  readonly ackDelayMs?: number
  /** Whether limit prices far through the mark are refused with 30208 and 30209 (true). */
  readonly priceLimits?: boolean
}
