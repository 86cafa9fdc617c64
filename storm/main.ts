/** `npm run storm`: breaks everything while signals flow, lets it settle, and holds every promise against the venues' own ledgers. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { findRedisProgram } from '#embedded/redis-server.ts'
import type { BookKind } from './plan.ts'
import { type StormReport, tableOf } from './report.ts'
import { runStorm } from './run-storm.ts'

const USAGE = `Usage: npm run storm -- [options]
  --seed S      seed of the plan, the signals and the prices (default 1)
  --minutes M   how long signals flow and things break (default 1)
  --book B      embedded (default) or firestore
  --rate R      signals a second (default 1.5)
  --every MS    mean time between two disturbances (default 2000)
  --workers N   worker processes (default 3)
  --json FILE   writes the report as JSON
  --keep        keeps logs and evidence of a clean storm, too
Ends with 0 when every invariant holds, 1 when one is broken, 2 for wrong options.`

const FLAGS = {
  seed: { type: 'string', default: '1' },
  minutes: { type: 'string', default: '1' },
  book: { type: 'string', default: 'embedded' },
  rate: { type: 'string', default: '1.5' },
  every: { type: 'string', default: '2000' },
  workers: { type: 'string', default: '3' },
  json: { type: 'string' },
  keep: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const

interface Settings {
  readonly seed: number
  readonly minutes: number
  readonly book: BookKind
  readonly signalsPerSecond: number
  readonly everyMs: number
  readonly workers: number
}

/** Null when an option makes no sense. */
function settingsOf(values: Readonly<Record<'seed' | 'minutes' | 'book' | 'rate' | 'every' | 'workers', string>>) {
  const { book } = values
  if (book !== 'embedded' && book !== 'firestore') return null
  const settings: Settings = {
    seed: Number(values.seed),
    minutes: Number(values.minutes),
    book,
    signalsPerSecond: Number(values.rate),
    everyMs: Number(values.every),
    workers: Number(values.workers),
  }
  const { seed, minutes, signalsPerSecond, everyMs, workers } = settings
  const isSound = Number.isSafeInteger(seed) && Number.isSafeInteger(workers)
  return isSound && Math.min(minutes, signalsPerSecond, everyMs, workers) > 0 ? settings : null
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: FLAGS })
  const settings = settingsOf(values)
  if (values.help || settings === null) {
    if (!values.help) process.stderr.write(`Expected positive numbers and a book, saw ${JSON.stringify(values)}.\n`)
    process.stdout.write(`${USAGE}\n`)
    return values.help ? 0 : 2
  }
  const report = await storm(settings, values.keep)
  process.stdout.write(tableOf(report))
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`)
  return report.clean ? 0 : 1
}

async function storm(settings: Settings, keep: boolean): Promise<StormReport> {
  const { seed, minutes, book } = settings
  const dir = mkdtempSync(join(tmpdir(), 'truebook-storm-'))
  const ended = endOnSignal()
  const startedAt = performance.now()
  const tell = (text: string): void => {
    process.stdout.write(`${((performance.now() - startedAt) / 1000).toFixed(1).padStart(6)}s  ${text}\n`)
  }
  try {
    const result = await runStorm({ ...settings, dir, lengthMs: minutes * 60_000, tell, ended })
    const clean = result.breaches.length === 0
    const kept = clean && !keep ? null : dir
    if (kept === null) rmSync(dir, { recursive: true, force: true })
    return { seed, minutes, book, versions: versions(), clean, ...result, kept }
  } catch (error) {
    process.stderr.write(`The storm could not be finished; logs and configuration: ${dir}\n`)
    throw error
  }
}

/** The first signal ends the storm in order, a second one at once. */
function endOnSignal(): AbortSignal {
  const ended = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (ended.signal.aborted) process.exit(130)
      ended.abort(new Error(`The storm was ended by ${name}.`))
    })
  }
  return ended.signal
}

function versions(): Readonly<Record<string, string>> {
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8')) as {
    readonly version: string
  }
  const redis =
    /v=([\d.]+)/.exec(execFileSync(findRedisProgram(), ['--version'], { encoding: 'utf8' }))?.[1] ?? 'unknown'
  return { truebook: version, node: process.versions.node, redis }
}

process.exitCode = await main()
