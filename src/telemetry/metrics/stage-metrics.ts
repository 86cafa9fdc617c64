/** What this process's stages do: how long jobs wait, how long a run takes and how it ends. */
import { Histogram, type Registry } from 'prom-client'
import type { Stage } from '#domain/message.ts'
import { LATENCY_BUCKETS } from './registry.ts'

/** How a run of a job ended: done; again after a pause; set aside for good; failed and tried again. */
export type RunResult = 'done' | 'again' | 'unworkable' | 'error'

export interface StageMetrics {
  /** A job's first run began so long after it could have. */
  waited(stage: Stage, seconds: number): void
  ran(stage: Stage, result: RunResult, seconds: number): void
}

export function stageMetrics(registry: Registry): StageMetrics {
  const wait = new Histogram({
    name: 'truebook_job_wait_seconds',
    help: 'From when a job could run to the start of its first run. Later runs of the same job are not counted.',
    labelNames: ['stage'],
    buckets: LATENCY_BUCKETS,
    registers: [registry],
  })
  const run = new Histogram({
    name: 'truebook_stage_run_seconds',
    help: 'One run of a job, its reads, commits and venue calls included. result: done, again, unworkable, error.',
    labelNames: ['stage', 'result'],
    buckets: LATENCY_BUCKETS,
    registers: [registry],
  })
  return {
    waited: (stage, seconds) => wait.observe({ stage }, seconds),
    ran: (stage, result, seconds) => run.observe({ stage, result }, seconds),
  }
}
