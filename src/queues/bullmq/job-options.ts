/** How every job runs, with the reasons. Facts and measurements: docs.bullmq.io and our own fault tests. */
import type { JobsOptions, KeepJobs } from 'bullmq'
import type { Stage } from '#domain/message.ts'
import { queueOf } from '#queues/queue.ts'

const HOUR_S = 3_600
const DAY_S = 86_400

/** Type name under which jobs ask the worker for `backoffMs`; anything not built into BullMQ means "ask the worker". */
const BACKOFF_TYPE = 'capped'
const BACKOFF_FIRST_MS = 200
const BACKOFF_MAX_MS = 15_000

/**
 * Options stored with every job. Attempts never run out: owed work that fails is retried until it succeeds or an operator
 * ends it, since giving up would leave an order or a position behind. Stack traces are cut or they would grow with it.
 */
export const JOB_OPTIONS: JobsOptions = {
  attempts: 1_000_000_000,
  backoff: { type: BACKOFF_TYPE },
  stackTraceLimit: 2,
}

/** Wait before attempt `failures + 1`, in ms: 200 ms doubling up to 15 s, less up to a quarter so that herds spread. */
export function backoffMs(failures: number, random: () => number = Math.random): number {
  const full = Math.min(BACKOFF_FIRST_MS * 2 ** Math.min(failures - 1, 20), BACKOFF_MAX_MS)
  return Math.round(full * (1 - random() / 4))
}

/**
 * Finished jobs keep their ids for an hour. A stage that is run again after a crash adds its next job again, and only a kept
 * id stops the rest of the chain from running twice. The count bounds Redis memory (about 1.3 kB a job).
 */
export function keepCompleted(stage: Stage): KeepJobs {
  return { age: HOUR_S, count: queueOf(stage).coalesces === true ? 1_000 : 20_000 }
}

/** Only unworkable messages ever fail; they stay a week for whoever reads the alert. */
export const KEEP_FAILED: KeepJobs = { age: 7 * DAY_S, count: 10_000 }

/** Length of a queue's event stream; nothing of ours reads it, Bull Board shows jobs without it. */
export const EVENTS_KEPT = 1_000
