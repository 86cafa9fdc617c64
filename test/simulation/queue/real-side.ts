/**
 * BullMQ on a real Redis, on the test's clock: BullMQ passes its timestamps to its scripts, and the keys that Redis would
 * expire by its own clock outlive the test and are deleted when their time is over.
 */
import { Queue, UnrecoverableError, Worker, type Job } from 'bullmq'
import { Redis } from 'ioredis'
import { JOB_OPTIONS } from '#queues/bullmq/job-options.ts'
import { KEEP_COMPLETED, KEEP_FAILED, LOCK_MS, LOOK_MS, NAME, PUT_OFF, backoffMs } from './side.ts'
import type { Kept, Run, Side } from './side.ts'

const LATER_THAN_ANY_TEST_MS = 3_600_000

/** BullMQ on a Redis of the test. */
export async function openRealSide(url: string): Promise<Side & { close(): Promise<void> }> {
  const redis = new Redis(url, { maxRetriesPerRequest: null })
  const options = { connection: redis, prefix: '{conformance}' }
  const queue = new Queue(NAME, { ...options, defaultJobOptions: JOB_OPTIONS })
  const worker = new Worker(NAME, null, {
    ...options,
    autorun: false,
    lockDuration: LATER_THAN_ANY_TEST_MS,
    stalledInterval: LATER_THAN_ANY_TEST_MS,
    maxStalledCount: 1_000_000_000,
    removeOnComplete: KEEP_COMPLETED,
    removeOnFail: KEEP_FAILED,
    settings: { backoffStrategy: backoffMs },
  })
  await Promise.all([queue.waitUntilReady(), worker.waitUntilReady()])
  return new RealSide(redis, queue, worker)
}

class RealSide implements Side {
  readonly queue: Queue
  readonly #redis: Redis
  readonly #worker: Worker
  readonly #jobs = new Map<Run, Job>()
  /** When the keys end, ms of the test's clock. */
  readonly #locks = new Map<string, number>()
  #lookEnds = 0

  constructor(redis: Redis, queue: Queue, worker: Worker) {
    this.#redis = redis
    this.queue = queue
    this.#worker = worker
  }

  async take(token: string): Promise<Run | null> {
    return this.#took(await this.#worker.getNextJob(token, { block: false }), token)
  }

  async complete(run: Run): Promise<void> {
    await this.#job(run).moveToCompleted('done', run.token, false)
  }

  async completeAndTake(run: Run): Promise<Run | null> {
    const next: unknown = await this.#job(run).moveToCompleted('done', run.token, true)
    const [json, id] = Array.isArray(next) ? next : []
    if (!json) return null
    // What the worker does with such an answer is protected, and part of the rules: it makes the next slot of a schedule.
    const taken = await this.#worker['nextJobFromJobData'](json, id, run.token)
    return this.#took(taken, run.token)
  }

  async fail(run: Run): Promise<void> {
    await this.#job(run).moveToFailed(new Error('unwell'), run.token)
  }

  async setAside(run: Run): Promise<void> {
    await this.#job(run).moveToFailed(new UnrecoverableError('unworkable'), run.token)
  }

  async putOff(run: Run, delayMs: number): Promise<void> {
    await this.#worker.getBackend().moveToDelayed(run.id, Date.now(), delayMs, run.token, PUT_OFF)
  }

  async renew({ id, token }: Run): Promise<boolean> {
    const lost = await this.#worker.getBackend().extendLocks([id], [token], LATER_THAN_ANY_TEST_MS)
    if (lost.length > 0) return false
    this.#locks.set(id, Date.now() + LOCK_MS)
    return true
  }

  async look(order: readonly string[]): Promise<readonly string[]> {
    const key = this.queue.toKey('stalled-check')
    const looked = (await this.#redis.exists(key)) === 0
    const stalled: readonly string[] = await this.#worker.getBackend().moveStalledJobsToWait()
    if (looked) this.#lookEnds = Date.now() + LOOK_MS
    // They wait where the next job is taken from; in Redis that is the end of the list.
    const first = await this.#redis.lrange(this.queue.toKey('wait'), -stalled.length, -1)
    if (stalled.length > 1 && sameMembers(first, order)) {
      await this.#redis
        .multi()
        .ltrim(this.queue.toKey('wait'), 0, -stalled.length - 1)
        .rpush(this.queue.toKey('wait'), ...order)
        .exec()
    }
    return stalled
  }

  async loseLock(id: string): Promise<void> {
    await this.#redis.del(this.queue.toKey(`${id}:lock`))
  }

  async lose(id: string): Promise<void> {
    const key = (name: string): string => this.queue.toKey(name)
    const hand = this.#redis.multi().del(key(id), key(`${id}:lock`))
    for (const list of ['wait', 'active']) hand.lrem(key(list), 0, id)
    for (const set of ['delayed', 'completed', 'failed']) hand.zrem(key(set), id)
    await hand.exec()
  }

  async wipe(): Promise<void> {
    await this.#redis.flushall()
    this.#locks.clear()
    this.#lookEnds = 0
  }

  async expire(): Promise<void> {
    const now = Date.now()
    const over = [...this.#locks].filter(([, until]) => until < now).map(([id]) => id)
    for (const id of over) this.#locks.delete(id)
    const keys = over.map((id) => this.queue.toKey(`${id}:lock`))
    if (this.#lookEnds < now) keys.push(this.queue.toKey('stalled-check'))
    if (keys.length > 0) await this.#redis.del(...keys)
  }

  async jobs(): Promise<readonly Kept[]> {
    const names = await this.#redis.keys(this.queue.toKey('*'))
    const ids = names.map((name) => name.slice(this.queue.toKey('').length)).filter(isJob)
    const jobs = await Promise.all(ids.map(async (id) => await this.#kept(id)))
    return jobs.filter((job) => job !== null)
  }

  async close(): Promise<void> {
    await this.#worker.close()
    await this.queue.close()
    this.#redis.disconnect()
  }

  async #kept(id: string): Promise<Kept | null> {
    const [job, state] = await Promise.all([this.queue.getJob(id), this.queue.getJobState(id)])
    return job === undefined ? null : { ...seenIn(job), name: job.name, state }
  }

  #took(job: Job | undefined, token: string): Run | null {
    if (job === undefined) return null
    const run = { ...seenIn(job), token }
    this.#jobs.set(run, job)
    this.#locks.set(run.id, Date.now() + LOCK_MS)
    return run
  }

  #job(run: Run): Job {
    return this.#jobs.get(run) as Job
  }
}

function seenIn({ id = '', data, attemptsMade, stalledCounter, timestamp, repeatJobKey }: Job): Omit<Run, 'token'> {
  return { id, data, attemptsMade, stalledCount: stalledCounter, timestamp, repeatJobKey }
}

/** Everything else under a queue's name has a name of BullMQ's own. */
function isJob(name: string): boolean {
  return /^(job-|group-|repeat:[^:]+:)/.test(name) && !name.endsWith(':lock')
}

function sameMembers(some: readonly string[], others: readonly string[]): boolean {
  return some.toSorted().join() === others.toSorted().join()
}
