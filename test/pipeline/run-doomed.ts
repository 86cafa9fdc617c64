/** Runs a worker process that kills itself at a chosen commit, see `doomed-worker.ts`. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Desk } from '#test/support/desk.ts'
import { eventually } from '#test/support/eventually.ts'

const DOOMED = join(import.meta.dirname, 'doomed-worker.ts')

/** Resolves when it is up, to a function that ends it, if it still lives, and answers what it said. */
export async function runDoomed(desk: Desk, fatal: number, moment: 'before' | 'after'): Promise<() => Promise<string>> {
  const child = spawn(process.execPath, [DOOMED, desk.config.file, String(fatal), moment], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  const exited = once(child, 'exit')
  await eventually(() => said.includes('up') || child.exitCode !== null || child.signalCode !== null, {
    what: 'the doomed worker to start',
  })
  return async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
    await exited
    return said
  }
}
