/** Truebook processes of a demo: real ones, started by the command line, so that they can be killed like real ones. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { endWithUs } from '#embedded/end-with-us.ts'

const CLI = join(import.meta.dirname, '..', 'src', 'cli', 'main.ts')
const START_TIMEOUT_MS = 60_000

export interface TruebookProcess {
  readonly name: string
  readonly pid: number
  /** SIGKILL: no goodbye. */
  kill(): Promise<void>
  /** SIGTERM and wait. */
  stop(): Promise<void>
}

/** Starts `truebook <args>`; resolves when it says that it is up. @throws when it ends before, with its last words */
export async function startProcess(
  name: string,
  args: readonly string[],
  dir: string,
): Promise<TruebookProcess & { readonly log: string }> {
  const log = join(dir, `${name}.log`)
  const output = openSync(log, 'a')
  // The demo's own terminal sends Ctrl-C to its group: the processes end in the demo's order instead.
  const child = spawn(process.execPath, [CLI, ...args], { stdio: ['ignore', output, output], detached: true })
  closeSync(output)
  // A demo that ends early must not leave workers behind; nothing they hold outlives it.
  endWithUs(child, 'SIGKILL')
  const exited = once(child, 'exit')
  await untilUp(name, child, log)
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal)
    await exited
  }
  return { name, pid: child.pid ?? 0, log, kill: () => end('SIGKILL'), stop: () => end('SIGTERM') }
}

async function untilUp(name: string, child: ChildProcess, log: string): Promise<void> {
  const deadline = performance.now() + START_TIMEOUT_MS
  while (!readFileSync(log, 'utf8').includes('truebook is up')) {
    const ended = child.exitCode !== null || child.signalCode !== null
    if (ended || performance.now() > deadline) {
      child.kill('SIGKILL')
      const words = readFileSync(log, 'utf8').split('\n').slice(-12).join('\n')
      throw new Error(
        `Process ${name} ${ended ? 'ended before it was up' : 'was not up in time'}. Its last words:\n${words}`,
      )
    }
    await delay(25)
  }
}

/** Address of the API of a process, from its log. @throws when it has none */
export function apiUrlOf(log: string): string {
  for (const line of readFileSync(log, 'utf8').split('\n')) {
    const found = /"api":"(http[^"]+)"/.exec(line)
    if (found?.[1] !== undefined) return found[1]
  }
  throw new Error(`Expected the address of the API in ${log}, found none.`)
}
