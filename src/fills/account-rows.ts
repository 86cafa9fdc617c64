/** Accounts for every row and cent of a fill file: file = in episodes + set aside, exactly, or an error. */
import type { Fill } from '#domain/fill.ts'
import { type Decimal, ZERO, toDecimalString } from '#domain/decimal.ts'
import { type ColumnSums, type FillFile, SumsBuilder, addSums, lineOf } from './read-fills.ts'
import { type ReplayedCoin, addFees } from './replay-coin.ts'
import type { ReplayReport, SetAsideRow, SpotReport } from './report.ts'

/** Thrown when rows or sums do not add up: a defect of this program, never of the file. */
export class ReplayError extends Error {
  override readonly name = 'ReplayError'
}

/** Spot rows, each identity once, and the lines that repeat an earlier one. */
export interface SpotRows {
  readonly fills: readonly Fill[]
  readonly repeats: readonly { readonly fill: Fill; readonly of: Fill; readonly differs: readonly string[] }[]
}

/** Takes repeated rows out of the spot fills. */
export function withoutSpotRepeats(rows: readonly Fill[]): SpotRows {
  const first = new Map<string, Fill>()
  const repeats: SpotRows['repeats'][number][] = []
  for (const fill of rows) {
    const of = first.get(fill.fillId)
    if (of === undefined) first.set(fill.fillId, fill)
    else
      repeats.push({ fill, of, differs: (['closedPnl', 'fee'] as const).filter((field) => fill[field] !== of[field]) })
  }
  return { fills: [...first.values()], repeats }
}

/** Sums of every part of the file. @throws ReplayError when the parts are not the whole */
export function reconcileSums(file: FillFile, coins: readonly ReplayedCoin[], spot: SpotRows): ReplayReport['sums'] {
  const malformed = new SumsBuilder()
  const headers = new SumsBuilder()
  for (const row of file.unread) {
    const sums = row.reason === 'malformed' ? malformed : headers
    sums.add(row.closedPnl, row.fee)
  }
  const duplicates = new SumsBuilder()
  const conflicts = new SumsBuilder()
  for (const { fill, differs } of [...coins.flatMap((coin) => coin.chain.duplicates), ...spot.repeats]) {
    const sums = differs.length === 0 ? duplicates : conflicts
    sums.add(fill.closedPnl, fill.fee)
  }
  const spotSums = new SumsBuilder()
  for (const fill of spot.fills) spotSums.add(fill.closedPnl, fill.fee)
  const setAsideByReason = {
    malformed: malformed.finish(),
    'repeated-header': headers.finish(),
    duplicate: duplicates.finish(),
    conflict: conflicts.finish(),
    spot: spotSums.finish(),
  }
  const setAside = addSums(Object.values(setAsideByReason))
  const inEpisodes = episodeSums(coins)
  assertEqual(file.sums, addSums([inEpisodes, setAside]))
  return { file: file.sums, inEpisodes, setAside, setAsideByReason }
}

/** Every row set aside except spot, by line. */
export function setAsideRows(file: FillFile, coins: readonly ReplayedCoin[], spot: SpotRows): SetAsideRow[] {
  const rows: SetAsideRow[] = file.unread.map(({ line, reason, problems }) =>
    reason === 'malformed' ? { line, reason, problems } : { line, reason },
  )
  for (const { fill, of, differs } of [...coins.flatMap((coin) => coin.chain.duplicates), ...spot.repeats]) {
    const place = { line: lineOf(fill), ofLine: lineOf(of) }
    if (differs.length === 0) rows.push({ ...place, reason: 'duplicate' })
    else rows.push({ ...place, reason: 'conflict', differs })
  }
  return rows.toSorted((a, b) => a.line - b.line)
}

/** Spot rows by account and coin. */
export function spotReports(fills: readonly Fill[]): SpotReport[] {
  const groups = new Map<
    string,
    { readonly first: Fill; rows: number; closedPnl: Decimal; fees: Map<string, Decimal> }
  >()
  for (const fill of fills) {
    const key = `${fill.account} ${fill.instrument}`
    const group = groups.get(key) ?? { first: fill, rows: 0, closedPnl: ZERO, fees: new Map<string, Decimal>() }
    group.rows += 1
    group.closedPnl = group.closedPnl.plus(fill.closedPnl)
    group.fees.set(fill.feeToken, (group.fees.get(fill.feeToken) ?? ZERO).plus(fill.fee))
    groups.set(key, group)
  }
  return [...groups.values()].map(({ first, rows, closedPnl, fees }) => ({
    account: first.account,
    coin: first.instrument,
    rows,
    closedPnl: toDecimalString(closedPnl),
    fees: Object.fromEntries([...fees].map(([token, fee]) => [token, toDecimalString(fee)])),
  }))
}

/** From the episodes' legs, not from the fills: this is what the identity is meant to test. */
function episodeSums(coins: readonly ReplayedCoin[]): ColumnSums {
  let closedPnl: Decimal = ZERO
  let fee: Decimal = ZERO
  const fills = new Set<Fill>()
  for (const { episodes } of coins) {
    for (const episode of episodes) {
      closedPnl = closedPnl.plus(episode.grossVenue)
      for (const sum of Object.values(addFees([episode.fees]))) fee = fee.plus(sum)
      for (const leg of episode.legs) fills.add(leg.fill)
    }
  }
  return {
    rows: fills.size,
    closedPnl: toDecimalString(closedPnl),
    fee: toDecimalString(fee),
    unreadablePnl: 0,
    unreadableFee: 0,
  }
}

function assertEqual(file: ColumnSums, parts: ColumnSums): void {
  for (const field of ['rows', 'closedPnl', 'fee', 'unreadablePnl', 'unreadableFee'] as const) {
    if (file[field] !== parts[field]) {
      throw new ReplayError(
        `Expected the parts of the file to sum to it: ${field} is ${file[field]} in the file and ${parts[field]} in the parts. Please report this with the file.`,
      )
    }
  }
}
