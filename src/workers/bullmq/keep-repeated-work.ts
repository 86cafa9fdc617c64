/** What repeats stays alive whatever Redis loses: schedules are registered again, and emptied queues are filled from the book. */
import type { Stage } from '#domain/message.ts'
import type { RateLimitedLog } from '#queues/bullmq/queue-log.ts'
import { watchForLoss } from '#queues/bullmq/redis-loss.ts'
import { ensureSchedule, keepSchedule } from '#queues/bullmq/schedules.ts'
import type { BullWorkQueue } from '#queues/bullmq/work-queue.ts'
import { EVERY_ACCOUNT, type Schedule, sweepEnvelope } from '#queues/repeated-work.ts'
import type { Site } from '#queues/site.ts'

/** What repeats here, and where its queues are. */
export interface RepeatedWork {
  readonly workQueue: BullWorkQueue
  readonly schedules: readonly Schedule[]
  /** Stages that this process runs: the schedules of others are theirs. */
  readonly stages: readonly Stage[]
  readonly site: Site
  readonly now: () => number
  readonly log: RateLimitedLog
}

/** Looks after the schedules of this process's stages until told to stop. @throws what Redis refuses at the first look */
export async function keepRepeatedWork(work: RepeatedWork): Promise<() => void> {
  const { workQueue, schedules, stages, site, now, log } = work
  const ours = schedules.filter(({ stage }) => stages.includes(stage))
  const kept = ours.map((schedule) => keepSchedule(workQueue.queue(schedule.stage, site), schedule, { now, log }))
  const stops = await Promise.all(kept)
  if (ours.some(({ stage }) => stage === 'sweep')) {
    const refill = async (): Promise<void> => {
      await Promise.all(ours.map((schedule) => ensureSchedule(workQueue.queue(schedule.stage, site), schedule, now())))
      // To the queues a Redis that lost them is what a boot is: the sweep puts back whatever the book owes.
      await workQueue.enqueueAt(site, sweepEnvelope(EVERY_ACCOUNT, 'boot', now()))
    }
    stops.push(await watchForLoss(workQueue, { site, refill, log }))
  }
  return () => {
    for (const stop of stops) stop()
  }
}
