/** What the fold of fills into episodes may be told about the venue and the input. */
import type { Decimal, DecimalString } from './decimal.ts'
import type { EntryRule } from './entry-rule.ts'
import type { Fill } from './fill.ts'

/** Everything is optional: without options the fold is exact and names no dust. */
export interface EpisodeOptions {
  /** How the venue keeps entry prices; the exact average when its rule is not known. */
  readonly entryRule?: EntryRule
  /** How far the input itself may be off the venue's closedPnl (rounded files), USD; exact when absent. */
  readonly resolution?: (fill: Fill) => Decimal
  /** A price tick, USD: names differences below one tick on the size as rounding of the entry. */
  readonly priceTick?: DecimalString
  /** Largest position that counts as dust, contracts; usually one lot. */
  readonly dustSize?: DecimalString
  /** Token of PnL and margin, `USDC` by default. */
  readonly settlementToken?: string
}
