/**
 * Runs a TypeScript file of this project on Node 24, after setting up what is missing:
 *   node scripts/run.mjs [--redis] [--firestore] [--pubsub] [--browser] FILE [ARGUMENT...]
 * The Node that npm found may be 20, and a shell keeps the path of the `node` it found first, so `node` alone would
 * still be that one right after Node 24 was installed.
 */
import { spawn } from 'node:child_process'
import { delimiter, join } from 'node:path'

import { ROOT, setUp } from './setup.mjs'

const argv = process.argv.slice(2)
const needs = new Set()
while (argv[0]?.startsWith('--')) needs.add(argv.shift()?.slice(2))

if (await setUp(needs)) await runOnNode24(argv)
else process.exitCode = 1

/** @param {readonly string[]} command */
async function runOnNode24([file = '', ...rest]) {
  const bin = join(ROOT, 'node_modules', '.bin')
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}` }
  const child = spawn(join(bin, 'node'), [join(ROOT, file), ...rest], { stdio: 'inherit', env })
  // The terminal sends Ctrl-C to both of us, so the child hears it by itself; a signal to us alone is passed on.
  process.on('SIGINT', () => {})
  for (const name of /** @type {const} */ (['SIGTERM', 'SIGHUP'])) process.on(name, () => child.kill(name))
  const [code, signal] = await new Promise((resolve) => {
    child.once('exit', (...ended) => resolve(ended))
  })
  process.exitCode = code ?? 128 + (signal === 'SIGKILL' ? 9 : 15)
}
