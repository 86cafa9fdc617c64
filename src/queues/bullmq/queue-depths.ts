/** How deep the queues are and how long their oldest waiting job could have run already; for whoever measures. */
import type { Job, Queue } from 'bullmq'
import type { QueueDepth } from '#queues/queue.ts'
import type { BullWorkQueue } from './work-queue.ts'

const STATES = ['waiting', 'active', 'delayed', 'failed'] as const

/** Two short commands a queue. @throws when Redis does not answer */
export async function readQueueDepths(workQueue: BullWorkQueue, now: number): Promise<readonly QueueDepth[]> {
  return await Promise.all([...workQueue.queues.values()].map((queue) => depthOf(queue, now)))
}

async function depthOf(queue: Queue, now: number): Promise<QueueDepth> {
  // The list is taken from its far end: the first there in ascending order has waited longest.
  const [jobs, [oldest]] = await Promise.all([queue.getJobCounts(...STATES), queue.getJobs(['waiting'], 0, 0, true)])
  return { queue: queue.name, jobs, oldestWaitingMs: oldest === undefined ? null : Math.max(0, now - dueAt(oldest)) }
}

/** When a job could have run: from its making, or from its last run and the pause it asked for. Ms. */
export function dueAt({ timestamp, opts, processedOn, delay }: Job): number {
  return processedOn === undefined ? timestamp + (opts.delay ?? 0) : processedOn + delay
}
