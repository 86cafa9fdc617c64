/**
 * Locks, stalls and retries of the BullMQ workers, and why. A killed worker's jobs must be at work again within 5 s; BullMQ's
 * defaults take 60 s because they use long locks to make double runs rare. Here double runs are harmless: every effect is
 * fenced by revisions and processed rows in the book and by the venue's own ids, so locks only spare work and may be short.
 */
import type { WorkerOptions } from 'bullmq'

/** A lock unrenewed for this long is lost; it is renewed every half of it, so a loop blocked for 1.2 s keeps its jobs. */
const LOCK_MS = 2_500
/** How often lost locks are looked for, by one process of all. Worst case to a new start: 2.5 s lock + two looks = 4.5 s. */
const STALLED_CHECK_MS = 1_000
/** Kills never fail a job: a failed job of a live position would leave it unwatched. */
const STALLS_MAX = 1_000_000_000
/** Pause before BullMQ repeats its own bookkeeping after a connection error; its default of 15 s outlives our locks. */
const BOOKKEEPING_RETRY_MS = 500
/** Longest blocking read of an idle queue, s. */
const IDLE_READ_S = 5

/** Settings shared by the workers of every stage. */
export const WORKER_SETTINGS = {
  lockDuration: LOCK_MS,
  stalledInterval: STALLED_CHECK_MS,
  maxStalledCount: STALLS_MAX,
  runRetryDelay: BOOKKEEPING_RETRY_MS,
  drainDelay: IDLE_READ_S,
  autorun: false,
} as const satisfies Omit<WorkerOptions, 'connection'>
