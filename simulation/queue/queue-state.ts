/**
 * One queue inside Redis: what BullMQ's scripts do, each in one step. Written from its documented behaviour (jobs, locks,
 * stalls, deduplication that keeps the last, schedulers); answers are those of the scripts, negative numbers are refusals.
 */
import type { JobsOptions } from 'bullmq'
import type { StoredJob } from './job.ts'

/** Refusals of the scripts. */
export const MISSING = -1
export const NOT_LOCKED = -2
export const NOT_THERE = -3
export const LOCKED_BY_ANOTHER = -6

export interface NewJob {
  readonly id: string
  readonly name: string
  readonly data: unknown
  readonly opts: JobsOptions
  readonly repeatJobKey?: string
}

interface Scheduler {
  readonly every: number
  readonly template: { readonly name: string; readonly data: unknown; readonly opts: JobsOptions }
  next: number
}

export class QueueState {
  readonly name: string
  readonly #now: () => number
  readonly #jobs = new Map<string, StoredJob>()
  readonly #waiting: string[] = []
  readonly #deduplicated = new Map<string, string>()
  /** What comes after the active job of a deduplication id. */
  readonly #nextOf = new Map<string, NewJob>()
  readonly #schedulers = new Map<string, Scheduler>()
  #suspects = new Set<string>()
  #checkedAt = Number.NEGATIVE_INFINITY

  constructor(name: string, now: () => number) {
    this.name = name
    this.#now = now
  }

  /** All of it is gone. */
  flush(): void {
    this.#jobs.clear()
    this.#waiting.length = 0
    this.#deduplicated.clear()
    this.#nextOf.clear()
    this.#schedulers.clear()
    this.#suspects = new Set()
    this.#checkedAt = Number.NEGATIVE_INFINITY
  }

  /** One job is gone with its lock, as by a hand or an eviction; its place in a list is gone too. */
  lose(id: string): void {
    this.#remove(id)
  }

  ids(): readonly string[] {
    return [...this.#jobs.keys()]
  }

  job(id: string): StoredJob | undefined {
    return this.#jobs.get(id)
  }

  /** Answers the id under which the work is now: its own, or that of the job that stands for it. */
  add(job: NewJob): string {
    if (this.#jobs.has(job.id)) return job.id
    const { deduplication } = job.opts
    if (deduplication !== undefined) {
      const standing = this.#deduplicated.get(deduplication.id)
      if (standing !== undefined && this.#jobs.has(standing)) {
        const active = this.#jobs.get(standing)?.state === 'active'
        if (active && deduplication.keepLastIfActive === true) this.#nextOf.set(deduplication.id, job)
        return standing
      }
      this.#deduplicated.set(deduplication.id, job.id)
    }
    this.#store(job)
    return job.id
  }

  /** Makes the next waiting job active under a lock; undefined when none waits. Delayed ones that are due wait first. */
  take(token: string, lockMs: number): StoredJob | undefined {
    for (const job of this.#due()) {
      job.state = 'waiting'
      this.#waiting.push(job.id)
    }
    const id = this.#waiting.shift()
    if (id === undefined) return undefined
    const job = this.#jobs.get(id)
    if (job === undefined) return this.take(token, lockMs)
    job.state = 'active'
    job.lock = { token, until: this.#now() + lockMs }
    return job
  }

  /** When a job can be taken: now, later (ms), or not before one is added. */
  nextAt(): number {
    if (this.#waiting.length > 0) return this.#now()
    let first = Number.POSITIVE_INFINITY
    for (const job of this.#jobs.values()) if (job.state === 'delayed') first = Math.min(first, job.dueAt)
    return first
  }

  hasActive(): boolean {
    for (const job of this.#jobs.values()) if (job.state === 'active') return true
    return false
  }

  /** Renews a lock; false when it is not this token's any more. */
  renew(id: string, token: string, lockMs: number): boolean {
    const job = this.#jobs.get(id)
    if (job === undefined || this.#lockOf(job)?.token !== token) return false
    job.lock = { token, until: this.#now() + lockMs }
    return true
  }

  finish(
    id: string,
    token: string,
    outcome: { readonly state: 'completed' | 'failed'; readonly reason: string },
  ): number {
    const held = this.#release(id, token)
    if (typeof held === 'number') return held
    held.state = outcome.state
    held.attemptsMade += 1
    held.finishedAt = this.#now()
    held.failedReason = outcome.state === 'failed' ? outcome.reason : null
    this.#followUp(held)
    return 0
  }

  moveToDelayed(
    id: string,
    token: string,
    delayMs: number,
    { skipAttempt = false, progress }: { readonly skipAttempt?: boolean; readonly progress?: unknown } = {},
  ): number {
    const held = this.#release(id, token)
    if (typeof held === 'number') return held
    if (!skipAttempt) held.attemptsMade += 1
    else held.attemptsMade = 0
    if (progress !== undefined) held.progress = progress
    held.state = 'delayed'
    held.dueAt = this.#now() + delayMs
    return 0
  }

  promote(id: string): number {
    const job = this.#jobs.get(id)
    if (job?.state !== 'delayed') return NOT_THERE
    this.#wait(job)
    return 0
  }

  /** Runs a finished job again. */
  reprocess(id: string, from: 'completed' | 'failed'): number {
    const job = this.#jobs.get(id)
    if (job === undefined) return MISSING
    if (job.state !== from) return NOT_THERE
    job.attemptsMade = 0
    job.finishedAt = null
    job.failedReason = null
    this.#wait(job)
    return 1
  }

  remove(id: string): void {
    this.#remove(id)
  }

  /** Takes jobs back whose lock is lost in two looks; one look an interval, whoever asks. Answers their ids. */
  recoverStalled(intervalMs: number): readonly string[] {
    const now = this.#now()
    if (now - this.#checkedAt < intervalMs) return []
    this.#checkedAt = now
    const stalled: string[] = []
    for (const id of this.#suspects) {
      const job = this.#jobs.get(id)
      if (job?.state !== 'active' || this.#lockOf(job) !== null) continue
      job.stalledCount += 1
      job.lock = null
      job.state = 'waiting'
      this.#waiting.unshift(id)
      stalled.push(id)
    }
    this.#suspects = new Set([...this.#jobs.values()].filter(({ state }) => state === 'active').map(({ id }) => id))
    return stalled
  }

  scheduler(id: string): { readonly every: number; readonly next: number } | undefined {
    return this.#schedulers.get(id)
  }

  upsertScheduler(id: string, every: number, template: Scheduler['template']): void {
    const now = this.#now()
    const known = this.#schedulers.get(id)
    if (known !== undefined) this.#remove(slotId(id, known.next))
    const next = known?.every === every ? known.next : now
    const scheduler = { every, template, next }
    this.#schedulers.set(id, scheduler)
    this.#addSlot(id, scheduler)
  }

  removeScheduler(id: string): void {
    const known = this.#schedulers.get(id)
    if (known === undefined) return
    this.#remove(slotId(id, known.next))
    this.#schedulers.delete(id)
  }

  /** The slot `producer` runs now: makes the next one, once. */
  nextSlot(id: string, producer: string): void {
    const scheduler = this.#schedulers.get(id)
    if (scheduler === undefined || producer !== slotId(id, scheduler.next)) return
    const missed = Math.floor((this.#now() - scheduler.next) / scheduler.every)
    scheduler.next += scheduler.every * Math.max(1, missed + 1)
    this.#addSlot(id, scheduler)
  }

  #addSlot(schedulerId: string, { next, template }: Scheduler): void {
    const id = slotId(schedulerId, next)
    if (this.#jobs.has(id)) return
    const job = this.#store({ id, ...template, repeatJobKey: schedulerId })
    if (next <= this.#now()) return
    this.#waiting.splice(this.#waiting.indexOf(id), 1)
    job.state = 'delayed'
    job.dueAt = next
  }

  #store({ id, name, data, opts, repeatJobKey }: NewJob): StoredJob {
    const job: StoredJob = {
      id,
      name,
      // What goes through Redis is text.
      data: JSON.parse(JSON.stringify(data)),
      opts,
      timestamp: this.#now(),
      repeatJobKey,
      deduplicationId: opts.deduplication?.id,
      state: 'waiting',
      attemptsMade: 0,
      stalledCount: 0,
      dueAt: 0,
      lock: null,
      progress: 0,
      finishedAt: null,
      failedReason: null,
    }
    this.#jobs.set(id, job)
    this.#waiting.push(id)
    return job
  }

  #wait(job: StoredJob): void {
    job.state = 'waiting'
    this.#waiting.push(job.id)
  }

  #due(): StoredJob[] {
    const now = this.#now()
    return [...this.#jobs.values()]
      .filter(({ state, dueAt }) => state === 'delayed' && dueAt <= now)
      .toSorted((a, b) => a.dueAt - b.dueAt)
  }

  #lockOf(job: StoredJob): StoredJob['lock'] {
    return job.lock !== null && job.lock.until > this.#now() ? job.lock : null
  }

  /** The active job, its lock given back; or the refusal. */
  #release(id: string, token: string): StoredJob | number {
    const job = this.#jobs.get(id)
    if (job === undefined) return MISSING
    const lock = this.#lockOf(job)
    if (lock === null) return NOT_LOCKED
    if (lock.token !== token) return LOCKED_BY_ANOTHER
    if (job.state !== 'active') return NOT_THERE
    job.lock = null
    return job
  }

  #followUp({ id, deduplicationId }: StoredJob): void {
    if (deduplicationId === undefined) return
    if (this.#deduplicated.get(deduplicationId) === id) this.#deduplicated.delete(deduplicationId)
    const next = this.#nextOf.get(deduplicationId)
    if (next === undefined) return
    this.#nextOf.delete(deduplicationId)
    this.#deduplicated.set(deduplicationId, next.id)
    this.#store(next)
  }

  #remove(id: string): void {
    const job = this.#jobs.get(id)
    if (job === undefined) return
    this.#jobs.delete(id)
    const place = this.#waiting.indexOf(id)
    if (place >= 0) this.#waiting.splice(place, 1)
    const { deduplicationId } = job
    if (deduplicationId !== undefined && this.#deduplicated.get(deduplicationId) === id) {
      this.#deduplicated.delete(deduplicationId)
    }
  }
}

function slotId(scheduler: string, slot: number): string {
  return `repeat:${scheduler}:${slot}`
}
