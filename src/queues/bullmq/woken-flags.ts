/**
 * Remembers a wake that met a running job. Such a job read the world before the news and is about to put itself off: it
 * looks here after it did, and brings itself forward. Raise-then-look against move-then-look: one of the two always sees.
 */
import type { Redis } from 'ioredis'
import type { Stage } from '#domain/message.ts'

/** Longer than any run of a job; an unused flag costs one early look and is gone after it. */
const FLAG_TTL_MS = 300_000

/** The flags of one prefix, one key per woken job. */
export class WokenFlags {
  readonly #redis: Redis
  readonly #prefix: string

  constructor(redis: Redis, prefix: string) {
    this.#redis = redis
    this.#prefix = prefix
  }

  /** Raise BEFORE looking whether the job is delayed. */
  async raise(stage: Stage, jobId: string): Promise<void> {
    await this.#redis.set(this.#keyOf(stage, jobId), '1', 'PX', FLAG_TTL_MS)
  }

  /** Take AFTER the job is delayed; true when it was woken while it ran. */
  async take(stage: Stage, jobId: string): Promise<boolean> {
    return (await this.#redis.getdel(this.#keyOf(stage, jobId))) !== null
  }

  #keyOf(stage: Stage, jobId: string): string {
    return `${this.#prefix}:woken:${stage}:${jobId}`
  }
}
