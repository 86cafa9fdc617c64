/**
 * Stops a worker from spinning. A Redis that refuses every command (out of memory, read-only) makes BullMQ ask again without
 * any pause, ten thousand times a second; after a burst of errors the worker rests for a second.
 */
import type { Worker } from 'bullmq'

const BURST = 20
const BURST_WINDOW_MS = 1_000
const REST_MS = 1_000

/** Watches the errors of one worker. */
export class ErrorBrake {
  readonly #worker: Worker
  #windowStart = 0
  #errors = 0
  #rest: NodeJS.Timeout | undefined
  #released = false

  constructor(worker: Worker) {
    this.#worker = worker
  }

  /** Counts an error; true when it made the worker rest. */
  noted(now: number): boolean {
    if (this.#released || this.#rest !== undefined) return false
    if (now - this.#windowStart > BURST_WINDOW_MS) {
      this.#windowStart = now
      this.#errors = 0
    }
    this.#errors += 1
    if (this.#errors < BURST) return false
    this.#rest = setTimeout(() => this.#goOn(), REST_MS)
    // Jobs at work go on; only fetching stops. `resume` reports its own errors through the worker's error event.
    void this.#worker.pause(true)
    return true
  }

  /** Ends a rest early and for good. Call it before closing: pausing a worker that rests would not wait for its jobs. */
  async release(): Promise<void> {
    this.#released = true
    if (this.#rest === undefined) return
    clearTimeout(this.#rest)
    this.#rest = undefined
    await this.#worker.resume()
  }

  #goOn(): void {
    this.#rest = undefined
    this.#errors = 0
    void this.#worker.resume()
  }
}
