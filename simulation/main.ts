/**
 * `npm run simulate`: lives many simulated worlds, each a pure function of its seed, and holds every promise against the venues'
 * own ledgers. `--seed S` tells one of them line by line; `--every-boundary` dies at each boundary of short lives, one after another.
 */
import { writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { liveAll } from './many.ts'
import type { Report } from './runner.ts'
import { Tally, textOf } from './summary.ts'
import type { Task } from './task.ts'

const USAGE = `npm run simulate -- [--seeds N] [--from S] [--jobs J] [--every-boundary [--stride K]] [--json FILE]
npm run simulate -- --seed S                      tells one world, line by line
npm run simulate -- --life NAME --boundary K      the same for a short life (hl-one, bybit-one, px-one, hl-adopt, px-adopt, bybit-ignore)
`
/** Shown at most; all are in the JSON. */
const FAILURES_SHOWN = 20
/** Worlds between two words of progress. */
const TELL_EVERY = 500

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    jobs: { type: 'string', default: String(availableParallelism()) },
    seed: { type: 'string' },
    life: { type: 'string' },
    boundary: { type: 'string' },
    'every-boundary': { type: 'boolean', default: false },
    stride: { type: 'string', default: '1' },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})

function integer(name: string, text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new RangeError(`Expected a whole number for --${name}, saw "${text}".\n${USAGE}`)
  }
  return value
}

/** The one world to tell; null: many. */
function single(): Task | null {
  const { seed, life, boundary } = values
  if (seed !== undefined) return { kind: 'seed', seed: integer('seed', seed) }
  if (life === undefined) return null
  return { kind: 'boundary', life, boundary: boundary === undefined ? null : integer('boundary', boundary) }
}

/** Lives each short life once to count its boundaries, then once for each of them, or for every `stride`-th. */
async function everyBoundary(jobs: number, stride: number): Promise<readonly Task[]> {
  const { SHORT_LIVES } = await import('./scenario/boundaries.ts')
  const whole = Object.keys(SHORT_LIVES).map((life): Task => ({ kind: 'boundary', life, boundary: null }))
  const tasks: Task[] = [...whole]
  const told = ({ task, ...report }: Report): void => {
    if (task.kind !== 'boundary' || !('outcome' in report)) return
    for (let boundary = 0; boundary < report.outcome.boundariesAlive; boundary += stride)
      tasks.push({ ...task, boundary })
  }
  await liveAll(whole, { jobs, told })
  return tasks
}

async function many(): Promise<number> {
  const jobs = integer('jobs', values.jobs)
  const from = integer('from', values.from)
  const started = performance.now()
  const tasks = values['every-boundary']
    ? await everyBoundary(jobs, Math.max(1, integer('stride', values.stride)))
    : Array.from({ length: integer('seeds', values.seeds) }, (_, index): Task => ({ kind: 'seed', seed: from + index }))
  const tally = new Tally()
  let shown = 0
  const told = (report: Report): void => {
    const wrong = tally.add(report)
    const { runs, failures } = tally.summary(performance.now() - started)
    if (runs % TELL_EVERY === 0) process.stderr.write(`${runs} of ${tasks.length} worlds lived\n`)
    if (wrong.length === 0 || (shown += 1) > FAILURES_SHOWN) return
    process.stdout.write(`\n${failures.at(-1)?.again}\n${wrong.map((line) => `  ${line}\n`).join('')}`)
  }
  await liveAll(tasks, { jobs, told })
  const summary = tally.summary(performance.now() - started)
  process.stdout.write(textOf(summary))
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(summary, null, 2)}\n`)
  return summary.failures.length === 0 ? 0 : 1
}

async function tell(task: Task): Promise<number> {
  await import('./kernel/virtual-time.ts')
  const { runScenario } = await import('./scenario/run-scenario.ts')
  const { scenarioFor } = await import('./task.ts')
  const outcome = await runScenario(scenarioFor(task), { tell: (line) => void process.stdout.write(`${line}\n`) })
  process.stdout.write(`${JSON.stringify(outcome, null, 2)}\n`)
  return outcome.breaches.length === 0 ? 0 : 1
}

const task = single()
if (values.help) process.stdout.write(USAGE)
else process.exitCode = await (task === null ? many() : tell(task))
