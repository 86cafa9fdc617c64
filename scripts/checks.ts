/** The static checks: everything that judges the code without running it. One list for `npm run check` and `npm test`. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { dirname, join } from 'node:path'

const ROOT = dirname(import.meta.dirname)
const PROGRAMS = join(ROOT, 'node_modules', '.bin')

/** One check: its name and the program that fails when the code does. */
export interface Check {
  readonly name: string
  readonly command: readonly [program: string, ...argv: string[]]
}

/** In the order in which a failure is the cheapest to mend. */
export const CHECKS: readonly Check[] = [
  { name: 'format', command: ['oxfmt', '--check', '.'] },
  { name: 'lint', command: ['oxlint', '--deny-warnings', '.'] },
  { name: 'types', command: ['tsc', '-p', '.'] },
  { name: 'types of the console', command: ['tsc', '-p', 'console'] },
  { name: 'dead code', command: ['knip'] },
]

/** Runs every check, each to its end, and tells how many passed and failed. Their output goes to ours. */
export async function runChecks(): Promise<{ passed: number; failed: number }> {
  let passed = 0
  for (const check of CHECKS) {
    const isFine = await succeeds(check)
    process.stdout.write(`${isFine ? '✔' : '✖'} ${check.name}\n`)
    if (isFine) passed += 1
  }
  return { passed, failed: CHECKS.length - passed }
}

async function succeeds({ command: [program, ...argv] }: Check): Promise<boolean> {
  // Output of a check that passes is noise; of one that fails it is the point.
  const child = spawn(join(PROGRAMS, program), argv, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] })
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk))
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) process.stdout.write(Buffer.concat(chunks))
  return code === 0
}
