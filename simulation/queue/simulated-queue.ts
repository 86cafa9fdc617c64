/** The part of BullMQ's Queue that the work queue uses, over a simulated connection. */
import type { Job, JobsOptions, JobState, Queue } from 'bullmq'
import type { Kept, StoredJob } from './job.ts'
import type { QueueState } from './queue-state.ts'
import type { RedisClient } from './redis-client.ts'

/** A script refused: its code as BullMQ's errors carry it. */
class ScriptRefused extends Error {
  readonly code: number
  constructor(script: string, code: number) {
    super(`${script} refused with ${code}`)
    this.code = code
  }
}

/** Opens a queue that looks like BullMQ's. */
export function openSimulatedQueue(name: string, client: RedisClient, defaults: JobsOptions): Queue {
  return new SimulatedQueue(name, client, defaults) as unknown as Queue
}

class SimulatedQueue {
  readonly name: string
  readonly #client: RedisClient
  readonly #defaults: JobsOptions

  constructor(name: string, client: RedisClient, defaults: JobsOptions) {
    this.name = name
    this.#client = client
    this.#defaults = defaults
  }

  on(): this {
    return this
  }

  async add(name: string, data: unknown, opts: JobsOptions & { readonly jobId: string }) {
    const job = { id: opts.jobId, name, data, opts: { ...this.#defaults, ...opts } }
    return { id: await this.#script('add', (queue) => queue.add(job)) }
  }

  getJobState(id: string): Promise<JobState | 'unknown'> {
    return this.#script('getState', (queue) => queue.job(id)?.state ?? 'unknown')
  }

  async getJob(id: string): Promise<Job | undefined> {
    const stored = await this.#script('getJob', (queue) => queue.job(id))
    return stored === undefined ? undefined : (this.#jobOf(stored) as unknown as Job)
  }

  getJobScheduler(id: string) {
    return this.#script('getScheduler', (queue) => {
      const known = queue.scheduler(id)
      return known === undefined ? undefined : { ...known }
    })
  }

  async upsertJobScheduler(
    id: string,
    { every }: { readonly every: number },
    template: { readonly name: string; readonly data: unknown; readonly opts: JobsOptions },
  ): Promise<void> {
    const code = await this.#script('upsertScheduler', (queue) => queue.upsertScheduler(id, every, template))
    if (code < 0) throw new ScriptRefused('upsertScheduler', code)
  }

  async removeJobScheduler(id: string): Promise<void> {
    await this.#script('removeScheduler', (queue) => queue.removeScheduler(id))
  }

  getBackend() {
    return backendOf(this.name, this.#client)
  }

  #jobOf({ id, data }: StoredJob) {
    return {
      id,
      data,
      getState: () => this.getJobState(id),
      remove: async () => {
        const code = await this.#script('remove', (queue) => queue.remove(id))
        if (code < 0) throw new ScriptRefused('remove', code)
        if (code === 0) throw new Error(`Expected ${id} to be free, saw a lock`)
      },
      updateData: (given: unknown) =>
        this.#script('updateData', (queue) => {
          const job = queue.job(id)
          if (job === undefined) throw new ScriptRefused('updateData', -1)
          job.data = JSON.parse(JSON.stringify(given))
        }),
      retry: async (from: 'completed' | 'failed') => {
        const code = await this.#script('reprocess', (queue) => queue.reprocess(id, from))
        if (code < 0) throw new ScriptRefused('reprocess', code)
      },
    }
  }

  #script<T>(label: string, script: (queue: QueueState) => T): Promise<T> {
    return this.#client.ask(`${this.name} ${label}`, (redis) => redis.run(this.name, script))
  }
}

/** What is said of a job that is put off. */
interface PutOff {
  readonly skipAttempt?: boolean
  readonly fieldsToUpdate?: { readonly progress?: unknown }
}

/** How a job ended and what is kept of those that ended alike. */
interface Ending {
  readonly state: 'completed' | 'failed'
  readonly reason: string
  readonly keep: Kept
}

/** The scripts that a worker calls by itself; what they refuse is thrown. */
export interface Backend {
  promote(id: string): Promise<void>
  moveToDelayed(id: string, now: number, delayMs: number, token: string, putOff?: PutOff): Promise<void>
  finish(id: string, token: string, ending: Ending): Promise<void>
}

export function backendOf(name: string, client: RedisClient): Backend {
  const script = async (label: string, run: (queue: QueueState) => number): Promise<void> => {
    const code = await client.ask(`${name} ${label}`, (redis) => redis.run(name, run))
    if (code < 0) throw new ScriptRefused(label, code)
  }
  return {
    promote: (id) => script('promote', (queue) => queue.promote(id)),
    moveToDelayed: (id, _now, delayMs, token, { skipAttempt, fieldsToUpdate } = {}) =>
      script('moveToDelayed', (queue) =>
        queue.moveToDelayed(id, token, delayMs, {
          ...(skipAttempt === undefined ? {} : { skipAttempt }),
          progress: fieldsToUpdate?.progress,
        }),
      ),
    finish: (id, token, ending) => script('finish', (queue) => queue.finish(id, token, ending)),
  }
}
