/**
 * What may be done about a job that was set aside. The outbox is the to-do list: what it owes is run again with the message as it is
 * written there, whatever became of the job's own copy. What it does not owe has had its effect, or repeats by itself: such a job is only
 * removed. Nothing here can send an order again: stages are safe to run twice.
 */
import type { ActionOf } from './action.ts'
import { type Radius, type Refusal, radiusOf } from './radius.ts'
import type { OperatorView } from './view.ts'

type Dead = NonNullable<OperatorView['dead']>

/** run: queued again. remove: the job goes, nothing runs. */
export type Retry = { readonly kind: 'run' } | { readonly kind: 'remove'; readonly because: string }

/** What a retry does with a dead job. */
export function retryOf({ job, owed, processed }: Dead): Retry {
  if (owed !== null && owed.row.stage === job.stage) return { kind: 'run' }
  if (owed !== null)
    return { kind: 'remove', because: `its message belongs to stage ${owed.row.stage}, where it is owed` }
  if (processed !== null)
    return { kind: 'remove', because: `its message was processed: ${processed.row.outcome.detail}` }
  if (job.stage === 'sweep' || job.stage === 'guard') {
    return { kind: 'remove', because: 'such work repeats by the clock; ask for a sweep to have one now' }
  }
  if (job.envelope === null)
    return { kind: 'remove', because: 'what it holds is no message of ours and nothing is owed under its id' }
  return { kind: 'remove', because: 'its message is not owed any more' }
}

export function retryRadius(
  { queue, job: id }: ActionOf<'retry-job'>,
  { dead, accounts }: OperatorView,
): Radius | Refusal {
  if (dead === null) {
    return {
      refused: 'not_found',
      message: `There is no job ${id} that was set aside in ${queue}; see GET /v1/dead-jobs.`,
    }
  }
  const retry = retryOf(dead)
  const account = dead.owed?.row.envelope.account ?? dead.job.ids['account'] ?? null
  return radiusOf(accounts.some((entry) => entry.account === account) ? [account as string] : [], [
    `Job ${id} of ${queue} was set aside: ${dead.job.why}`,
    retry.kind === 'run'
      ? 'Its message is still owed: the job runs again with the message that the book owes. No order is sent twice by it.'
      : `Nothing is run: ${retry.because}. The job is removed.`,
  ])
}
