/**
 * Repeating work in Redis. A schedule may vanish with its Redis, so every worker process looks after those of its site on a
 * timer of its own. Their jobs are only ticks: a tick asks for the work as anybody may, and asking coalesces, so that slow
 * work never runs beside itself.
 */
import type { Job, Queue } from 'bullmq'
import { type Schedule, scheduleIdOf } from '#queues/repeated-work.ts'
import { JOB_OPTIONS } from './job-options.ts'
import type { RateLimitedLog } from './queue-log.ts'

/** A slot this many intervals late was lost (its job was deleted by hand): register again. */
const OVERDUE_INTERVALS = 3

/**
 * Makes sure that a schedule exists with its interval; says whether it had to register it. Left alone when it is in order:
 * registering replaces the next job, and many processes doing so at boot would push it around.
 */
export async function ensureSchedule(queue: Queue, schedule: Schedule, now: number): Promise<'kept' | 'registered'> {
  const { everyMs } = schedule
  const id = scheduleIdOf(schedule)
  const found = await queue.getJobScheduler(id)
  const next = found?.next ?? 0
  if (found?.every === everyMs && next > now - OVERDUE_INTERVALS * everyMs) return 'kept'
  await queue.upsertJobScheduler(id, { every: everyMs }, { name: 'scheduled', data: {}, opts: JOB_OPTIONS })
  return 'registered'
}

/** Registers a schedule and looks after it until told to stop: a flushed Redis has none and would never tick again. */
export async function keepSchedule(
  queue: Queue,
  schedule: Schedule,
  { now, log }: { readonly now: () => number; readonly log: RateLimitedLog },
): Promise<() => void> {
  const { stage, account, everyMs } = schedule
  await ensureSchedule(queue, schedule, now())
  const timer = setInterval(() => {
    ensureSchedule(queue, schedule, now()).then(
      (outcome) => {
        if (outcome === 'registered')
          log.write('warn', { account, everyMs }, `${stage} schedule was missing, registered again`)
      },
      (error: unknown) =>
        log.write('warn', { account, error: String(error) }, `${stage} schedule could not be checked`),
    )
  }, everyMs)
  return () => clearInterval(timer)
}

/** A job that a schedule made: which schedule's, and for when (ms). Undefined for a job with a message of its own. */
export function tickOf(job: Job): { readonly scheduleId: string; readonly slot: number } | undefined {
  if (job.repeatJobKey === undefined) return undefined
  // Ids are `repeat:<schedule>:<slot>`.
  const slot = Number(job.id?.split(':').at(-1))
  return { scheduleId: job.repeatJobKey, slot: Number.isSafeInteger(slot) ? slot : job.timestamp }
}
