/** One BullMQ Worker with everything it needs around it: listeners, brake, meter. Created stopped. */
import { Worker, type Job } from 'bullmq'
import type { Stage } from '#domain/message.ts'
import { KEEP_FAILED, backoffMs, keepCompleted } from '#queues/bullmq/job-options.ts'
import type { RateLimitedLog } from '#queues/bullmq/queue-log.ts'
import { queueNameOf, queueOf } from '#queues/queue.ts'
import { ConsumptionMeter } from './consumption.ts'
import { idsOfData } from './envelope-ids.ts'
import { ErrorBrake } from './error-brake.ts'
import { WORKER_SETTINGS } from './settings.ts'
import { StageProcessor, type StageProcessorOptions } from './stage-processor.ts'

/** The worker of one stage in this process. */
export interface StageRunner {
  readonly stage: Stage
  readonly worker: Worker
  readonly meter: ConsumptionMeter
  readonly brake: ErrorBrake
}

/** Where the queues are and who runs their jobs. */
export interface StageRunnerOptions extends StageProcessorOptions {
  /** Shows in Bull Board as the process that ran a job. */
  readonly workerName: string
  readonly onFirstRun?: (stage: Stage, waitedMs: number) => void
  readonly log: RateLimitedLog
}

/** Makes the worker of a stage; nothing runs before `worker.run()`. */
export function createStageRunner(options: StageRunnerOptions): StageRunner {
  const { stage, tools } = options
  const processor = new StageProcessor(options)
  const meter = new ConsumptionMeter(tools.now())
  const worker: Worker = new Worker(
    queueNameOf(stage, options.site),
    async (job: Job) => {
      const ended = meter.started(tools.now())
      if (job.attemptsStarted <= 1) options.onFirstRun?.(stage, waitOf(job))
      try {
        return await processor.run(job, worker)
      } finally {
        ended(tools.now())
      }
    },
    {
      ...WORKER_SETTINGS,
      // Shared with the queues: one connection carries all short commands, each worker adds only its blocking one.
      connection: options.workQueue.redis,
      prefix: options.workQueue.prefix,
      name: options.workerName,
      concurrency: queueOf(stage).concurrency,
      removeOnComplete: keepCompleted(stage),
      removeOnFail: KEEP_FAILED,
      settings: { backoffStrategy: (attemptsMade: number) => backoffMs(attemptsMade) },
    },
  )
  const brake = new ErrorBrake(worker)
  listen(worker, brake, options)
  return { stage, worker, meter, brake }
}

/** From when a job could have run to now, when it does, ms. Its maker's clock may be another. */
function waitOf({ timestamp, opts, processedOn = timestamp }: Job): number {
  return Math.max(0, processedOn - timestamp - (opts.delay ?? 0))
}

/** Results of lost locks and refused commands appear only as events: without these listeners they are lost or fatal. */
function listen(worker: Worker, brake: ErrorBrake, { stage, log, tools }: StageRunnerOptions): void {
  worker.on('error', (error) => {
    log.write('warn', { stage, error: error.message }, `${stage} worker error`)
    if (brake.noted(tools.now())) log.write('error', { stage, error: error.message }, `${stage} worker rests: errors`)
  })
  worker.on('lockRenewalFailed', (jobIds) => {
    log.write(
      'warn',
      { stage, jobIds: jobIds.slice(0, 10) },
      `${stage} locks lost: another worker may run these jobs too`,
    )
  })
  worker.on('stalled', (jobId) => {
    log.write(
      'warn',
      { stage, jobId, idempotency_key: jobId },
      `${stage} job taken over from a worker that is gone or was blocked`,
    )
  })
  worker.on('failed', (job, error) => {
    const ids = idsOfData(job?.data)
    const fields = { stage, ...ids, jobId: job?.id, attempt: job?.attemptsMade, error: error.message }
    log.write('error', fields, `${stage} job failed`)
  })
}
