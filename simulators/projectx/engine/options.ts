/** Settings of the engine, and the rules that sources leave open; each default of an open rule is the one harder on a client. */
import type { VenueClock } from '#simulators/venue/driven-clock.ts'
import type { ProductSettings } from './contracts.ts'

/** How the synthetic market around the last price is made. */
export interface LiquidityOptions {
  /** Distance of bid and ask from the last price in ticks (0.5), rounded outwards to the tick; 0 has everything trade at the last price. */
  readonly halfSpreadTicks: number
  /** Contracts on each level; null (default) for endless depth. Depth is whole again with each price step. */
  readonly perLevel: number | null
  /** Levels on each side, one tick apart (5). */
  readonly levels: number
}

export interface RuleOptions {
  /** `globex` (default) keeps exchange hours; `open` trades always. */
  readonly session: 'globex' | 'open'
  /** Whether combine and express accounts are flattened at 15:10 in Chicago and wait until 17:00 (default true). */
  readonly autoLiquidation: boolean
  /** Whether cancelling an unfilled entry leaves its suspended children behind (default true; reference G8). */
  readonly entryCancelLeavesChildren: boolean
}

export interface EngineOptions {
  readonly clock: VenueClock
  /** By root (NQ, ES, MNQ, MES): what differs from the listed products. */
  readonly products?: Readonly<Record<string, Partial<ProductSettings>>>
  readonly liquidity?: Partial<LiquidityOptions>
  readonly rules?: Partial<RuleOptions>
}
