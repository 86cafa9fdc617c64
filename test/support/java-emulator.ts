/** Runs one of Google's emulators, a Java program, on a free port of this machine until it is told to stop. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'

import { freePort } from './free-port.ts'

const START_TIMEOUT_MS = 60_000
const START_POLL_MS = 50

/** A running emulator; `host` is what its environment variable takes. */
export interface Emulator {
  readonly host: string
  /** Null where it was not started here. */
  readonly processId: number | null
  /** Ends it if it was started here. Safe to call twice. */
  stop(): Promise<void>
}

/** Thrown where there is no Java, no jar and no emulator that runs; its message holds the line that gets one. */
export class EmulatorMissing extends Error {
  override readonly name = 'EmulatorMissing'
}

export interface JavaEmulator {
  /** As people call it. */
  readonly what: string
  /** Names one that runs already, `host:port`. */
  readonly variable: string
  /** Undefined where there is none. */
  readonly jar: string | undefined
  command(jar: string, port: number): string[]
  /** The line that gets one. */
  readonly advice: string
}

/** Gives the emulator to test against: the one that the variable names, else one of this process's own. @throws EmulatorMissing */
export async function startJavaEmulator({ what, variable, jar, command, advice }: JavaEmulator): Promise<Emulator> {
  const given = process.env[variable]
  if (given !== undefined && given !== '') return { host: given, processId: null, stop: async () => {} }
  if (jar === undefined) throw new EmulatorMissing(`Expected the jar of the ${what} emulator, saw none. ${advice}`)
  const port = await freePort()
  const child = spawn('java', command(jar, port), { stdio: ['ignore', 'pipe', 'pipe'] })
  const output = collectOutput(child)
  const failure = once(child, 'error').then(([error]) => (error as Error).message)
  const host = `127.0.0.1:${port}`
  const problem = await Promise.race([failure, waitUntilUp(host, child)])
  if (problem === undefined) return { host, processId: child.pid ?? null, stop: () => stop(child) }
  await stop(child)
  throw new EmulatorMissing(`Expected the ${what} emulator to start on ${host}, saw: ${problem}\n${output()}${advice}`)
}

/** Resolves with `undefined` once it answers, else with what went wrong. */
async function waitUntilUp(host: string, child: ChildProcess): Promise<string | undefined> {
  const deadline = performance.now() + START_TIMEOUT_MS
  while (performance.now() < deadline) {
    if (child.exitCode !== null) return `it ended with exit code ${child.exitCode}`
    if (await answers(host)) return undefined
    await delay(START_POLL_MS)
  }
  return `no answer for ${START_TIMEOUT_MS / 1000} s`
}

async function answers(host: string): Promise<boolean> {
  try {
    const response = await fetch(`http://${host}/`)
    await response.body?.cancel()
    return response.ok
  } catch {
    // Nothing listens yet; whoever asks looks again.
    return false
  }
}

function collectOutput(child: ChildProcess): () => string {
  let text = ''
  const keep = (chunk: Buffer): void => {
    text = (text + chunk.toString()).slice(-2_000)
  }
  child.stdout?.on('data', keep)
  child.stderr?.on('data', keep)
  return () => text
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}
