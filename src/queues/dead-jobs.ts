/** Port DeadJobs: the jobs that were set aside because nobody could work on them. They stay until somebody retries or removes them. */
import type { DeadJob } from '#domain/operator/view.ts'

export interface DeadJobs {
  /** The newest of every queue, up to `limit` in all. @throws when the queue does not answer */
  list(limit: number): Promise<DeadJob[]>
  /** Null when that queue is none of ours or holds no such job that was set aside. @throws when the queue does not answer */
  find(queue: string, jobId: string): Promise<DeadJob | null>
  /** Removes a job if it is still set aside; answers whether it was. @throws when the queue does not answer */
  remove(queue: string, jobId: string): Promise<boolean>
}
