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
