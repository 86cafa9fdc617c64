/** A job as Redis keeps it under BullMQ's rules. */
import type { JobsOptions, JobState } from 'bullmq'

export interface StoredJob {
  readonly id: string
  readonly name: string
  data: unknown
  readonly opts: JobsOptions
  /** When it was made, ms. */
  readonly timestamp: number
  /** Scheduler that made it; undefined for a job of its own. */
  readonly repeatJobKey: string | undefined
  readonly deduplicationId: string | undefined
  state: Extract<JobState, 'waiting' | 'active' | 'delayed' | 'completed' | 'failed'>
  attemptsMade: number
  stalledCount: number
  /** When a delayed job is due, ms. */
  dueAt: number
  lock: { readonly token: string; readonly until: number } | null
  progress: unknown
  finishedAt: number | null
  failedReason: string | null
}

/** How long a finished job is kept (s) and how many of them. */
export interface Kept {
  readonly age?: number
  readonly count?: number
}

/** Of the jobs that finished alike, those that go when another one finishes: the old ones, and all but the newest. */
export function notKept(finished: readonly StoredJob[], { age, count }: Kept, now: number): readonly StoredJob[] {
  const oldest = age === undefined ? Number.NEGATIVE_INFINITY : now - age * 1_000
  const outdated = finished.filter(({ finishedAt }) => (finishedAt ?? 0) <= oldest)
  const young = finished.length - outdated.length
  if (count === undefined || young <= count) return outdated
  const newestFirst = finished.toSorted((a, b) => (b.finishedAt ?? 0) - (a.finishedAt ?? 0) || (a.id < b.id ? 1 : -1))
  return newestFirst.slice(count)
}
