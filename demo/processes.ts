/** Truebook processes of a demo or a storm: real ones, started by the command line, so that they can be killed like real ones. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { endWithUs } from '#embedded/end-with-us.ts'

const CLI = join(import.meta.dirname, '..', 'src', 'cli', 'main.mjs')
const START_TIMEOUT_MS = 60_000

export interface TruebookProcess {
  readonly name: string
  readonly pid: number
  /** SIGKILL: no goodbye. */
  kill(): Promise<void>
  /** SIGTERM and wait. */
  stop(): Promise<void>
}

/** A process that may still be starting. */
export interface SpawnedProcess {
  readonly child: ChildProcess
  /** Where its output goes. */
  readonly log: string
  readonly exited: Promise<unknown>
}

/** Spawns `truebook <args>`, its output appended to a log below `dir`; `env` is added to our own environment. */
export function spawnProcess(
  name: string,
  args: readonly string[],
  dir: string,
  env: Readonly<Record<string, string>> = {},
): SpawnedProcess {
  const log = join(dir, `${name}.log`)
  const output = openSync(log, 'a')
  // Our own terminal sends Ctrl-C to its group: the processes end in our order instead.
  const child = spawn(process.execPath, [CLI, ...args], {
    stdio: ['ignore', output, output],
    detached: true,
    env: { ...process.env, ...env },
  })
  closeSync(output)
  // Whoever ends early must not leave workers behind; nothing they hold outlives it.
  endWithUs(child, 'SIGKILL')
  return { child, log, exited: once(child, 'exit') }
}

/** Whether it said that it is up. */
export function isUp({ log }: Pick<SpawnedProcess, 'log'>): boolean {
  return readFileSync(log, 'utf8').includes('truebook is up')
}

/** Starts `truebook <args>`; resolves when it says that it is up. @throws when it ends before, with its last words */
export async function startProcess(
  name: string,
  args: readonly string[],
  dir: string,
): Promise<TruebookProcess & { readonly log: string }> {
  const spawned = spawnProcess(name, args, dir)
  const { child, log, exited } = spawned
  await untilUp(name, spawned)
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal)
    await exited
  }
  return { name, pid: child.pid ?? 0, log, kill: () => end('SIGKILL'), stop: () => end('SIGTERM') }
}

async function untilUp(name: string, spawned: SpawnedProcess): Promise<void> {
  const { child, log } = spawned
  const deadline = performance.now() + START_TIMEOUT_MS
  while (!isUp(spawned)) {
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
