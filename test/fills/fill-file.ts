/** Fill files for tests: written to a temporary folder that the test removes. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { COLUMNS } from '#fills/columns.ts'
import { replayFile } from '#fills/replay.ts'
import type { ReplayReport } from '#fills/report.ts'

/** The recorded mainnet fills. */
export const RECORDED = join(import.meta.dirname, '../vectors/hyperliquid/fills.csv')

export const HEADER = COLUMNS.join(',')
export const ACCOUNT = '0x00000000000000000000000000000000000000aa'

/** Lines of the recorded file, header first, without line ends. */
export async function recordedLines(): Promise<string[]> {
  return (await readFile(RECORDED, 'utf8')).split('\n')
}

/** One row as the recorded file writes it; cells by column name. */
export function rowOf(cells: Readonly<Record<string, string>>): string {
  const defaults: Readonly<Record<string, string>> = {
    Account: ACCOUNT,
    Coin: 'SOL',
    'Execution Price': '100',
    'Size Tokens': '1',
    'Size USD': '',
    Side: 'BUY',
    'Timestamp IST': '02-12-2024 22:50',
    'Start Position': '0',
    Direction: 'Open Long',
    'Closed PnL': '0',
    'Transaction Hash': '0xab',
    'Order ID': '1',
    Crossed: 'TRUE',
    Fee: '0.1',
    'Trade ID': '8.95E+14',
    Timestamp: '1.73E+12',
  }
  return COLUMNS.map((column) => cells[column] ?? defaults[column] ?? '').join(',')
}

/** Writes a file, hands its path over, and removes it. */
export async function withFile<Result>(
  content: string | Buffer,
  use: (path: string) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'truebook-fills-'))
  try {
    const path = join(folder, 'fills.csv')
    await writeFile(path, content)
    return await use(path)
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** Replays a file of these lines. */
export function replayLines(lines: readonly string[], end = '\n'): Promise<ReplayReport> {
  return withFile(lines.join(end) + end, replayFile)
}
