/** What a stage's queues are: their names and how their jobs run. Data only; `bullmq/` turns it into queues and workers. */
import { STAGES, type Stage } from '#domain/message.ts'
import type { Site } from './site.ts'

export interface QueueDefinition {
  /** Also the BullMQ queue name at the default site, the log field and the metric label. */
  readonly stage: Stage
  readonly purpose: string
  /** Jobs of this stage that one process works on at once. */
  readonly concurrency: number
  /** The work touches no venue: one queue for all sites, and whoever lives works on it. Default: a queue per site. */
  readonly siteless?: true
  /** Of one position id at most one job waits and one runs; what is asked meanwhile becomes one more run. */
  readonly coalesces?: true
}

/** A queue as it stands: jobs by state, and how long the oldest waiting one could have run already; null when none waits. */
export interface QueueDepth {
  readonly queue: string
  readonly jobs: Readonly<Record<string, number>>
  readonly oldestWaitingMs: number | null
}

/** Every queue in the order of a signal's life: the map of the running system. */
export const QUEUES: readonly QueueDefinition[] = [
  { stage: 'route', purpose: 'risk gates; position, intent and ledger entry in one commit', concurrency: 50 },
  { stage: 'precheck', purpose: 'broker versus book before anything is placed', concurrency: 50 },
  { stage: 'place', purpose: 'sends entries, stops and cancels; resolves what is unknown', concurrency: 50 },
  { stage: 'monitor', purpose: 'entry settlement and in-trade discipline until the position is flat', concurrency: 50 },
  { stage: 'close', purpose: 'asks the broker, then sends the reduce-only exit', concurrency: 50 },
  { stage: 'reconcile', purpose: 'fills to episode to PnL, one commit', concurrency: 50 },
  {
    stage: 'sweep',
    purpose: 'full comparison of broker and book; requeues what is owed',
    // One account's venue that does not answer keeps one slot, not all of them.
    concurrency: 20,
    coalesces: true,
  },
  { stage: 'guard', purpose: "watches a prop programme's floors", concurrency: 10, coalesces: true },
  { stage: 'publish', purpose: 'tells the outside of every decision', concurrency: 20, siteless: true },
  { stage: 'alerts', purpose: 'delivers alerts to their sinks', concurrency: 16, siteless: true },
]

export function queueOf(stage: Stage): QueueDefinition {
  const found = QUEUES.find((queue) => queue.stage === stage)
  if (found === undefined) throw new RangeError(`Stage ${stage} has no queue; expected one of ${STAGES.join(', ')}.`)
  return found
}

/** Name of the queue that carries a stage's jobs for a site: `place`, or `place@desk-mac`. */
export function queueNameOf(stage: Stage, site: Site): string {
  return site === null || queueOf(stage).siteless === true ? stage : `${stage}@${site}`
}

/** Names of all queues: every stage at every site. */
export function queueNames(sites: readonly Site[]): readonly string[] {
  return [...new Set(sites.flatMap((site) => STAGES.map((stage) => queueNameOf(stage, site))))]
}
