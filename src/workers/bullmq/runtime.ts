/**
 * Runs stages of one site in this process: one BullMQ worker per stage over one Redis connection, what repeats kept alive,
 * health measured on consumption, and an end in order: workers, queues, connection.
 */
import { hostname } from 'node:os'
import type { Stage } from '#domain/message.ts'
import { RateLimitedLog } from '#queues/bullmq/queue-log.ts'
import type { BullWorkQueue } from '#queues/bullmq/work-queue.ts'
import type { Schedule } from '#queues/repeated-work.ts'
import type { Site } from '#queues/site.ts'
import type { StageWorker, Tools } from '#workers/worker.ts'
import type { Consumption } from './consumption.ts'
import type { UnworkableMessage } from './stage-processor.ts'
import { keepRepeatedWork } from './keep-repeated-work.ts'
import { createStageRunner, type StageRunner } from './stage-worker.ts'

/** What to run and with what. */
export interface WorkersOptions {
  /** Opened with patience `wait`; the workers share its connection, and closing them closes it. */
  readonly workQueue: BullWorkQueue
  /** Stages of this process; each needs a handler. */
  readonly stages: readonly Stage[]
  /** Jobs of accounts of other sites are left to the workers there. */
  readonly site: Site
  readonly handlers: Readonly<Partial<Record<Stage, StageWorker>>>
  readonly tools: Tools
  readonly onUnworkable: (message: UnworkableMessage) => Promise<void>
  /** Told how long a job could have run before its first run began. Default: nobody is. */
  readonly onFirstRun?: (stage: Stage, waitedMs: number) => void
  /** What repeats at this site; looked after by every process there that runs its stage. */
  readonly schedules: readonly Schedule[]
}

/** One stage as seen by this process and by Redis. */
export interface StageHealth extends Consumption {
  readonly stage: Stage
  readonly waiting: number
  readonly paused: boolean
  /** Work waits, nothing holds it back, and this process has finished nothing for `STUCK_AFTER_MS`. */
  readonly stuck: boolean
}

/** How an end went: `drained` when every running job finished, else how many were left to other processes. */
export interface DrainReport {
  readonly drained: boolean
  readonly leftRunning: number
}

/** The workers of this process. */
export interface RunningWorkers {
  health(): Promise<readonly StageHealth[]>
  /**
   * Takes no more jobs, gives running ones `graceMs`, closes workers, queues and connection in this order. Jobs still running then are left: their locks
   * end and another process runs them again. Safe to call twice.
   */
  close(graceMs: number): Promise<DrainReport>
}

const STUCK_AFTER_MS = 30_000

/** Starts the workers. @throws RangeError for a stage without a handler or a queue that is not patient */
export async function startWorkers(options: WorkersOptions): Promise<RunningWorkers> {
  const handlers = options.stages.map((stage) => [stage, handlerOf(stage, options)] as const)
  const { workQueue, tools } = options
  if (workQueue.patience !== 'wait') {
    throw new RangeError(`Expected a work queue opened with patience "wait" for workers, saw "${workQueue.patience}".`)
  }
  const log = new RateLimitedLog(tools.log, () => tools.now())
  const workerName = `${hostname()}-${process.pid}`
  const runners = handlers.map(([stage, handler]) => createStageRunner({ ...options, stage, handler, workerName, log }))
  const stopSchedules = await keepRepeatedWork({ ...options, now: () => tools.now(), log })
  for (const { worker, stage } of runners) {
    worker.run().catch((error: unknown) => {
      log.write('error', { stage, error: String(error) }, `${stage} worker ended by itself`)
    })
  }
  tools.log.info({ stages: options.stages, site: options.site, prefix: workQueue.prefix }, 'workers started')
  let closing: Promise<DrainReport> | undefined
  return {
    health: () => readHealth(runners, options),
    close(graceMs) {
      stopSchedules()
      closing ??= drain(runners, workQueue, graceMs)
      return closing
    },
  }
}

function handlerOf(stage: Stage, { handlers }: WorkersOptions): StageWorker {
  const handler = handlers[stage]
  if (handler === undefined) throw new RangeError(`Expected a handler for stage ${stage}, saw none.`)
  return handler
}

async function readHealth(
  runners: readonly StageRunner[],
  { workQueue, site, tools }: WorkersOptions,
): Promise<readonly StageHealth[]> {
  const now = tools.now()
  return Promise.all(
    runners.map(async ({ stage, meter }) => {
      const queue = workQueue.queue(stage, site)
      const [waiting, paused] = await Promise.all([queue.getWaitingCount(), queue.isPaused()])
      const consumption = meter.read(now)
      const stuck = waiting > 0 && !paused && consumption.sinceConsumedMs > STUCK_AFTER_MS
      return { stage, ...consumption, waiting, paused, stuck }
    }),
  )
}

async function drain(runners: readonly StageRunner[], workQueue: BullWorkQueue, graceMs: number): Promise<DrainReport> {
  await Promise.all(runners.map(({ brake }) => brake.release()))
  let timer: NodeJS.Timeout | undefined
  const graceEnded = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), graceMs)
  })
  // Pausing waits for running jobs and, unlike closing, can still be overruled by a forced close.
  const allFinished = Promise.all(runners.map(({ worker }) => worker.pause())).then(() => true as const)
  const drained = await Promise.race([allFinished, graceEnded])
  clearTimeout(timer)
  const leftRunning = runners.reduce((sum, { meter }) => sum + meter.read(0).running, 0)
  // Jobs that are left must lose their locks: nothing may renew them, so the connection goes first.
  if (!drained) workQueue.redis.disconnect()
  await Promise.all(runners.map(({ worker }) => worker.close(!drained)))
  await workQueue.close()
  return { drained, leftRunning }
}
