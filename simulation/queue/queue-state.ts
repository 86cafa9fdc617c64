/**
 * One queue inside Redis: what BullMQ's scripts do, each in one step. Written from its documented behaviour (jobs, locks,
 * stalls, deduplication that keeps the last, schedulers); answers are those of the scripts, negative numbers are refusals.
 */
import type { JobsOptions } from 'bullmq'
import { type Kept, notKept, type StoredJob } from './job.ts'
import { firstFree, following, type Scheduler, slotId, slotOf } from './scheduler.ts'

/** Refusals of the scripts. */
export const MISSING = -1
export const NOT_LOCKED = -2
export const NOT_THERE = -3
export const LOCKED_BY_ANOTHER = -6
export const SCHEDULED = -8
export const SLOTS_BUSY = -11

export interface NewJob {
  readonly id: string
  readonly name: string
  readonly data: unknown
  readonly opts: JobsOptions
  readonly repeatJobKey?: string
}

export class QueueState {
  readonly name: string
  readonly #now: () => number
  readonly #jobs = new Map<string, StoredJob>()
  readonly #waiting: string[] = []
  /** In the order in which they were put off: of those due at the same time the first goes first. */
  readonly #delayed = new Set<string>()
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
    this.#delayed.clear()
    this.#deduplicated.clear()
    this.#nextOf.clear()
    this.#schedulers.clear()
    this.#suspects = new Set()
    this.#checkedAt = Number.NEGATIVE_INFINITY
  }

  /** One job is gone with its lock, as by a hand or an eviction; its place in a list is gone too, what names it is not. */
  lose(id: string): void {
    this.#delete(id)
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
      // The one that stood for it was lost, and what should have followed it is forgotten with it.
      if (standing !== undefined) this.#nextOf.delete(deduplication.id)
      this.#deduplicated.set(deduplication.id, job.id)
    }
    this.#wait(this.#store(job))
    return job.id
  }

  /** Makes the next waiting job active under a lock; undefined when none waits. Delayed ones that are due wait first. */
  take(token: string, lockMs: number): StoredJob | undefined {
    for (const job of this.#due()) this.#wait(job)
    const id = this.#waiting.shift()
    if (id === undefined) return undefined
    const job = this.#jobs.get(id) as StoredJob
    job.state = 'active'
    job.lock = { token, until: this.#now() + lockMs }
    return job
  }

  /** When a job can be taken: now, later (ms), or not before one is added. */
  nextAt(): number {
    if (this.#waiting.length > 0) return this.#now()
    let first = Number.POSITIVE_INFINITY
    for (const id of this.#delayed) first = Math.min(first, this.#jobs.get(id)?.dueAt ?? first)
    return first
  }

  hasActive(): boolean {
    for (const job of this.#jobs.values()) if (job.state === 'active') return true
    return false
  }

  /** Renews a lock, which also clears it of suspicion; false when it is not this token's any more. */
  renew(id: string, token: string, lockMs: number): boolean {
    const job = this.#jobs.get(id)
    if (job === undefined || this.#lockOf(job)?.token !== token) return false
    job.lock = { token, until: this.#now() + lockMs }
    this.#suspects.delete(id)
    return true
  }

  finish(
    id: string,
    token: string,
    outcome: { readonly state: 'completed' | 'failed'; readonly reason: string; readonly keep: Kept },
  ): number {
    const held = this.#release(id, token)
    if (typeof held === 'number') return held
    held.state = outcome.state
    held.attemptsMade += 1
    held.finishedAt = this.#now()
    held.failedReason = outcome.state === 'failed' ? outcome.reason : null
    this.#followUp(held)
    const finished = [...this.#jobs.values()].filter(({ state }) => state === outcome.state)
    for (const { id: old } of notKept(finished, outcome.keep, this.#now())) this.#delete(old)
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
    this.#delay(held, this.#now() + delayMs)
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

  /** Answers 1, or 0 when a lock protects it; the next slot of a scheduler goes only with it. */
  remove(id: string): number {
    const job = this.#jobs.get(id)
    if (job === undefined) return 1
    const { repeatJobKey: key } = job
    const scheduler = key === undefined ? undefined : this.#schedulers.get(key)
    if (scheduler !== undefined && slotId(key ?? '', scheduler.next) === id) return SCHEDULED
    if (this.#lockOf(job) !== null) return 0
    this.#remove(job)
    return 1
  }

  /** Takes jobs back whose lock is lost in two looks; one look an interval, whoever asks. Answers their ids. */
  recoverStalled(intervalMs: number): readonly string[] {
    const now = this.#now()
    if (now - this.#checkedAt <= intervalMs) return []
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

  /** Registers a schedule, or replaces it with the job of its next slot. Answers 0, or that its slots are all taken. */
  upsertScheduler(id: string, every: number, template: Scheduler['template']): number {
    const now = this.#now()
    const known = this.#schedulers.get(id)
    const job = known === undefined ? undefined : this.#jobs.get(slotId(id, known.next))
    const replaced = job?.state === 'waiting' || job?.state === 'delayed'
    if (replaced) this.#remove(job)
    const wanted = slotOf(known, { every, now, replaced })
    const next = firstFree(wanted.next, every, (slot) => this.#jobs.has(slotId(id, slot)))
    if (next === undefined) return SLOTS_BUSY
    const scheduler = { every, template, ...wanted, next }
    this.#schedulers.set(id, scheduler)
    this.#addSlot(id, scheduler)
    return 0
  }

  /** Its next job goes with it as long as that is put off; once it waits, it still runs. */
  removeScheduler(id: string): void {
    const known = this.#schedulers.get(id)
    if (known === undefined) return
    const slot = slotId(id, known.next)
    if (this.#delayed.has(slot)) this.#delete(slot)
    this.#schedulers.delete(id)
  }

  /** The slot `producer` runs now: makes the next one, once. */
  nextSlot(id: string, producer: string): void {
    const scheduler = this.#schedulers.get(id)
    if (scheduler === undefined || producer !== slotId(id, scheduler.next)) return
    const next = following(scheduler.next, { ...scheduler, now: this.#now() })
    if (this.#jobs.has(slotId(id, next))) return
    scheduler.next = next
    this.#addSlot(id, scheduler)
  }

  #addSlot(schedulerId: string, { next, template }: Scheduler): void {
    const job = this.#store({ id: slotId(schedulerId, next), ...template, repeatJobKey: schedulerId })
    if (next > this.#now()) this.#delay(job, next)
    else this.#wait(job)
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
    return job
  }

  #wait(job: StoredJob): void {
    job.state = 'waiting'
    this.#delayed.delete(job.id)
    this.#waiting.push(job.id)
  }

  #delay(job: StoredJob, dueAt: number): void {
    job.state = 'delayed'
    job.dueAt = dueAt
    this.#delayed.add(job.id)
  }

  #due(): StoredJob[] {
    const now = this.#now()
    return [...this.#delayed]
      .map((id) => this.#jobs.get(id) as StoredJob)
      .filter(({ dueAt }) => dueAt <= now)
      .toSorted((a, b) => a.dueAt - b.dueAt)
  }

  /** Redis keeps an expiring key through the millisecond in which it ends. */
  #lockOf(job: StoredJob): StoredJob['lock'] {
    return job.lock !== null && job.lock.until >= this.#now() ? job.lock : null
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
    this.#suspects.delete(id)
    return job
  }

  #followUp({ id, deduplicationId }: StoredJob): void {
    if (deduplicationId === undefined) return
    if (this.#deduplicated.get(deduplicationId) === id) this.#deduplicated.delete(deduplicationId)
    const next = this.#nextOf.get(deduplicationId)
    if (next === undefined) return
    this.#nextOf.delete(deduplicationId)
    this.#deduplicated.set(deduplicationId, next.id)
    this.#wait(this.#store(next))
  }

  #remove({ id, deduplicationId }: StoredJob): void {
    this.#delete(id)
    if (deduplicationId === undefined || this.#deduplicated.get(deduplicationId) !== id) return
    this.#deduplicated.delete(deduplicationId)
    this.#nextOf.delete(deduplicationId)
  }

  #delete(id: string): void {
    this.#jobs.delete(id)
    this.#delayed.delete(id)
    const place = this.#waiting.indexOf(id)
    if (place >= 0) this.#waiting.splice(place, 1)
  }
}
