/**
 * WorkQueue on BullMQ: one queue per stage over one connection, job id = idempotency key. Nothing here is the truth; every
 * call may be repeated, by any process, and the sweep repeats what got lost.
 */
import { Queue, type JobState } from 'bullmq'
import type { Redis } from 'ioredis'
import type { IdempotencyKey } from '#domain/ids.ts'
import { STAGES, envelopeSchema, type Envelope, type Stage } from '#domain/message.ts'
import type { WorkQueue } from '#queues/work-queue.ts'
import { RedisUnavailable, addressOf, connectRedis, disconnectRedis, type Patience } from './connection.ts'
import { EVENTS_KEPT, JOB_OPTIONS } from './job-options.ts'
import { RateLimitedLog, type QueueLog } from './queue-log.ts'
import { assertRedisFit } from './redis-check.ts'
import { sweepDeduplication } from './sweep-schedule.ts'
import { WokenFlags } from './woken-flags.ts'

/** Where the queues are. `patience` is `fail-fast` for ingest and tools, `wait` inside workers. */
export interface WorkQueueOptions {
  readonly url: string
  /** In braces (`{truebook}`), so that all keys share one Redis Cluster slot. */
  readonly prefix: string
  readonly patience?: Patience
  readonly log: QueueLog
}

/** Jobs of one stage by state. */
export interface StageCounts {
  readonly waiting: number
  readonly active: number
  readonly delayed: number
  readonly failed: number
  readonly completed: number
}

const ENSURE_ROUNDS = 5

/** Connects, refuses an unfit Redis, opens every queue. @throws RedisUnavailable @throws RedisUnfit */
export async function openWorkQueue(options: WorkQueueOptions): Promise<BullWorkQueue> {
  const { url, log, patience = 'fail-fast' } = options
  const redis = await connectRedis({ url, patience, log, name: `truebook-queue-${patience}` })
  try {
    for (const { expected, seen, fix } of await assertRedisFit(redis, url)) {
      log.warn({ redis: addressOf(url), expected, seen, fix }, 'Redis is not set up as it should be')
    }
    const queue = new BullWorkQueue(redis, options)
    await queue.ready()
    return queue
  } catch (error) {
    await disconnectRedis(redis)
    throw error
  }
}

/** The queues of one prefix. Open it with `openWorkQueue`; close it after the workers that use it. */
export class BullWorkQueue implements WorkQueue {
  /** Every stage's BullMQ queue, for Bull Board and the sweep's schedule. */
  readonly queues: ReadonlyMap<Stage, Queue>
  readonly woken: WokenFlags
  /** The one connection under all queues; a worker may share it. */
  readonly redis: Redis
  readonly prefix: string
  readonly patience: Patience
  readonly #address: string

  constructor(redis: Redis, options: WorkQueueOptions) {
    this.redis = redis
    this.prefix = options.prefix
    this.patience = options.patience ?? 'fail-fast'
    this.#address = addressOf(options.url)
    this.woken = new WokenFlags(redis, options.prefix)
    const log = new RateLimitedLog(options.log)
    this.queues = new Map(STAGES.map((stage) => [stage, openQueue(stage, redis, options.prefix, log)]))
  }

  /** Resolves when every queue has its scripts loaded; calls after it fail fast instead of waiting for a connection. */
  async ready(): Promise<void> {
    await Promise.all([...this.queues.values()].map((queue) => queue.waitUntilReady()))
  }

  queue(stage: Stage): Queue {
    const queue = this.queues.get(stage)
    if (queue === undefined) throw new RangeError(`Expected one of ${STAGES.join(', ')}, saw stage ${stage}.`)
    return queue
  }

  /** @throws RedisUnavailable when Redis does not acknowledge it (it may have been added all the same) */
  async enqueue(given: Envelope): Promise<void> {
    const envelope = envelopeSchema.parse(given)
    const { stage, idempotency_key: jobId } = envelope
    await this.#reached(async () => {
      if (stage !== 'sweep') {
        await this.queue(stage).add(stage, envelope, { jobId })
        return
      }
      const deduplication = sweepDeduplication(envelope.account)
      const added = await this.queue(stage).add(stage, envelope, { jobId, deduplication })
      // Another sweep of the account waits already; if it waits for a retry, now is the time.
      if (added.id !== undefined && added.id !== jobId) await this.promote(stage, added.id)
    })
  }

  /** @throws RedisUnavailable */
  async ensure(given: Envelope): Promise<boolean> {
    const envelope = envelopeSchema.parse(given)
    const { stage, idempotency_key: jobId } = envelope
    return this.#reached(async () => {
      for (let round = 1; round <= ENSURE_ROUNDS; round += 1) {
        const state = await this.queue(stage).getJobState(jobId)
        const done = await this.#ensureFrom(state, stage, envelope)
        if (done !== 'moved-meanwhile') return done === 'done'
      }
      // It changes state faster than we look: somebody is working on it, which is all that was asked.
      return false
    })
  }

  async wake(stage: Stage, key: IdempotencyKey): Promise<void> {
    await this.#reached(async () => {
      if (await this.promote(stage, key)) return
      // Not delayed: running now perhaps, with a view from before the news. The flag makes its `again` come at once; the
      // second look covers a job that was put off between our first look and the flag.
      await this.woken.raise(stage, key)
      await this.promote(stage, key)
    })
  }

  /** Makes a delayed job run now; false when it is not delayed. */
  async promote(stage: Stage, jobId: string): Promise<boolean> {
    try {
      await this.queue(stage).getBackend().promote(jobId)
      return true
    } catch (error) {
      if (isStateRefusal(error)) return false
      throw error
    }
  }

  /** Jobs by state for every stage. @throws RedisUnavailable */
  async counts(): Promise<Readonly<Record<Stage, StageCounts>>> {
    const rows = await this.#reached(() =>
      Promise.all(
        STAGES.map(async (stage) => {
          const counts = await this.queue(stage).getJobCounts('waiting', 'active', 'delayed', 'failed', 'completed')
          return [stage, counts as unknown as StageCounts] as const
        }),
      ),
    )
    return Object.fromEntries(rows) as Record<Stage, StageCounts>
  }

  /** Stops every process from starting jobs of the stage; running ones go on. */
  async pause(stage: Stage): Promise<void> {
    await this.#reached(() => this.queue(stage).pause())
  }

  async resume(stage: Stage): Promise<void> {
    await this.#reached(() => this.queue(stage).resume())
  }

  /** Closes the queues, then their connection. Close workers first: they add jobs until their last one is done. */
  async close(): Promise<void> {
    await Promise.all([...this.queues.values()].map((queue) => queue.close()))
    await disconnectRedis(this.redis)
  }

  async #ensureFrom(
    state: JobState | 'unknown',
    stage: Stage,
    envelope: Envelope,
  ): Promise<'done' | 'alive' | 'moved-meanwhile'> {
    if (state !== 'unknown' && state !== 'completed' && state !== 'failed') return 'alive'
    const jobId = envelope.idempotency_key
    const job = await this.queue(stage).getJob(jobId)
    if (state === 'unknown') {
      // A job with data but in no list lost its place (a list was deleted by hand): its id would block the new one.
      if (job !== undefined && (await job.getState()) !== 'unknown') return 'moved-meanwhile'
      if (job !== undefined) await job.remove()
      await this.queue(stage).add(stage, envelope, { jobId })
      return 'done'
    }
    if (job === undefined) return 'moved-meanwhile'
    try {
      // The kept data may be what failed it, so it is replaced first.
      await job.updateData(envelope)
      // Atomic: of two that try, one moves the job to the waiting list and the other is told it is not there.
      await job.retry(state, { resetAttemptsMade: true, resetAttemptsStarted: true })
      return 'done'
    } catch (error) {
      if (isStateRefusal(error)) return 'moved-meanwhile'
      throw error
    }
  }

  async #reached<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask()
    } catch (error) {
      if (!isConnectionFailure(error)) throw error
      throw new RedisUnavailable(`Expected Redis at ${this.#address} to answer, saw: ${error.message}.`, {
        cause: error,
      })
    }
  }
}

function openQueue(stage: Stage, redis: Redis, prefix: string, log: RateLimitedLog): Queue {
  const queue = new Queue(stage, {
    connection: redis,
    prefix,
    defaultJobOptions: JOB_OPTIONS,
    streams: { events: { maxLen: EVENTS_KEPT } },
  })
  queue.on('error', (error) => log.write('warn', { stage, error: error.message }, 'queue error'))
  return queue
}

/** BullMQ's scripts answer a negative number when a job is missing or not in the state it was expected in. */
function isStateRefusal(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'number' && error.code < 0
}

function isConnectionFailure(error: unknown): error is Error {
  if (!(error instanceof Error)) return false
  const code = 'code' in error ? String(error.code) : ''
  return (
    /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EHOSTUNREACH)/.test(code) ||
    /Connection is closed|isn't writeable|Command timed out|max retries per request|Socket timeout|Socket closed|LOADING|OOM/i.test(
      error.message,
    )
  )
}
