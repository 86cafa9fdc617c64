/** Retry-job: a job that was set aside runs again if its message is still owed, and is only removed if it is not. */
import { retryOf, retryRadius } from '#domain/operator/retrying.ts'
import { recordHolder } from './chain.ts'
import { recordOf, sealedWithRefs } from './record.ts'
import type { Verb } from './verb.ts'

export const retryJob: Verb<'retry-job'> = {
  radius: retryRadius,
  async perform(action, view, order, { book, queue, deadJobs }) {
    const { dead } = view
    if (dead === null) throw new RangeError(`Expected job ${action.job} in the view, saw none.`)
    const retry = retryOf(dead)
    const account = dead.owed?.row.envelope.account ?? dead.job.ids['account'] ?? null
    const holder = recordHolder(account, view, order.at)
    const { why, since, ids } = dead.job
    const { writes, records } = sealedWithRefs([
      holder.write,
      recordOf(action, holder.about, { before: { setAside: why, since, ids }, after: retry }, order),
    ])
    await book.commit(writes)
    // Removed only while it is still set aside: what somebody else has queued again meanwhile runs on.
    await deadJobs.remove(action.queue, action.job)
    if (retry.kind === 'remove' || dead.owed === null) {
      const because = retry.kind === 'remove' ? retry.because : 'its message is not owed any more'
      return { detail: `Job ${action.job} was removed, nothing is run: ${because}.`, records, keys: [] }
    }
    const { envelope } = dead.owed.row
    await queue.ensure(envelope)
    return { detail: `Job ${action.job} runs again.`, records, keys: [envelope.idempotency_key] }
  },
  async again(action, { dead }, _order, { queue, deadJobs }) {
    // Set aside still: the end came between the record and the queue.
    if (dead === null) return
    await deadJobs.remove(action.queue, action.job)
    if (retryOf(dead).kind === 'run' && dead.owed !== null) await queue.ensure(dead.owed.row.envelope)
  },
}
