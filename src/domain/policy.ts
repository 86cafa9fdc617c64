/** What an account allows, as data from the configuration: limits of the risk gates and pace of the stages. */
import type { DecimalString } from './decimal.ts'
import type { AccountId, InstrumentId } from './ids.ts'
import type { ProgrammeTerms } from './programme/rules.ts'

export interface AccountPolicy {
  readonly account: AccountId
  readonly venue: string
  /** Strategies whose signals this account takes; `*` takes all. */
  readonly strategies: readonly string[]
  /** How this account sizes entries, whatever size the signal names; null: as the signal says. */
  readonly sizing: SizeRule | null
  /** The same by strategy; goes before `sizing`. */
  readonly strategySizing: Readonly<Record<string, SizeRule>>
  /** Rules of the prop programme that owns the account; null: nobody's. */
  readonly programme: ProgrammeTerms | null
  readonly gates: GatePolicy
  readonly pace: PacePolicy
}

/** Whether a list of strategies covers one; `*` covers all. */
export function coversStrategy(strategies: readonly string[], strategy: string): boolean {
  return strategies.includes('*') || strategies.includes(strategy)
}

/** Size of an entry: contracts, order value in USD, order value as a fraction of broker equity, USD lost when the stop is hit. */
export interface SizeRule {
  readonly type: 'contracts' | 'notional_usd' | 'equity_fraction' | 'risk_usd'
  readonly value: DecimalString
}

/** Limits for new exposure; null is no limit. Exits are never gated. */
export interface GatePolicy {
  /** Tradable instruments; `*` allows every one the venue lists. */
  readonly instruments: readonly InstrumentId[]
  readonly maxPositions: number | null
  /** USD per order. */
  readonly maxOrderNotional: DecimalString | null
  /** Sum of reserved notional over broker equity, e.g. "2" is twice the equity. */
  readonly maxExposure: DecimalString | null
  /** Loss from the equity high-water mark as a fraction, e.g. "0.1". */
  readonly maxDrawdown: DecimalString | null
  /** USD lost since the start of the UTC day, open PnL included. */
  readonly maxDailyLoss: DecimalString | null
  /** Farthest a limit price may stand from the mark, basis points. */
  readonly priceCollarBps: number
  /** Accepted entries per minute. */
  readonly maxEntriesPerMinute: number | null
  /** Whether every entry must bring a stop. */
  readonly stopRequired: boolean
}

/** Rhythm of looking, ms. The stream wakes workers earlier. */
export interface PacePolicy {
  /** Between looks at the mark of an open position, and the longest pause between looks at what is unsettled. */
  readonly monitorMs: number
  /** Longest time without a full look at the broker while its stream is up and silent; request budgets are finite. */
  readonly lookMs: number
  /** Between looks while an entry or exit is unsettled; grows with the time since anything changed. */
  readonly settleMs: number
  /** A mark older than this is read anew. */
  readonly markMaxAgeMs: number
  /** Slippage allowed for exits and triggered stops, basis points. */
  readonly exitSlippageBps: number
  /** Smallest move of a trailing stop that is worth a request, basis points (venue budgets are finite). */
  readonly trailStepBps: number
  /** Exposure without a native stop longer than this is a critical alert. */
  readonly nakedAlertMs: number
}

/** A closed gate: which, its limit and what was observed. */
export interface Denial {
  readonly gate: string
  readonly limit: string
  readonly observed: string
}
