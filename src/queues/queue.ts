/** What a stage's queue is: its name and how its jobs run. Data only; `bullmq/` turns it into queues and workers. */
import { STAGES, type Stage } from '#domain/message.ts'

export interface QueueDefinition {
  /** Also the BullMQ queue name, the log field and the metric label. */
  readonly stage: Stage
  readonly purpose: string
  /** Jobs of this stage that one process works on at once. */
  readonly concurrency: number
}

/** Every queue in the order of a signal's life: the map of the running system. */
export const QUEUES: readonly QueueDefinition[] = [
  { stage: 'route', purpose: 'risk gates; position, intent and ledger entry in one commit', concurrency: 50 },
  { stage: 'precheck', purpose: 'broker versus book before anything is placed', concurrency: 50 },
  { stage: 'place', purpose: 'sends entries, stops and cancels; resolves what is unknown', concurrency: 50 },
  { stage: 'monitor', purpose: 'entry settlement and in-trade discipline until the position is flat', concurrency: 50 },
  { stage: 'close', purpose: 'asks the broker, then sends the reduce-only exit', concurrency: 50 },
  { stage: 'reconcile', purpose: 'fills to episode to PnL, one commit', concurrency: 50 },
  { stage: 'sweep', purpose: 'full comparison of broker and book; requeues what is owed', concurrency: 4 },
  { stage: 'alerts', purpose: 'delivers alerts to their sinks', concurrency: 4 },
]

export function queueOf(stage: Stage): QueueDefinition {
  const found = QUEUES.find((queue) => queue.stage === stage)
  if (found === undefined) throw new RangeError(`Stage ${stage} has no queue; expected one of ${STAGES.join(', ')}.`)
  return found
}
