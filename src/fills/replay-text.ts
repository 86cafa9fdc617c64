/** The replay report as a table for people; the JSON form has everything, this has what decides. */
import type { CoinReport, EpisodeReport, FeesByToken, GapReport, ReplayReport, SetAsideRow } from './report.ts'

const LISTED = 20

/** Renders the report as lines. `verbose` adds a line for every episode. */
export function renderReplay(report: ReplayReport, options: { readonly verbose: boolean }): string {
  const lines: string[] = []
  for (const account of new Set(report.coins.map((coin) => coin.account))) {
    const coins = report.coins.filter((coin) => coin.account === account)
    lines.push(`Account ${account}`, ...coinTable(coins), '')
    if (options.verbose) lines.push(...coins.flatMap(episodeTable))
  }
  lines.push(...spotLines(report), ...gapLines(report), ...differenceLines(report), ...setAsideLines(report))
  lines.push(...remarkLines(report), ...sumLines(report), '', ...verdict(report))
  return `${lines.join('\n')}\n`
}

function coinTable(coins: readonly CoinReport[]): string[] {
  const head = [
    'coin',
    'rows',
    'episodes',
    'partial',
    'position',
    'gross (venue)',
    'recomputed',
    'difference',
    'fees',
    'net',
    'gaps',
  ]
  const rows = coins.map((coin) => [
    coin.coin,
    String(coin.rows),
    String(coin.episodes.length),
    String(coin.episodes.filter((episode) => episode.coverage === 'partial').length),
    coin.finalPosition,
    coin.grossVenue,
    recomputedText(coin),
    differenceText(coin),
    feesText(coin.fees),
    coin.net ?? '-',
    String(coin.gaps.length),
  ])
  return table([head, ...rows])
}

/** Of the comparable part only; a star says that some of the gross is not. */
function recomputedText({ comparable, grossVenue }: CoinReport): string {
  return comparable.grossRecomputed + (comparable.grossVenue === grossVenue ? '' : '*')
}

function differenceText({ comparable, episodes }: CoinReport): string {
  const differs = episodes.some((episode) => episode.differences.length > 0)
  if (differs || comparable.difference === '0') return comparable.difference
  return `${comparable.difference} (rounded in file)`
}

function episodeTable(coin: CoinReport): string[] {
  const head = [
    '',
    'side',
    'opened',
    'closed',
    'max size',
    'entry',
    'exit',
    'gross (venue)',
    'recomputed',
    'fees',
    'net',
    'state',
  ]
  const rows = coin.episodes.map((episode, index) => [
    `  #${index + 1}`,
    episode.side,
    instant(episode.openedAt),
    episode.closedAt === null ? '-' : instant(episode.closedAt),
    episode.maxSize,
    episode.entryAverage ?? '?',
    episode.exitAverage ?? '-',
    episode.grossVenue,
    episode.grossRecomputed ?? '?',
    feesText(episode.fees),
    episode.net ?? '-',
    stateText(episode),
  ])
  return [`${coin.coin} of ${coin.account}`, ...table([head, ...rows]), '']
}

function stateText(episode: EpisodeReport): string {
  const partial = episode.coverage === 'partial' ? [`partial: ${episode.partialReasons.join(', ')}`] : []
  return [episode.status, ...partial, ...episode.forcedBy].join('; ')
}

function spotLines({ spot, spotReason }: ReplayReport): string[] {
  if (spot.length === 0) return []
  const head = ['account', 'coin', 'rows', 'gross (venue)', 'fees']
  const rows = spot.map((row) => [row.account, row.coin, String(row.rows), row.closedPnl, feesText(row.fees)])
  return ['Spot, set aside', `  ${spotReason}`, ...table([head, ...rows]), '']
}

function gapLines({ coins }: ReplayReport): string[] {
  const lines = coins.flatMap((coin) =>
    coin.gaps.map(
      (gap) =>
        `  ${coin.coin} of ${coin.account}: position ${gap.expected} after ${lineText(gap.afterLine)}, but line ${gap.beforeLine} starts from ${gap.seen}: ${gap.missing} traded in missing rows${suspectText(gap)}`,
    ),
  )
  return section('Gaps in the position chain', lines)
}

function suspectText({ suspectLines }: GapReport): string {
  return suspectLines.length === 0 ? '' : `; suspect: line ${suspectLines.join(', ')}`
}

function differenceLines({ coins }: ReplayReport): string[] {
  const lines = coins.flatMap((coin) =>
    coin.episodes.flatMap((episode) =>
      episode.differences.map(
        (row) =>
          `  line ${row.line}, ${coin.coin}: closedPnl ${row.venue}, recomputed ${row.recomputed}, difference ${row.difference}: ${row.cause}${row.cause === 'suspect-row' ? ` (line ${episode.suspectLines.slice(0, 3).join(', ')})` : ''}`,
      ),
    ),
  )
  const unknown = coins.flatMap((coin) =>
    coin.episodes
      .filter((episode) => episode.unknown > 0)
      .map(
        (episode) =>
          `  ${coin.coin} of ${coin.account}: ${episode.unknown} closing rows not comparable, entry unknown (${episode.partialReasons.join(', ')})`,
      ),
  )
  return section('Closed PnL not confirmed by prices', [...unknown, ...lines])
}

function setAsideLines({ setAside }: ReplayReport): string[] {
  return section(
    'Rows set aside',
    setAside.map((row) => `  line ${row.line}: ${reasonText(row)}`),
  )
}

function reasonText(row: SetAsideRow): string {
  if (row.reason === 'repeated-header') return 'the header again'
  if (row.reason === 'duplicate') return `repeats line ${row.ofLine}`
  if (row.reason === 'conflict')
    return `same fill as line ${row.ofLine} with another ${row.differs.join(', ')}; line ${row.ofLine} counts`
  return row.problems
    .map(({ column, expected, seen }) => `${column}: expected ${expected}, saw ${JSON.stringify(seen)}`)
    .join('; ')
}

function remarkLines({ remarks, unknownColumns, blankLines }: ReplayReport): string[] {
  const lines = remarks.map(
    ({ code, column, rows, firstLines }) =>
      `  ${code}: ${column}, ${rows} rows, first at line ${firstLines.join(', ')}`,
  )
  if (unknownColumns.length > 0) lines.push(`  columns not used: ${unknownColumns.join(', ')}`)
  if (blankLines > 0) lines.push(`  blank lines: ${blankLines}`)
  return section('Remarks', lines)
}

function sumLines({ sums }: ReplayReport): string[] {
  const parts: readonly [string, { readonly rows: number; readonly closedPnl: string; readonly fee: string }][] = [
    ['in episodes', sums.inEpisodes],
    ...Object.entries(sums.setAsideByReason).filter(([, part]) => part.rows > 0),
    ['file', sums.file],
  ]
  const rows = parts.map(([name, part]) => [name, String(part.rows), part.closedPnl, part.fee])
  return ['Sums (episodes + set aside = file, exactly)', ...table([['', 'rows', 'closed PnL', 'fee'], ...rows])]
}

function verdict({ totals }: ReplayReport): string[] {
  return [
    `${totals.chains} chains (account and coin) of ${totals.accounts} accounts: ${totals.completeChains} complete, of which ${totals.equalChains} agree with the venue in every closing row.`,
    `${totals.episodes} episodes: ${totals.completeEpisodes} complete (${totals.equalEpisodes} equal to the venue), ${totals.closedEpisodes} closed, ${totals.openEpisodes} open, ${totals.dustEpisodes} dust.`,
    `${totals.rowsEqual} closing rows equal, ${totals.rowsUnknown} not comparable, ${totals.rowsDifferent} different; ${totals.gaps} gaps.`,
    `Gross ${totals.grossVenue}, fees ${feesText(totals.fees)}, net ${totals.net ?? '-'}.`,
  ]
}

function section(title: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return []
  const more = lines.length > LISTED ? [`  and ${lines.length - LISTED} more; --json lists all`] : []
  return [title, ...lines.slice(0, LISTED), ...more, '']
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))
  return rows.map(
    (row) =>
      `  ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  ')}`,
  )
}

function feesText(fees: FeesByToken): string {
  return Object.entries(fees)
    .map(([token, fee]) => (token === 'USDC' ? fee : `${fee} ${token}`))
    .join(' + ')
}

function lineText(line: number | null): string {
  return line === null ? 'the start' : `line ${line}`
}

function instant(time: number): string {
  return new Date(time).toISOString().replace('T', ' ').slice(0, 16)
}
