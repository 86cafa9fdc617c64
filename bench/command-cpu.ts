/** What a command costs before it does anything: CPU time of a process of its own, so that a busy machine does not blur it. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { quantile } from './statistics.ts'

const COMMAND = fileURLToPath(new URL('../src/cli/main.mjs', import.meta.url))
const RUNS = 7
/** Tells its CPU time, in ms, as the last thing it does. */
const METER = `process.on('exit', () => {
  const { user, system } = process.cpuUsage()
  process.stderr.write('\\n' + (user + system) / 1000)
})`

/** Medians of some runs, ms: the command's help, and Node that does nothing. */
export function helpCpu(): { readonly help: number; readonly bare: number } {
  // The first run fills the cache of compiled code.
  cpuOf([COMMAND, '--help'])
  return { help: median([COMMAND, '--help']), bare: median(['-e', '0']) }
}

function median(args: readonly string[]): number {
  return quantile(
    Array.from({ length: RUNS }, () => cpuOf(args)),
    0.5,
  )
}

function cpuOf(args: readonly string[]): number {
  const meter = `data:text/javascript,${encodeURIComponent(METER)}`
  const { stderr, status } = spawnSync(process.execPath, ['--import', meter, ...args], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`Expected ${args.join(' ')} to end with 0, saw ${status}: ${stderr}`)
  return Number(stderr.trim().split('\n').at(-1))
}
