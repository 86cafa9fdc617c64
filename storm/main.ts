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

async function main(): Promise<number> {
  const { values } = parseArgs({ options: FLAGS })
  if (values.help) {
    process.stdout.write(`${USAGE}\n`)
    return 0
  }
  const [seed, minutes, rate, every, workers] = [
    values.seed,
    values.minutes,
    values.rate,
    values.every,
    values.workers,
  ].map(Number) as [number, number, number, number, number]
  const isBook = values.book === 'embedded' || values.book === 'firestore'
  if (!isBook || !Number.isSafeInteger(seed) || !(minutes > 0 && rate > 0 && every > 0 && workers >= 1)) {
    process.stderr.write(`Expected whole and positive numbers and a book, saw ${JSON.stringify(values)}.\n${USAGE}\n`)
    return 2
  }
  const book: BookKind = values.book === 'firestore' ? 'firestore' : 'embedded'
  const dir = mkdtempSync(join(tmpdir(), 'truebook-storm-'))
  const ended = endOnSignal()
  const startedAt = performance.now()
  const tell = (text: string): void => {
    process.stdout.write(`${((performance.now() - startedAt) / 1000).toFixed(1).padStart(6)}s  ${text}\n`)
  }
  const settings = { signalsPerSecond: rate, everyMs: every, workers: Math.floor(workers) }
  const result = await runStorm({ dir, seed, lengthMs: minutes * 60_000, book, ...settings, tell, ended }).catch(
    (error: unknown) => {
      process.stderr.write(`The storm could not be finished; logs and configuration: ${dir}\n`)
      throw error
    },
  )
  const clean = result.breaches.length === 0
  const kept = clean && !values.keep ? null : dir
  if (kept === null) rmSync(dir, { recursive: true, force: true })
  const report: StormReport = { seed, minutes, book, versions: versions(), clean, ...result, kept }
  process.stdout.write(tableOf(report))
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`)
  return clean ? 0 : 1
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
