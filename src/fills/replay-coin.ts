/** Replays one account and coin: chain, episodes, and the venue's PnL against the prices. */
import { buildEpisodes } from '#domain/build-episodes.ts'
import { Decimal, type DecimalString, ZERO, decimal, sumDecimals, toDecimalString } from '#domain/decimal.ts'
import { hyperliquidEntry } from '#domain/entry-rule.ts'
import type { Episode } from '#domain/episode.ts'
import { type ChainGap, type FillChain, chainFills, positionAfter } from '#domain/fill-chain.ts'
import type { Fill } from '#domain/fill.ts'
import { type Contradictions, contradictionsOf } from './contradictions.ts'
import { lineOf } from './read-fills.ts'
import type { CoinReport, DifferenceReport, EpisodeReport, FeesByToken, GapReport } from './report.ts'

/** What the whole file shows about a coin and about its own rounding. */
export interface CoinFacts {
  /** Decimals of its lot, as the longest size or position shows. */
  readonly sizeDecimals: number
  /** Most decimals its lot can have: prices and sizes share six. */
  readonly maxSizeDecimals: number
  readonly resolution: (fill: Fill) => Decimal
  /** Lines whose price times size contradicts the size in USD. */
  readonly contradicting: ReadonlySet<number>
}

/** A replayed coin: the report, and the chain and episodes behind it. */
export interface ReplayedCoin {
  readonly report: CoinReport
  readonly chain: FillChain
  readonly episodes: readonly Episode[]
  readonly contradictions: Contradictions
}

/** Replays the fills of one account and coin, given in file order. */
export function replayCoin(fills: readonly Fill[], facts: CoinFacts): ReplayedCoin {
  const chain = chainFills(fills, { evidence: 'given' })
  const { episodes, sizeDecimals } = fitEpisodes(chain, facts)
  const lines = new Map(chain.fills.map((fill) => [fill.fillId, lineOf(fill)]))
  const contradictions = contradictionsOf(chain)
  const suspects = new Set([...facts.contradicting, ...contradictions.direction, ...contradictions.startPosition])
  const first = chain.fills[0]
  if (first === undefined) throw new RangeError('Expected at least one fill to replay, saw none.')
  const grossVenue = sumDecimals(episodes.map((episode) => episode.grossVenue))
  const fees = addFees(episodes.map((episode) => episode.fees))
  const report: CoinReport = {
    account: first.account,
    coin: first.instrument,
    rows: chain.fills.length,
    sizeDecimals,
    order: chain.order,
    complete: episodes.every((episode) => episode.coverage === 'complete'),
    finalPosition: positionAfter(chain),
    grossVenue: toDecimalString(grossVenue),
    comparable: comparableOf(episodes, facts.resolution),
    fees,
    net: netOf(grossVenue, fees),
    gaps: chain.gaps.map((gap) => describeGap(gap, lines, suspects)),
    episodes: episodes.map((episode) => describeEpisode(episode, lines, suspects)),
  }
  return { report, chain, episodes, contradictions }
}

/** Sums fees token by token. */
export function addFees(parts: Iterable<FeesByToken>): FeesByToken {
  const sums = new Map<string, Decimal>()
  for (const part of parts) {
    for (const [token, fee] of Object.entries(part)) sums.set(token, (sums.get(token) ?? ZERO).plus(fee))
  }
  return Object.fromEntries([...sums].map(([token, sum]) => [token, toDecimalString(sum)]))
}

/** Gross minus fees; null when a fee was taken in another token than USDC. */
export function netOf(gross: Decimal, fees: FeesByToken): DecimalString | null {
  const foreign = Object.entries(fees).some(([token, fee]) => token !== 'USDC' && fee !== '0')
  return foreign ? null : toDecimalString(gross.minus(fees['USDC'] ?? ZERO))
}

/**
 * The lot decides the venue's entry rounding and a file does not state it: the decimals that sizes show are the guess.
 * When rows disagree, the other lots that the venue's six decimals allow are tried (sizes may all be round, or one row
 * wrong), nearest first; the one that explains most rows is reported.
 */
function fitEpisodes(chain: FillChain, facts: CoinFacts): { episodes: Episode[]; sizeDecimals: number } {
  let best = { episodes: buildWith(chain, facts, facts.sizeDecimals), sizeDecimals: facts.sizeDecimals }
  let fewest = differencesOf(best.episodes)
  const others = Array.from({ length: facts.maxSizeDecimals + 1 }, (_, decimals) => decimals)
    .filter((decimals) => decimals !== facts.sizeDecimals)
    .toSorted((a, b) => Math.abs(a - facts.sizeDecimals) - Math.abs(b - facts.sizeDecimals))
  for (const sizeDecimals of others) {
    if (fewest === 0) break
    const episodes = buildWith(chain, facts, sizeDecimals)
    const differences = differencesOf(episodes)
    if (differences < fewest) {
      best = { episodes, sizeDecimals }
      fewest = differences
    }
  }
  return best
}

function buildWith(chain: FillChain, facts: CoinFacts, sizeDecimals: number): Episode[] {
  return buildEpisodes(chain, {
    entryRule: hyperliquidEntry(sizeDecimals),
    resolution: facts.resolution,
    priceTick: toDecimalString(new Decimal(10).pow(sizeDecimals - 6)),
    dustSize: toDecimalString(new Decimal(10).pow(-sizeDecimals)),
  })
}

function differencesOf(episodes: readonly Episode[]): number {
  let count = 0
  for (const episode of episodes) count += episode.check.differences.length
  return count
}

function comparableOf(episodes: readonly Episode[], resolution: (fill: Fill) => Decimal): CoinReport['comparable'] {
  let venue: Decimal = ZERO
  let recomputed: Decimal = ZERO
  let slack: Decimal = ZERO
  for (const episode of episodes) {
    if (episode.grossRecomputed === null) continue
    venue = venue.plus(episode.grossVenue)
    recomputed = recomputed.plus(episode.grossRecomputed)
    for (const leg of episode.legs) if (leg.role === 'close') slack = slack.plus(resolution(leg.fill))
  }
  return {
    grossVenue: toDecimalString(venue),
    grossRecomputed: toDecimalString(recomputed),
    difference: toDecimalString(venue.minus(recomputed)),
    resolution: toDecimalString(slack),
  }
}

function describeGap(gap: ChainGap, lines: ReadonlyMap<string, number>, suspects: ReadonlySet<number>): GapReport {
  const afterLine = gap.afterFillId === null ? null : (lines.get(gap.afterFillId) ?? null)
  const beforeLine = lines.get(gap.beforeFillId) ?? 0
  return {
    afterLine,
    beforeLine,
    expected: gap.expected,
    seen: gap.seen,
    missing: toDecimalString(decimal(gap.seen).minus(gap.expected)),
    suspectLines: [afterLine ?? 0, beforeLine].filter((line) => suspects.has(line)),
  }
}

function describeEpisode(
  episode: Episode,
  lines: ReadonlyMap<string, number>,
  suspects: ReadonlySet<number>,
): EpisodeReport {
  const { grossVenue, grossRecomputed, check } = episode
  const legLines = episode.legs.map((leg) => lineOf(leg.fill))
  const suspectLines = legLines.filter((line) => suspects.has(line))
  return {
    side: episode.side,
    status: episode.status,
    coverage: episode.coverage,
    partialReasons: episode.partialReasons,
    openedAt: episode.openedAt,
    closedAt: episode.closedAt,
    maxSize: episode.maxSize,
    openedSize: episode.openedSize,
    closedSize: episode.closedSize,
    residual: episode.residual,
    entryAverage: episode.entryAverage,
    exitAverage: episode.exitAverage,
    grossVenue,
    grossRecomputed,
    difference: grossRecomputed === null ? null : toDecimalString(decimal(grossVenue).minus(grossRecomputed)),
    grossCash: episode.grossCash,
    fees: episode.fees,
    net: episode.net,
    equal: check.equal,
    unknown: check.unknown,
    differences: check.differences.map(({ fillId, cause, ...rest }): DifferenceReport => ({
      line: lines.get(fillId) ?? 0,
      ...rest,
      cause: suspectLines.length > 0 && cause !== 'opening-pnl' ? 'suspect-row' : cause,
    })),
    forcedBy: [...new Set(episode.exitOrders.flatMap(({ forcedBy }) => forcedBy ?? []))],
    suspectLines,
    lines: legLines,
  }
}
