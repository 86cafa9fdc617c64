/** Keeps one Truebook process running as a service manager would: one that ends is started again, unless it is held down. */
import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { type SpawnedProcess, isUp, spawnProcess } from '#demo/processes.ts'

/** A service manager's pause before it starts what ended. */
const RESTART_MS = 500
const UP_POLL_MS = 100
const UP_TIMEOUT_MS = 60_000

/** An end that nobody asked for, of a process that had been up. */
export interface Crash {
  readonly name: string
  readonly log: string
  readonly exit: string
}

export interface ServiceOptions {
  readonly name: string
  /** Arguments of its n-th start: a service may come back with another configuration. */
  readonly args: () => readonly string[]
  readonly dir: string
  readonly env: Readonly<Record<string, string>>
}

export class Service {
  readonly name: string
  readonly crashes: Crash[] = []
  readonly #options: ServiceOptions
  #process: SpawnedProcess | null = null
  #starts = 0
  #heldUntil = 0
  #stopping = false
  #killed = false
  /** What was seen up once stays so: its log need not be read again. */
  #seenUp: SpawnedProcess | null = null
  readonly #running: Promise<void>

  constructor(options: ServiceOptions) {
    this.name = options.name
    this.#options = options
    this.#running = this.#run()
  }

  /** Process id while it is up; null while it is down or still starting. */
  get pid(): number | null {
    const current = this.#process
    if (current === null || hasEnded(current)) return null
    if (this.#seenUp !== current && !isUp(current)) return null
    this.#seenUp = current
    return current.child.pid ?? null
  }

  /** SIGKILL; it is started again after `downMs`. */
  kill(downMs: number): void {
    this.#heldUntil = performance.now() + downMs
    this.#killed = true
    this.#process?.child.kill('SIGKILL')
  }

  /** SIGSTOP or SIGCONT. */
  signal(name: 'SIGSTOP' | 'SIGCONT'): void {
    this.#process?.child.kill(name)
  }

  /** Resolves when it is up. @throws after a minute */
  async up(): Promise<void> {
    const deadline = performance.now() + UP_TIMEOUT_MS
    while (this.pid === null) {
      if (performance.now() > deadline)
        throw new Error(
          `Expected ${this.name} to be up within ${UP_TIMEOUT_MS} ms; its log in ${this.#options.dir} ends:\n${this.#lastWords()}`,
        )
      await delay(UP_POLL_MS)
    }
  }

  /** Ends it for good: politely, or at once. */
  async stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    this.#stopping = true
    this.#process?.child.kill('SIGCONT')
    this.#process?.child.kill(signal)
    await this.#running
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      const { name, args, dir, env } = this.#options
      const current = spawnProcess(`${name}.${++this.#starts}`, args(), dir, env)
      this.#process = current
      this.#killed = false
      await current.exited
      this.#noteCrash(current)
      await this.#pause()
    }
  }

  #lastWords(): string {
    if (this.#process === null) return '(never started)'
    return readFileSync(this.#process.log, 'utf8').trimEnd().split('\n').slice(-8).join('\n')
  }

  /** One that ended before it was up had its reasons: what it needs was away. */
  #noteCrash(ended: SpawnedProcess): void {
    if (this.#stopping || this.#killed || !isUp(ended)) return
    const { exitCode, signalCode } = ended.child
    this.crashes.push({ name: this.name, log: ended.log, exit: String(exitCode ?? signalCode) })
  }

  async #pause(): Promise<void> {
    const end = Math.max(this.#heldUntil, performance.now() + (this.#killed ? 0 : RESTART_MS))
    while (!this.#stopping && performance.now() < end) await delay(Math.min(UP_POLL_MS, end - performance.now()))
  }
}

function hasEnded({ child }: SpawnedProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null
}
