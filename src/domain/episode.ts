/**
 * Episode: the life of a position, flat -> exposed -> flat, told by fills alone. An episode whose fills are not all
 * there is `partial` and says why; its sums hold for what was seen and prove nothing more.
 */
import type { DecimalString } from './decimal.ts'
import type { FillLeg, ForcedBy } from './fill.ts'
import type { ChainGap } from './fill-chain.ts'
import type { AccountId, InstrumentId } from './ids.ts'
import type { PositionSide } from './position.ts'

/**
 * Why fills of an episode are missing. `begins-inside`: the first fill seen found a position, so the entry is unknown ·
 * `gap-inside`: the chain breaks within · `ends-in-gap`: the closing fills are missing.
 */
export type PartialReason = 'begins-inside' | 'gap-inside' | 'ends-in-gap'

/**
 * Why the venue's closedPnl differs from the one recomputed. `tied-order`: fills of one instant whose order the chain
 * leaves open · `entry-grid`: by less than one price tick on the size, the venue's rounding of the entry is not the one
 * assumed · `opening-pnl`: the venue states PnL for a fill that only opened · `unexplained`.
 */
export type DifferenceCause = 'tied-order' | 'entry-grid' | 'opening-pnl' | 'unexplained'

/** One leg whose closedPnl the prices do not give. USD. */
export interface PnlDifference {
  readonly fillId: string
  readonly venue: DecimalString
  readonly recomputed: DecimalString
  readonly difference: DecimalString
  readonly cause: DifferenceCause
}

/** The venue's closedPnl against prices, leg by leg. `unknown`: closing legs whose entry was not seen. */
export interface PnlCheck {
  readonly equal: number
  readonly unknown: number
  readonly differences: readonly PnlDifference[]
}

/** What closed the position: one entry per order, in order of its first closing fill. */
export interface ExitOrder {
  readonly venueOrderId: string
  readonly clientOrderId: string | null
  readonly size: DecimalString
  /** Set when the venue forced it; who made an ordinary order is for its record to say. */
  readonly forcedBy: ForcedBy | null
}

export interface Episode {
  /** Deterministic: from the fill and role of the first leg. */
  readonly episodeId: string
  readonly account: AccountId
  readonly instrument: InstrumentId
  readonly side: PositionSide
  /** `dust`: what is left is at most the dust size given, too small to count as exposure; `residual` has it. `closed` with `ends-in-gap`: flat at an unknown moment. */
  readonly status: 'open' | 'dust' | 'closed'
  readonly coverage: 'complete' | 'partial'
  readonly partialReasons: readonly PartialReason[]
  /** Breaks inside or at the edges of this episode. */
  readonly gaps: readonly ChainGap[]
  /** Times of the first and last leg, ms; `closedAt` null while open or when the end is in a gap. */
  readonly openedAt: number
  readonly closedAt: number | null
  /** Unsigned position left after the last leg seen. */
  readonly residual: DecimalString
  readonly maxSize: DecimalString
  /** Contracts opened and closed by the legs seen. */
  readonly openedSize: DecimalString
  readonly closedSize: DecimalString
  /** Size-weighted over opening and closing legs, USD, 12 decimals; null when none, and for the entry when it was not all seen. */
  readonly entryAverage: DecimalString | null
  readonly exitAverage: DecimalString | null
  /** Sum of the venue's closedPnl, USD: the figure to book. */
  readonly grossVenue: DecimalString
  /** The same recomputed from prices by the entry rule; null when the entry was not all seen. */
  readonly grossRecomputed: DecimalString | null
  /** USD sold minus bought over the whole life, exact; null unless closed and complete. Differs from the venue's by its rounding of the entry. */
  readonly grossCash: DecimalString | null
  readonly fees: Readonly<Record<string, DecimalString>>
  /** grossVenue minus fees, entry fees included; null when a fee was taken in another token than the settlement one. */
  readonly net: DecimalString | null
  readonly check: PnlCheck
  readonly exitOrders: readonly ExitOrder[]
  readonly legs: readonly FillLeg[]
}
