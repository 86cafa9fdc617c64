/** The accounts of a storm: where each trades, what signals reach it, and which limits its gates must keep. */
import { join } from 'node:path'
import type { VenueName } from './venue-calls.ts'

/** USD at the start of a storm. */
export const COIN_PRICES = { BTC: '100000', ETH: '3500', SOL: '180', XRP: '2' } as const

/** Limits that the venue's ledger must never show broken; null is none. */
export interface Limits {
  readonly maxPositions: number
  /** USD of one entry. */
  readonly maxOrderNotional: string | null
  /** Notional of all entries that stand, over equity. */
  readonly maxExposure: string | null
  /** Contracts that stand, in minis: ten micros are one. */
  readonly maxContracts: number | null
}

export interface StormAccount {
  readonly id: string
  readonly venue: VenueName
  readonly strategy: 'coins' | 'index'
  readonly limits: Limits
}

const COINS: Limits = { maxPositions: 3, maxOrderNotional: '6000', maxExposure: null, maxContracts: null }
/** Three positions of 5,000 USD are more than this leaves room for on 100,000. */
const TIGHT: Limits = { ...COINS, maxExposure: '0.12' }

/** Two accounts at each venue: one with a limit on positions, one with a limit on exposure or contracts. */
export const ACCOUNTS: readonly StormAccount[] = [
  { id: 'hl-one', venue: 'hyperliquid', strategy: 'coins', limits: COINS },
  { id: 'hl-two', venue: 'hyperliquid', strategy: 'coins', limits: TIGHT },
  { id: 'bybit-one', venue: 'bybit', strategy: 'coins', limits: COINS },
  { id: 'bybit-two', venue: 'bybit', strategy: 'coins', limits: TIGHT },
  {
    id: 'px-one',
    venue: 'projectx',
    strategy: 'index',
    limits: { maxPositions: 1, maxOrderNotional: null, maxExposure: null, maxContracts: null },
  },
  {
    id: 'px-prop',
    venue: 'projectx',
    strategy: 'index',
    limits: { maxPositions: 4, maxOrderNotional: null, maxExposure: null, maxContracts: 15 },
  },
]

/** Rules of the programme that owns `px-prop`. */
export const PROGRAMME_RULES = join(import.meta.dirname, '..', 'programmes', 'topstep-combine-150k.yaml')

/** What each strategy trades: micros only, so that a programme's ban of opposite sides in one product never decides. */
export const INSTRUMENTS = {
  coins: ['BTC-PERP', 'ETH-PERP', 'SOL-PERP', 'XRP-PERP'],
  index: ['MNQ', 'MES'],
} as const

/** The gates of an account's entry in the configuration file. */
export function gatesOf({ strategy, limits }: StormAccount): Readonly<Record<string, unknown>> {
  return {
    instruments: [...INSTRUMENTS[strategy]],
    max_positions: limits.maxPositions,
    max_order_notional: limits.maxOrderNotional,
    max_exposure: limits.maxExposure,
    max_drawdown: null,
    max_entries_per_minute: null,
    stop_required: false,
  }
}
