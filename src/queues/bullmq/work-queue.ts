/**
 * WorkQueue on BullMQ: one queue per stage and site over one connection, job id = idempotency key. Every process may add work
 * for every site: the account says which. Nothing here is the truth; every call may be repeated, by any process, and the sweep
 * repeats what got lost.
 */
import { Queue, type JobState } from 'bullmq'
import type { Redis } from 'ioredis'
import type { AccountId, IdempotencyKey } from '#domain/ids.ts'
import { STAGES, envelopeSchema, type Envelope, type Stage } from '#domain/message.ts'
import { queueNameOf, queueNames, queueOf } from '#queues/queue.ts'
import { EVERY_ACCOUNT } from '#queues/repeated-work.ts'
import { ONE_SITE, type Site, type Sites } from '#queues/site.ts'
import type { WorkQueue } from '#queues/work-queue.ts'
import { RedisUnavailable, addressOf, connectRedis, disconnectRedis, type Patience } from './connection.ts'
import { EVENTS_KEPT, JOB_OPTIONS } from './job-options.ts'
import { RateLimitedLog, type QueueLog } from './queue-log.ts'
import { assertRedisFit } from './redis-check.ts'
import { WokenFlags } from './woken-flags.ts'

/** Where the queues are. `patience` is `fail-fast` for ingest and tools, `wait` inside workers. */
export interface WorkQueueOptions {
  readonly url: string
  /** In braces (`{truebook}`), so that all keys share one Redis Cluster slot. */
  readonly prefix: string
  readonly patience?: Patience
  /** Which accounts are traded from where; default: all of them from anywhere. */
  readonly sites?: Sites
  /** For tools that only look: opening the queues writes nothing to Redis. */
  readonly leavesNoTrace?: boolean
  readonly log: QueueLog
}

const STATES = ['waiting', 'active', 'delayed', 'failed', 'completed'] as const
/** Jobs of one stage by state, of all sites together. */
export type StageCounts = Readonly<Record<(typeof STATES)[number], number>>

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
  /** Every BullMQ queue by name, of all stages and sites; for Bull Board. */
  readonly queues: ReadonlyMap<string, Queue>
  readonly sites: Sites
  readonly woken: WokenFlags
  /** The one connection under all queues; a worker may share it. */
  readonly redis: Redis
  readonly prefix: string
  readonly patience: Patience
  readonly #address: string

  /** `open` makes one BullMQ queue; a simulation passes its own. */
  constructor(redis: Redis, options: WorkQueueOptions, open: OpenQueue = openQueue) {
    this.redis = redis
    this.prefix = options.prefix
    this.patience = options.patience ?? 'fail-fast'
    this.sites = options.sites ?? ONE_SITE
    this.#address = addressOf(options.url)
    this.woken = new WokenFlags(redis, options.prefix)
    const log = new RateLimitedLog(options.log)
    this.queues = new Map(queueNames(this.sites.all).map((name) => [name, open(name, redis, options, log)]))
  }

  /** Resolves when every queue has its scripts loaded; calls after it fail fast instead of waiting for a connection. */
  async ready(): Promise<void> {
    await Promise.all([...this.queues.values()].map((queue) => queue.waitUntilReady()))
  }

  /** @throws RangeError for a site that no account names */
  queue(stage: Stage, site: Site = null): Queue {
    const name = queueNameOf(stage, site)
    const queue = this.queues.get(name)
    if (queue === undefined) throw new RangeError(`Expected one of the queues ${this.#names()}, saw ${name}.`)
    return queue
  }

  /** The queues a message belongs into: that of its account's site; for every account that of every site. */
  queuesOf({ stage, account }: Pick<Envelope, 'stage' | 'account'>): readonly Queue[] {
    const sites = account === EVERY_ACCOUNT ? this.sites.all : [this.sites.of(account)]
    return [...new Set(sites.map((site) => this.queue(stage, site)))]
  }

  /** @throws RedisUnavailable when Redis does not acknowledge it (it may have been added all the same) */
  async enqueue(given: Envelope): Promise<void> {
    const envelope = envelopeSchema.parse(given)
    await Promise.all(this.queuesOf(envelope).map((queue) => this.#add(queue, envelope)))
  }

  /** The same for one site alone: a message for every account means every account of that site. */
  async enqueueAt(site: Site, given: Envelope): Promise<void> {
    const envelope = envelopeSchema.parse(given)
    await this.#add(this.queue(envelope.stage, site), envelope)
  }

  /** @throws RedisUnavailable */
  async ensure(given: Envelope): Promise<boolean> {
    const envelope = envelopeSchema.parse(given)
    const done = await Promise.all(this.queuesOf(envelope).map((queue) => this.#ensureIn(queue, envelope)))
    return done.includes(true)
  }

  async wake(stage: Stage, key: IdempotencyKey, account: AccountId): Promise<void> {
    await Promise.all(this.queuesOf({ stage, account }).map((queue) => this.#wakeIn(queue, stage, key)))
  }

  /** Makes a delayed job run now; false when it is not delayed. */
  async promote(queue: Queue, jobId: string): Promise<boolean> {
    try {
      await queue.getBackend().promote(jobId)
      return true
    } catch (error) {
      if (isStateRefusal(error)) return false
      throw error
    }
  }

  /** Jobs by state for every stage, all sites together. @throws RedisUnavailable */
  async counts(): Promise<Readonly<Record<Stage, StageCounts>>> {
    const rows = await this.#reached(() =>
      Promise.all(
        STAGES.map(async (stage) => {
          const counts = await Promise.all(this.#atEverySite(stage).map((queue) => queue.getJobCounts(...STATES)))
          const sum = (state: string): number => counts.reduce((total, count) => total + (count[state] ?? 0), 0)
          const sums = STATES.map((state) => [state, sum(state)] as const)
          return [stage, Object.fromEntries(sums) as StageCounts] as const
        }),
      ),
    )
    return Object.fromEntries(rows) as Record<Stage, StageCounts>
  }

  /** Stops every process at every site from starting jobs of the stage; running ones go on. */
  async pause(stage: Stage): Promise<void> {
    await this.#reached(() => Promise.all(this.#atEverySite(stage).map((queue) => queue.pause())))
  }

  async resume(stage: Stage): Promise<void> {
    await this.#reached(() => Promise.all(this.#atEverySite(stage).map((queue) => queue.resume())))
  }

  /** Closes the queues, then their connection. Close workers first: they add jobs until their last one is done. */
  async close(): Promise<void> {
    await Promise.all([...this.queues.values()].map((queue) => queue.close()))
    await disconnectRedis(this.redis)
  }

  #atEverySite(stage: Stage): readonly Queue[] {
    return this.queuesOf({ stage, account: EVERY_ACCOUNT })
  }

  #names(): string {
    return [...this.queues.keys()].join(', ')
  }

  async #add(queue: Queue, envelope: Envelope): Promise<void> {
    const { stage, idempotency_key: jobId, position_id: subject } = envelope
    await this.#reached(async () => {
      if (queueOf(stage).coalesces !== true) {
        await queue.add(stage, envelope, { jobId })
        return
      }
      const deduplication = { id: subject, keepLastIfActive: true }
      const added = await queue.add(stage, envelope, { jobId, deduplication })
      // Another one of the subject waits already; if it waits for a retry, now is the time.
      if (added.id !== undefined && added.id !== jobId) await this.promote(queue, added.id)
    })
  }

  async #wakeIn(queue: Queue, stage: Stage, jobId: string): Promise<void> {
    await this.#reached(async () => {
      if (await this.promote(queue, jobId)) return
      // Not delayed: running now perhaps, with a view from before the news. The flag makes its `again` come at once; the
      // second look covers a job that was put off between our first look and the flag.
      await this.woken.raise(stage, jobId)
      await this.promote(queue, jobId)
    })
  }

  async #ensureIn(queue: Queue, envelope: Envelope): Promise<boolean> {
    return await this.#reached(async () => {
      for (let round = 1; round <= ENSURE_ROUNDS; round += 1) {
        const state = await queue.getJobState(envelope.idempotency_key)
        const done = await this.#ensureFrom(state, queue, envelope)
        if (done !== 'moved-meanwhile') return done === 'done'
      }
      // It changes state faster than we look: somebody is working on it, which is all that was asked.
      return false
    })
  }

  async #ensureFrom(
    state: JobState | 'unknown',
    queue: Queue,
    envelope: Envelope,
  ): Promise<'done' | 'alive' | 'moved-meanwhile'> {
    if (state !== 'unknown' && state !== 'completed' && state !== 'failed') return 'alive'
    const jobId = envelope.idempotency_key
    const job = await queue.getJob(jobId)
    if (state === 'unknown') {
      // A job with data but in no list lost its place (a list was deleted by hand): its id would block the new one.
      if (job !== undefined && (await job.getState()) !== 'unknown') return 'moved-meanwhile'
      if (job !== undefined) await job.remove()
      await queue.add(envelope.stage, envelope, { jobId })
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

type OpenQueue = (name: string, redis: Redis, options: WorkQueueOptions, log: RateLimitedLog) => Queue

const openQueue: OpenQueue = (name, redis, options, log) => {
  const queue = new Queue(name, {
    connection: redis,
    prefix: options.prefix,
    skipMetasUpdate: options.leavesNoTrace ?? false,
    defaultJobOptions: JOB_OPTIONS,
    streams: { events: { maxLen: EVENTS_KEPT } },
  })
  queue.on('error', (error) => log.write('warn', { queue: name, error: error.message }, 'queue error'))
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
