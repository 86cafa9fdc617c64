/** Sweep: asks for a comparison now. Asked twice under one confirmation is asked once: its key is a function of the time that was recorded. */
import { sweepRadius } from '#domain/operator/asking.ts'
import { sweepEnvelope } from '#queues/repeated-work.ts'
import { recordHolder } from './chain.ts'
import { recordOf, sealedWithRefs } from './record.ts'
import type { Verb } from './verb.ts'

export const sweep: Verb<'sweep'> = {
  radius: sweepRadius,
  async perform(action, view, order, { book, queue }) {
    const envelope = sweepEnvelope(action.account, 'demand', order.at)
    const holder = recordHolder(action.account === '*' ? null : action.account, view, order.at)
    const change = { before: null, after: { asked: envelope.idempotency_key } }
    const { writes, records } = sealedWithRefs([holder.write, recordOf(action, holder.about, change, order)])
    await book.commit(writes)
    await queue.enqueue(envelope)
    const whom = action.account === '*' ? 'every account' : action.account
    return { detail: `A sweep of ${whom} is asked for.`, records, keys: [envelope.idempotency_key] }
  },
  async again(action, _view, order, { queue }) {
    await queue.enqueue(sweepEnvelope(action.account, 'demand', order.at))
  },
}
