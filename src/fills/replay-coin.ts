/** Replays one account and coin: chain, episodes, and the venue's PnL against the prices. */
import { buildEpisodes } from '#domain/build-episodes.ts'
import { Decimal, type DecimalString, ZERO, decimal, sumDecimals, toDecimalString } from '#domain/decimal.ts'
import { hyperliquidEntry } from '#domain/entry-rule.ts'
import type { Episode } from '#domain/episode.ts'
import { type FillChain, chainFills, positionAfter } from '#domain/fill-chain.ts'
import type { Fill } from '#domain/fill.ts'
import { lineOf } from './read-fills.ts'
import type { CoinReport, DifferenceReport, EpisodeReport, FeesByToken, GapReport } from './report.ts'

/** What the whole file shows about a coin and about its own rounding. */
export interface CoinFacts {
  /** Fewest decimals its lot can have: the most that a size or position shows. */
  readonly sizeDecimals: number
  /** Most decimals its lot can have: prices and sizes share six. */
  readonly maxSizeDecimals: number
  readonly resolution: (fill: Fill) => Decimal
}

/** A replayed coin: the report, and the chain and episodes behind it. */
export interface ReplayedCoin {
  readonly report: CoinReport
  readonly chain: FillChain
  readonly episodes: readonly Episode[]
}

/** Replays the fills of one account and coin, given in file order. */
export function replayCoin(fills: readonly Fill[], facts: CoinFacts): ReplayedCoin {
  const chain = chainFills(fills, { evidence: 'given' })
  const { episodes, sizeDecimals } = fitEpisodes(chain, facts)
  const lines = new Map(chain.fills.map((fill) => [fill.fillId, lineOf(fill)]))
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
    gaps: chain.gaps.map((gap): GapReport => ({
      afterLine: gap.afterFillId === null ? null : (lines.get(gap.afterFillId) ?? null),
      beforeLine: lines.get(gap.beforeFillId) ?? 0,
      expected: gap.expected,
      seen: gap.seen,
      missing: toDecimalString(decimal(gap.seen).minus(gap.expected)),
      malformedLines: [],
    })),
    episodes: episodes.map((episode) => describeEpisode(episode, lines)),
  }
  return { report, chain, episodes }
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
 * The lot decides the venue's entry rounding and a file does not state it: the decimals seen are its least. When some
 * rows disagree, finer lots that the prices still allow are tried; the one that explains most rows is reported.
 */
function fitEpisodes(chain: FillChain, facts: CoinFacts): { episodes: Episode[]; sizeDecimals: number } {
  let best = { episodes: buildWith(chain, facts, facts.sizeDecimals), sizeDecimals: facts.sizeDecimals }
  let fewest = differencesOf(best.episodes)
  for (let decimals = facts.sizeDecimals + 1; fewest > 0 && decimals <= facts.maxSizeDecimals; decimals += 1) {
    const episodes = buildWith(chain, facts, decimals)
    const differences = differencesOf(episodes)
    if (differences < fewest) {
      best = { episodes, sizeDecimals: decimals }
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

function describeEpisode(episode: Episode, lines: ReadonlyMap<string, number>): EpisodeReport {
  const { grossVenue, grossRecomputed, check } = episode
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
    differences: check.differences.map(({ fillId, ...rest }): DifferenceReport => ({
      line: lines.get(fillId) ?? 0,
      ...rest,
    })),
    forcedBy: [...new Set(episode.exitOrders.flatMap(({ forcedBy }) => forcedBy ?? []))],
    lines: episode.legs.map((leg) => lineOf(leg.fill)),
  }
}
