/** A message that nobody can work on is never dropped in silence: it becomes an alert with the reason. */
import type { Book } from '#book/book.ts'
import type { WorkQueue } from '#queues/work-queue.ts'
import { raiseAlone } from '#workers/writes.ts'
import type { UnworkableMessage } from '#workers/bullmq/stage-processor.ts'

export interface UnworkableTools {
  readonly book: Book
  readonly queue: Pick<WorkQueue, 'enqueue'>
  now(): number
}

/** @throws BookUnavailable, RedisUnavailable: then the job is retried */
export async function raiseUnworkable(tools: UnworkableTools, message: UnworkableMessage): Promise<void> {
  const { data } = message
  const named = data !== null && typeof data === 'object' && 'account' in data ? data.account : null
  const next = await raiseAlone(
    tools.book,
    {
      severity: 'critical',
      kind: 'unworkable-message',
      account: typeof named === 'string' ? named : '*',
      instrument: null,
      positionId: null,
      occurrence: `${message.stage}.${message.jobId}`,
      title: `A message of stage ${message.stage} cannot be worked on`,
      detail: `Job ${message.jobId} was set aside: ${message.reason}`,
    },
    tools.now(),
  )
  for (const envelope of next) await tools.queue.enqueue(envelope)
}
