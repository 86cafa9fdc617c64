/**
 * The replay report: `truebook replay --json` prints exactly this. Schema `truebook.replay/1`: fields are only ever
 * added. Money is exact decimal text in USD, sizes are contracts, times ms since epoch, rows are named by file line.
 */
import type { DecimalString } from '#domain/decimal.ts'
import type { DifferenceCause, Episode, PartialReason } from '#domain/episode.ts'
import type { CellProblem } from './row.ts'
import type { ColumnSums, RemarkCount } from './read-fills.ts'

/** Fees by the token they were taken in. */
export type FeesByToken = Readonly<Record<string, DecimalString>>

/** A break of the position chain: `missing` contracts (signed) were traded between the two lines. */
export interface GapReport {
  readonly afterLine: number | null
  readonly beforeLine: number
  readonly expected: DecimalString
  readonly seen: DecimalString
  readonly missing: DecimalString
  /** Rows that may explain it: malformed ones between the two lines, and either line when it contradicts itself. */
  readonly suspectLines: readonly number[]
}

/** A closing (or opening) row whose closedPnl is not what prices give. */
export interface DifferenceReport {
  readonly line: number
  readonly venue: DecimalString
  readonly recomputed: DecimalString
  readonly difference: DecimalString
  /** `suspect-row`: the episode has rows that contradict themselves, see its `suspectLines`. */
  readonly cause: DifferenceCause | 'suspect-row'
}

export interface EpisodeReport {
  readonly side: Episode['side']
  readonly status: Episode['status']
  readonly coverage: Episode['coverage']
  readonly partialReasons: readonly PartialReason[]
  readonly openedAt: number
  readonly closedAt: number | null
  readonly maxSize: DecimalString
  readonly openedSize: DecimalString
  readonly closedSize: DecimalString
  readonly residual: DecimalString
  readonly entryAverage: DecimalString | null
  readonly exitAverage: DecimalString | null
  readonly grossVenue: DecimalString
  /** Null when the entry was not all seen. */
  readonly grossRecomputed: DecimalString | null
  /** grossVenue - grossRecomputed; within the rounding of the file when every row agrees. */
  readonly difference: DecimalString | null
  /** Sold minus bought, exact; the venue's figure differs by its rounding of the entry price. */
  readonly grossCash: DecimalString | null
  readonly fees: FeesByToken
  readonly net: DecimalString | null
  /** Rows compared and equal, rows whose entry is unknown, and the rest. */
  readonly equal: number
  readonly unknown: number
  readonly differences: readonly DifferenceReport[]
  readonly forcedBy: readonly string[]
  /** Rows of it that contradict themselves: direction, start position, or size in USD. */
  readonly suspectLines: readonly number[]
  /** Lines of its fills in chain order; a fill through zero stands in two episodes. */
  readonly lines: readonly number[]
}

/** One account and coin: a chain of fills and what it tells. */
export interface CoinReport {
  readonly account: string
  readonly coin: string
  readonly rows: number
  /** Decimals of the coin's lot, as far as the file shows them. */
  readonly sizeDecimals: number
  readonly order: 'given' | 'repaired'
  /** No gap, and the first fill starts flat. */
  readonly complete: boolean
  readonly finalPosition: DecimalString
  readonly grossVenue: DecimalString
  /** Over the episodes whose entry was seen: the two sides of the comparison. */
  readonly comparable: {
    readonly grossVenue: DecimalString
    readonly grossRecomputed: DecimalString
    readonly difference: DecimalString
    /** Most the file's own rounding can explain. */
    readonly resolution: DecimalString
  }
  readonly fees: FeesByToken
  readonly net: DecimalString | null
  readonly gaps: readonly GapReport[]
  readonly episodes: readonly EpisodeReport[]
}

/** A row that is in no episode, and why. */
export type SetAsideRow =
  | { readonly line: number; readonly reason: 'malformed'; readonly problems: readonly CellProblem[] }
  | { readonly line: number; readonly reason: 'repeated-header' }
  | { readonly line: number; readonly reason: 'duplicate'; readonly ofLine: number }
  /** Same identity as another row, other content: the first one read counts. */
  | { readonly line: number; readonly reason: 'conflict'; readonly ofLine: number; readonly differs: readonly string[] }

export interface SpotReport {
  readonly account: string
  readonly coin: string
  readonly rows: number
  readonly closedPnl: DecimalString
  readonly fees: FeesByToken
}

export interface ReplayTotals {
  readonly accounts: number
  readonly chains: number
  readonly completeChains: number
  /** Complete chains where every closing row was compared and is equal. */
  readonly equalChains: number
  readonly episodes: number
  readonly completeEpisodes: number
  readonly closedEpisodes: number
  readonly openEpisodes: number
  readonly dustEpisodes: number
  readonly equalEpisodes: number
  readonly rowsEqual: number
  readonly rowsUnknown: number
  readonly rowsDifferent: number
  readonly gaps: number
  readonly grossVenue: DecimalString
  readonly fees: FeesByToken
  readonly net: DecimalString | null
}

export interface ReplayReport {
  readonly schema: 'truebook.replay/1'
  readonly totals: ReplayTotals
  /** file = inEpisodes + setAside, per column, exactly; the replay fails when it does not hold. */
  readonly sums: {
    readonly file: ColumnSums
    readonly inEpisodes: ColumnSums
    readonly setAside: ColumnSums
    readonly setAsideByReason: Readonly<
      Record<'malformed' | 'repeated-header' | 'duplicate' | 'conflict' | 'spot', ColumnSums>
    >
  }
  readonly coins: readonly CoinReport[]
  /** Why spot is set aside: `spotReason`. */
  readonly spot: readonly SpotReport[]
  readonly spotReason: string
  readonly setAside: readonly SetAsideRow[]
  readonly remarks: readonly RemarkCount[]
  readonly blankLines: number
  readonly unknownColumns: readonly string[]
}
