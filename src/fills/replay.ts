/**
 * Replays a fill file through the code the reconciler uses. Accounts for every row: file = episodes + set aside, in rows,
 * closed PnL and fees, exactly; a replay that cannot show this fails instead of printing.
 */
import { sumDecimals, toDecimalString } from '#domain/decimal.ts'
import type { Fill } from '#domain/fill.ts'
import { groupFills } from '#domain/fill-chain.ts'
import { reconcileSums, setAsideRows, spotReports, withoutSpotRepeats } from './account-rows.ts'
import { contradictionRemarks, countRemark } from './contradictions.ts'
import { type FillFile, lineOf, readFillFile } from './read-fills.ts'
import { type CoinFacts, addFees, netOf, replayCoin } from './replay-coin.ts'
import type { CoinReport, EpisodeReport, ReplayReport, ReplayTotals } from './report.ts'
import { decimalsOf, pnlResolution, restorePositions } from './rounding.ts'

const SPOT_REASON =
  'Spot pairs are balances, not positions: transfers and fees taken in the coin move them between fills, so no position chain proves their history. Their rows are summed here and enter no episode.'

/** Malformed rows named for one gap. */
const MOST_LINES = 5

/** Replays the file at a path. @throws FillFileError when it is no fill file; ReplayError; file system errors as they are */
export async function replayFile(path: string): Promise<ReplayReport> {
  return replayFills(await readFillFile(path))
}

/** Replays rows already read. @throws ReplayError when a row or a cent is unaccounted for */
export function replayFills(file: FillFile): ReplayReport {
  const facts = coinFacts(file)
  const restored: Fill[] = []
  const coins = groupFills(file.perp).map((group) => {
    const fact = facts(group[0] as Fill)
    const whole = restorePositions(group, fact.sizeDecimals)
    restored.push(...whole.restored)
    return replayCoin(whole.fills, fact)
  })
  const spot = withoutSpotRepeats(file.spot)
  const malformed = file.unread.flatMap(({ line, reason }) => (reason === 'malformed' ? [line] : []))
  const reports = coins.map((coin) => explainGaps(coin.report, malformed))
  return {
    schema: 'truebook.replay/1',
    totals: totalsOf(reports),
    sums: reconcileSums(file, coins, spot),
    coins: reports,
    spot: spotReports(spot.fills),
    spotReason: SPOT_REASON,
    setAside: setAsideRows(file, coins, spot),
    remarks: [
      ...file.remarks,
      ...contradictionRemarks(coins.map((coin) => coin.contradictions)),
      ...countRemark({ code: 'position-restored', column: 'Start Position' }, restored.map(lineOf)),
    ],
    blankLines: file.blankLines,
    unknownColumns: file.unknownColumns,
  }
}

/** Adds the malformed rows inside each gap to its suspects; `malformed` ascends. */
function explainGaps(coin: CoinReport, malformed: readonly number[]): CoinReport {
  if (coin.gaps.length === 0 || malformed.length === 0) return coin
  const gaps = coin.gaps.map((gap) => {
    const inside = malformed.filter((line) => line > (gap.afterLine ?? 0) && line < gap.beforeLine)
    return { ...gap, suspectLines: [...gap.suspectLines, ...inside.slice(0, MOST_LINES)] }
  })
  return { ...coin, gaps }
}

function coinFacts({ perp, contradicting }: FillFile): (fill: Fill) => CoinFacts {
  const seen = new Map<string, { size: number; price: number }>()
  for (const { instrument, size, startPosition, price } of perp) {
    const coin = seen.get(instrument) ?? { size: 0, price: 0 }
    coin.size = Math.max(coin.size, decimalsOf(size), decimalsOf(startPosition))
    coin.price = Math.max(coin.price, decimalsOf(price))
    seen.set(instrument, coin)
  }
  const resolution = pnlResolution(perp)
  return ({ instrument }) => {
    const { size, price } = seen.get(instrument) ?? { size: 0, price: 0 }
    return { sizeDecimals: size, maxSizeDecimals: 6 - price, resolution, contradicting }
  }
}

function totalsOf(coins: readonly CoinReport[]): ReplayTotals {
  const episodes = coins.flatMap((coin) => coin.episodes)
  const complete = coins.filter((coin) => coin.complete)
  const grossVenue = sumDecimals(coins.map((coin) => coin.grossVenue))
  const fees = addFees(coins.map((coin) => coin.fees))
  return {
    accounts: new Set(coins.map((coin) => coin.account)).size,
    chains: coins.length,
    completeChains: complete.length,
    equalChains: complete.filter((coin) => coin.episodes.every(isEqual)).length,
    episodes: episodes.length,
    completeEpisodes: episodes.filter((episode) => episode.coverage === 'complete').length,
    closedEpisodes: episodes.filter((episode) => episode.status === 'closed').length,
    openEpisodes: episodes.filter((episode) => episode.status === 'open').length,
    dustEpisodes: episodes.filter((episode) => episode.status === 'dust').length,
    equalEpisodes: episodes.filter((episode) => episode.coverage === 'complete' && isEqual(episode)).length,
    rowsEqual: count(episodes, (episode) => episode.equal),
    rowsUnknown: count(episodes, (episode) => episode.unknown),
    rowsDifferent: count(episodes, (episode) => episode.differences.length),
    gaps: coins.reduce((sum, coin) => sum + coin.gaps.length, 0),
    grossVenue: toDecimalString(grossVenue),
    fees,
    net: netOf(grossVenue, fees),
  }
}

function isEqual(episode: EpisodeReport): boolean {
  return episode.differences.length === 0 && episode.unknown === 0
}

function count(episodes: readonly EpisodeReport[], of: (episode: EpisodeReport) => number): number {
  return episodes.reduce((sum, episode) => sum + of(episode), 0)
}
