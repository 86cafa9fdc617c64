/** DeadJobs on BullMQ: what its queues keep as failed. Only unworkable messages ever fail, see `job-options.ts`. */
import type { Job, Queue } from 'bullmq'
import { STAGES, envelopeSchema, type Envelope, type Stage } from '#domain/message.ts'
import type { DeadJob } from '#domain/operator/view.ts'
import type { DeadJobs } from '#queues/dead-jobs.ts'
import type { BullWorkQueue } from './work-queue.ts'

/** A reason may quote what was found; nobody reads more of it. */
const WHY_MAX = 500
const ID_MAX = 256
const IDS = ['idempotency_key', 'position_id', 'client_order_id', 'account'] as const

export function createDeadJobs({ queues }: Pick<BullWorkQueue, 'queues'>): DeadJobs {
  const failed = async (name: string, jobId: string): Promise<{ queue: Queue; job: Job } | null> => {
    const queue = queues.get(name)
    const job = await queue?.getJob(jobId)
    if (queue === undefined || job === undefined) return null
    return (await queue.getJobState(jobId)) === 'failed' ? { queue, job } : null
  }
  return {
    async list(limit) {
      const lists = await Promise.all(
        [...queues].map(async ([name, queue]) => {
          const jobs: (Job | undefined)[] = await queue.getFailed(0, limit - 1)
          // One that was removed between the two reads of BullMQ is there without its content.
          return jobs.flatMap((job) => (job === undefined ? [] : [deadJobOf(name, job)]))
        }),
      )
      return lists
        .flat()
        .toSorted((a, b) => (b.since ?? 0) - (a.since ?? 0))
        .slice(0, limit)
    },
    async find(name, jobId) {
      const found = await failed(name, jobId)
      return found === null ? null : deadJobOf(name, found.job)
    },
    async remove(name, jobId) {
      const found = await failed(name, jobId)
      if (found === null) return false
      // Answers 0 for a job that somebody works on by now.
      return (await found.queue.remove(jobId)) === 1
    },
  }
}

function deadJobOf(queue: string, job: Job): DeadJob {
  const stage = stageOf(queue)
  const jobId = job.id ?? ''
  const data: unknown = job.data
  return {
    queue,
    jobId,
    stage,
    why: (job.failedReason || 'no reason was kept').slice(0, WHY_MAX),
    since: job.finishedOn ?? null,
    envelope: envelopeOf(data, stage, jobId),
    ids: idsOf(data),
  }
}

/** `place@desk` carries jobs of `place`. @throws RangeError for a queue of no stage */
function stageOf(queue: string): Stage {
  const stage = STAGES.find((name) => queue === name || queue.startsWith(`${name}@`))
  if (stage === undefined) throw new RangeError(`Expected a queue of one of ${STAGES.join(', ')}, saw ${queue}.`)
  return stage
}

function envelopeOf(data: unknown, stage: Stage, jobId: string): Envelope | null {
  const parsed = envelopeSchema.safeParse(data)
  if (!parsed.success) return null
  return parsed.data.stage === stage && parsed.data.idempotency_key === jobId ? parsed.data : null
}

function idsOf(data: unknown): Record<string, string> {
  if (data === null || typeof data !== 'object') return {}
  const members = data as Readonly<Record<string, unknown>>
  return Object.fromEntries(
    IDS.flatMap((name) => {
      const value = members[name]
      return typeof value === 'string' ? [[name, value.slice(0, ID_MAX)]] : []
    }),
  )
}
