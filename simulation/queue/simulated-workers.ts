/**
 * BullMQ's Worker in the simulated world: takes jobs under locks, renews them, takes back those of the dead, and retries with
 * our back-off. What a job does is Truebook's own processor.
 */
import { DelayedError, type Job, UnrecoverableError, type Worker } from 'bullmq'
import { KEEP_FAILED, backoffMs, keepCompleted } from '#queues/bullmq/job-options.ts'
import { queueNameOf, queueOf } from '#queues/queue.ts'
import { WORKER_SETTINGS } from '#workers/bullmq/settings.ts'
import { StageProcessor, type StageProcessorOptions } from '#workers/bullmq/stage-processor.ts'
import type { Kept, StoredJob } from './job.ts'
import type { RedisClient } from './redis-client.ts'
import { type Backend, backendOf } from './simulated-queue.ts'

const { lockDuration, stalledInterval } = WORKER_SETTINGS

/** Starts the workers of one process, one a stage; they run until it dies. */
export function startSimulatedWorkers(stages: readonly StageProcessorOptions[], client: RedisClient): void {
  const workers = stages.map((options) => new SimulatedWorker(options, client))
  for (const worker of workers) void worker.work()
  // One timer for all of them: their own would only be more events of the same.
  setInterval(() => {
    for (const worker of workers) worker.renew()
  }, lockDuration / 2)
  setInterval(() => {
    for (const worker of workers) worker.recoverStalled()
  }, stalledInterval)
}

class SimulatedWorker {
  readonly #client: RedisClient
  readonly #processor: StageProcessor
  readonly #log: StageProcessorOptions['tools']['log']
  readonly #queue: string
  readonly #concurrency: number
  readonly #keepCompleted: Kept
  readonly #running = new Map<string, string>()
  readonly #backend: Backend
  #tokens = 0
  #slotFree: (() => void) | null = null

  constructor(options: StageProcessorOptions, client: RedisClient) {
    this.#client = client
    this.#processor = new StageProcessor(options)
    this.#log = options.tools.log
    this.#queue = queueNameOf(options.stage, options.site)
    this.#concurrency = queueOf(options.stage).concurrency
    this.#keepCompleted = keepCompleted(options.stage)
    this.#backend = backendOf(this.#queue, client)
  }

  async work(): Promise<void> {
    const { process } = this.#client
    for (;;) {
      if (this.#running.size >= this.#concurrency) {
        await new Promise<void>((resolve) => {
          this.#slotFree = resolve
        })
      }
      const token = `${process.name}:${this.#tokens++}`
      const job = await this.#client.ask(`${this.#queue} take`, (redis) =>
        redis.take(this.#queue, process, token, lockDuration),
      )
      void this.#run(job, token)
    }
  }

  renew(): void {
    const held = [...this.#running]
    if (held.length === 0) return
    void this.#client.ask(`${this.#queue} extendLocks`, (redis) => {
      for (const [id, token] of held) redis.queue(this.#queue).renew(id, token, lockDuration)
    })
  }

  recoverStalled(): void {
    if (!this.#client.redis.queue(this.#queue).hasActive()) return
    void this.#client.ask(`${this.#queue} stalled`, (redis) =>
      redis.run(this.#queue, (queue) => queue.recoverStalled(stalledInterval)),
    )
  }

  async #run(stored: StoredJob, token: string): Promise<void> {
    const { id, data, timestamp, repeatJobKey, attemptsMade } = stored
    this.#running.set(id, token)
    try {
      if (repeatJobKey !== undefined) {
        await this.#client.ask(`${this.#queue} nextSlot`, (redis) =>
          redis.run(this.#queue, (queue) => queue.nextSlot(repeatJobKey, id)),
        )
      }
      const job = { id, data, timestamp, repeatJobKey, token, attemptsMade }
      const worker = { getBackend: () => this.#backend }
      const detail = await this.#processor.run(job as unknown as Job, worker as unknown as Worker)
      await this.#backend.finish(id, token, { state: 'completed', reason: detail, keep: this.#keepCompleted })
    } catch (error) {
      if (!(error instanceof DelayedError)) await this.#failed(id, token, attemptsMade, error as Error)
    } finally {
      if (this.#running.get(id) === token) this.#running.delete(id)
      this.#slotFree?.()
      this.#slotFree = null
    }
  }

  /** What the scripts refuse now is another worker's: the lock was lost. */
  async #failed(id: string, token: string, attemptsMade: number, error: Error): Promise<void> {
    this.#log.error({ jobId: id, err: error }, `${this.#queue} job failed`)
    const now = Date.now()
    const ended =
      error instanceof UnrecoverableError
        ? this.#backend.finish(id, token, { state: 'failed', reason: error.message, keep: KEEP_FAILED })
        : this.#backend.moveToDelayed(id, now, backoffMs(attemptsMade + 1), token)
    await ended.catch(() => undefined)
  }
}
