/** The simulated queue on the test's clock, without the network in front of it. */
import type { Queue } from 'bullmq'
import { JOB_OPTIONS } from '#queues/bullmq/job-options.ts'
import type { StoredJob } from '#simulation/queue/job.ts'
import { QueueState } from '#simulation/queue/queue-state.ts'
import type { RedisClient } from '#simulation/queue/redis-client.ts'
import { type Backend, backendOf, openSimulatedQueue } from '#simulation/queue/simulated-queue.ts'
import { KEEP_COMPLETED, KEEP_FAILED, LOCK_MS, LOOK_MS, NAME, PUT_OFF, backoffMs } from './side.ts'
import type { Kept, Run, Side } from './side.ts'

/** The simulated queue, without the network in front of it. */
export function openSimulatedSide(): Side {
  return new SimulatedSide()
}

class SimulatedSide implements Side {
  readonly queue: Queue
  readonly #state = new QueueState(NAME, () => Date.now())
  readonly #backend: Backend

  constructor() {
    const redis = { run: (_name: string, script: (queue: QueueState) => unknown) => script(this.#state) }
    const client = { ask: async (_label: string, work: (given: typeof redis) => unknown) => work(redis) }
    this.queue = openSimulatedQueue(NAME, client as unknown as RedisClient, JOB_OPTIONS)
    this.#backend = backendOf(NAME, client as unknown as RedisClient)
  }

  async take(token: string): Promise<Run | null> {
    const job = this.#state.take(token, LOCK_MS)
    if (job === undefined) return null
    const run = { ...seenOf(job), token }
    if (job.repeatJobKey !== undefined) this.#state.nextSlot(job.repeatJobKey, job.id)
    return run
  }

  async complete({ id, token }: Run): Promise<void> {
    await this.#backend.finish(id, token, { state: 'completed', reason: 'done', keep: KEEP_COMPLETED })
  }

  async completeAndTake(run: Run): Promise<Run | null> {
    await this.complete(run)
    return await this.take(run.token)
  }

  async fail({ id, token, attemptsMade }: Run): Promise<void> {
    await this.#backend.moveToDelayed(id, Date.now(), backoffMs(attemptsMade + 1), token)
  }

  async setAside({ id, token }: Run): Promise<void> {
    await this.#backend.finish(id, token, { state: 'failed', reason: 'unworkable', keep: KEEP_FAILED })
  }

  async putOff({ id, token }: Run, delayMs: number): Promise<void> {
    await this.#backend.moveToDelayed(id, Date.now(), delayMs, token, PUT_OFF)
  }

  async renew({ id, token }: Run): Promise<boolean> {
    return this.#state.renew(id, token, LOCK_MS)
  }

  async look(): Promise<readonly string[]> {
    return this.#state.recoverStalled(LOOK_MS)
  }

  async loseLock(id: string): Promise<void> {
    const job = this.#state.job(id)
    if (job !== undefined) job.lock = null
  }

  async lose(id: string): Promise<void> {
    this.#state.lose(id)
  }

  async wipe(): Promise<void> {
    this.#state.flush()
  }

  /** It reads the clock by itself. */
  async expire(): Promise<void> {}

  async jobs(): Promise<readonly Kept[]> {
    return this.#state
      .ids()
      .map((id) => this.#state.job(id) as StoredJob)
      .map((job) => ({ ...seenOf(job), name: job.name, state: job.state }))
  }
}

function seenOf({ id, data, attemptsMade, stalledCount, timestamp, repeatJobKey }: StoredJob): Omit<Run, 'token'> {
  return { id, data, attemptsMade, stalledCount, timestamp, repeatJobKey }
}
