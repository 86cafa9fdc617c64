/**
 * Is a stage being worked on? Measured on jobs finished, not on what a worker says of itself: workers have stood still for
 * weeks while they claimed to run.
 */

/** What one process knows of one stage; times in ms. */
export interface Consumption {
  /** Jobs at work in this process now. */
  readonly running: number
  readonly oldestRunningMs: number
  /** Since this process last finished a job of the stage, or since it started. */
  readonly sinceConsumedMs: number
  readonly consumed: number
}

/** Counts starts and ends of one stage's jobs in this process. */
export class ConsumptionMeter {
  // A job that lost its lock can run twice in one process, so runs are told apart by identity, not by job id.
  readonly #running = new Map<symbol, number>()
  #lastAt: number
  #consumed = 0

  constructor(now: number) {
    this.#lastAt = now
  }

  /** Notes a start; call what it returns when the run has ended, however it ended. */
  started(now: number): (endedAt: number) => void {
    const run = Symbol('run')
    this.#running.set(run, now)
    return (endedAt) => {
      this.#running.delete(run)
      this.#lastAt = endedAt
      this.#consumed += 1
    }
  }

  read(now: number): Consumption {
    // Insertion order is start order.
    const oldest = this.#running.values().next().value
    return {
      running: this.#running.size,
      oldestRunningMs: oldest === undefined ? 0 : now - oldest,
      sinceConsumedMs: now - this.#lastAt,
      consumed: this.#consumed,
    }
  }
}
