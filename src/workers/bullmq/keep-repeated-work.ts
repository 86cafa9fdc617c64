/** What repeats stays alive whatever Redis loses: schedules are registered again, and emptied queues are filled from the book. */
import type { RateLimitedLog } from '#queues/bullmq/queue-log.ts'
import { watchForLoss } from '#queues/bullmq/redis-loss.ts'
import { ensureSchedule, keepSchedule } from '#queues/bullmq/schedules.ts'
import { EVERY_ACCOUNT, sweepEnvelope } from '#queues/repeated-work.ts'
import type { WorkersOptions } from './runtime.ts'

/** Looks after the schedules of the stages that this process runs until told to stop. @throws what Redis refuses at the first look */
export async function keepRepeatedWork(
  {
    workQueue,
    schedules,
    stages,
    site,
    tools,
  }: Pick<WorkersOptions, 'workQueue' | 'schedules' | 'stages' | 'site' | 'tools'>,
  log: RateLimitedLog,
): Promise<() => void> {
  const ours = schedules.filter(({ stage }) => stages.includes(stage))
  const care = { now: () => tools.now(), log }
  const kept = ours.map((schedule) => keepSchedule(workQueue.queue(schedule.stage, site), schedule, care))
  const stops = await Promise.all(kept)
  if (ours.some(({ stage }) => stage === 'sweep')) {
    const refill = async (): Promise<void> => {
      await Promise.all(
        ours.map((schedule) => ensureSchedule(workQueue.queue(schedule.stage, site), schedule, tools.now())),
      )
      // To the queues a Redis that lost them is what a boot is: the sweep puts back whatever the book owes.
      await workQueue.enqueueAt(site, sweepEnvelope(EVERY_ACCOUNT, 'boot', tools.now()))
    }
    stops.push(await watchForLoss(workQueue, { site, refill, log }))
  }
  return () => {
    for (const stop of stops) stop()
  }
}
