/** Workers of a test: the real runtime with handlers of the test's own and tools that touch no venue and no book. */
import type { Book } from '#book/book.ts'
import type { Stage } from '#domain/message.ts'
import { openWorkQueue, type BullWorkQueue } from '#queues/bullmq/work-queue.ts'
import { sitesFrom } from '#queues/site.ts'
import type { WorkQueue } from '#queues/work-queue.ts'
import { recordLog, type LogRecord } from '#test/queues/bullmq/messages.ts'
import { startWorkers, type RunningWorkers, type WorkersOptions } from '#workers/bullmq/runtime.ts'
import type { UnworkableMessage } from '#workers/bullmq/stage-processor.ts'
import type { StageWorker, Tools } from '#workers/worker.ts'
import { NO_SINKS } from '../silent-sinks.ts'

/** The account `desk` is traded from the site `mac`, every other from anywhere. */
export const SITES = sitesFrom([{ id: 'desk', site: 'mac' }])

/** Running workers and what came out of them. */
export interface TestWorkers extends RunningWorkers {
  readonly workQueue: BullWorkQueue
  readonly log: LogRecord
  readonly unworkable: readonly UnworkableMessage[]
}

/** Starts the runtime for the stages that have a handler. */
export async function runWorkers(
  url: string,
  handlers: Partial<Record<Stage, StageWorker>>,
  overrides: Partial<WorkersOptions> = {},
): Promise<TestWorkers> {
  const log = recordLog()
  const unworkable: UnworkableMessage[] = []
  const workQueue = await openWorkQueue({ url, prefix: '{test}', patience: 'wait', sites: SITES, log })
  try {
    const running = await startWorkers({
      workQueue,
      stages: Object.keys(handlers) as Stage[],
      handlers,
      tools: toolsOf(workQueue, log),
      onUnworkable: async (message) => {
        unworkable.push(message)
      },
      site: null,
      schedules: [],
      ...overrides,
    })
    return { ...running, workQueue, log, unworkable }
  } catch (error) {
    await workQueue.close()
    throw error
  }
}

/** Tools whose clock, log and queue work; book and accounts refuse to be touched. */
export function toolsOf(queue: WorkQueue, log: LogRecord): Tools {
  const refuse = (): never => {
    throw new Error('A queue test touched the book, an account or a sink.')
  }
  return {
    book: new Proxy({}, { get: refuse }) as Book,
    account: refuse,
    accountIds: [],
    log,
    queue,
    alerting: NO_SINKS,
    now: () => Date.now(),
    pause: refuse,
  }
}
