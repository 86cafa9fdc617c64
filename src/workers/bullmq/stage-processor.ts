/**
 * From a job to a verdict and back: checks the message, runs the stage's worker, does what its verdict says in an order that
 * a crash at any point only repeats, never loses: first hand on what is next, then finish.
 */
import { DelayedError, UnrecoverableError, type Job, type Queue, type Worker } from 'bullmq'
import { prettifyError } from 'zod'
import { envelopeSchema, type Envelope, type Stage } from '#domain/message.ts'
import { tickOf } from '#queues/bullmq/schedules.ts'
import type { BullWorkQueue } from '#queues/bullmq/work-queue.ts'
import { messageOfSlot, type Schedule, scheduleIdOf } from '#queues/repeated-work.ts'
import type { Site } from '#queues/site.ts'
import { idsOf } from './envelope-ids.ts'
import { Unworkable, type Log, type StageWorker, type Tools, type Verdict } from '#workers/worker.ts'

/** A message that was set aside for good. `data` is what the job held, as found. */
export interface UnworkableMessage {
  readonly stage: Stage
  readonly jobId: string
  readonly reason: string
  readonly data: unknown
}

/** What the processor of one stage needs. */
export interface StageProcessorOptions {
  readonly stage: Stage
  /** Whose jobs it takes. */
  readonly site: Site
  /** What repeats at this site. */
  readonly schedules: readonly Schedule[]
  readonly handler: StageWorker
  readonly tools: Tools
  readonly workQueue: BullWorkQueue
  /** Raises the alert. The job is set aside only after it resolved; while it throws, the job is retried. */
  readonly onUnworkable: (message: UnworkableMessage) => Promise<void>
}

const DETAIL_MAX = 300
/** Stages of a position's life. */
const STORY: ReadonlySet<Stage> = new Set(['route', 'precheck', 'place', 'monitor', 'close', 'reconcile'])

/** Runs jobs of one stage. */
export class StageProcessor {
  readonly #options: StageProcessorOptions
  /** Where its jobs come from. */
  readonly #queue: Queue

  constructor(options: StageProcessorOptions) {
    this.#options = options
    this.#queue = options.workQueue.queue(options.stage, options.site)
  }

  /** One run of a job. Resolves with the verdict's detail. @throws DelayedError, UnrecoverableError (for BullMQ); else: retry */
  async run(job: Job, worker: Worker): Promise<string> {
    const tick = tickOf(job)
    if (tick !== undefined) return await this.#ask(tick)
    const envelope = await this.#envelopeOf(job)
    const { tools, handler, workQueue } = this.#options
    const homes = workQueue.queuesOf(envelope)
    if (!homes.includes(this.#queue)) {
      // The account moved to another site after this was queued: its workers hold the key, we do not.
      await workQueue.enqueue(envelope)
      return `moved to ${homes.map(({ name }) => name).join(', ')}`
    }
    const log = logOf(tools.log, envelope)
    let verdict: Verdict
    try {
      verdict = await handler(envelope, { ...tools, log })
    } catch (error) {
      if (error instanceof Unworkable) return this.#setAside(job, error.message)
      // BullMQ reads message and stack of whatever is thrown.
      throw error instanceof Error ? error : new Error(`The ${envelope.stage} worker threw ${String(error)}`)
    }
    await this.#handOn(verdict, envelope)
    log[levelOf(verdict, envelope)]({ verdict: verdict.kind, detail: verdict.detail }, 'job run')
    const detail = verdict.detail.slice(0, DETAIL_MAX)
    if (verdict.kind === 'done') return detail
    await this.#putOff({ job, worker, envelope, afterMs: verdict.afterMs, detail })
    throw new DelayedError(detail)
  }

  /** A tick asks for the work it stands for; one of a schedule that the configuration no longer has ends that schedule. */
  async #ask({ scheduleId, slot }: { readonly scheduleId: string; readonly slot: number }): Promise<string> {
    const { schedules, site, workQueue } = this.#options
    const schedule = schedules.find((entry) => scheduleIdOf(entry) === scheduleId)
    if (schedule === undefined) {
      await this.#queue.removeJobScheduler(scheduleId)
      return 'not scheduled any more'
    }
    await workQueue.enqueueAt(site, messageOfSlot(schedule, slot))
    return 'asked'
  }

  async #envelopeOf(job: Job): Promise<Envelope> {
    const parsed = envelopeSchema.safeParse(job.data)
    if (!parsed.success) return this.#setAside(job, `invalid message: ${prettifyError(parsed.error)}`)
    const { stage, idempotency_key: key } = parsed.data
    if (stage !== this.#options.stage) {
      return this.#setAside(job, `expected a message for ${this.#options.stage}, saw one for ${stage}`)
    }
    if (key !== job.id) return this.#setAside(job, `expected idempotency_key ${job.id} as the job id, saw ${key}`)
    return parsed.data
  }

  async #setAside(job: Job, reason: string): Promise<never> {
    await this.#options.onUnworkable({ stage: this.#options.stage, jobId: job.id ?? '', reason, data: job.data })
    throw new UnrecoverableError(reason)
  }

  async #handOn(verdict: Verdict, { account }: Envelope): Promise<void> {
    const { workQueue } = this.#options
    const { next = [], wake = [] } = verdict
    if (next.length === 1 && next[0] !== undefined) await workQueue.enqueue(next[0])
    else if (next.length > 1) await Promise.all(next.map((envelope) => workQueue.enqueue(envelope)))
    for (const { stage, key } of wake) await workQueue.wake(stage, key, account)
  }

  async #putOff(again: {
    job: Job
    worker: Worker
    envelope: Envelope
    afterMs: number
    detail: string
  }): Promise<void> {
    const { job, worker, envelope, afterMs, detail } = again
    const { stage, site, workQueue } = this.#options
    const jobId = job.id ?? ''
    const backend = worker.getBackend()
    // The run went well, so the next failure starts at the shortest back-off. `progress` shows in Bull Board what is awaited.
    const fields = { atm: 0, progress: JSON.stringify(detail) }
    try {
      const delayMs = Math.max(0, Math.round(afterMs))
      await backend.moveToDelayed(jobId, Date.now(), delayMs, job.token, { skipAttempt: true, fieldsToUpdate: fields })
    } catch (error) {
      const refusal = refusalOf(error)
      if (refusal === undefined) throw error
      // Lock lost: another run owns the job now and will say what is next. Job gone (queues flushed): put it back.
      if (refusal === 'job-gone') await workQueue.enqueueAt(site, envelope)
      return
    }
    if (await workQueue.woken.take(stage, jobId)) await workQueue.promote(this.#queue, jobId)
  }
}

/** How BullMQ's scripts say that the job is not ours any more; anything else is a fault. */
function refusalOf(error: unknown): 'job-gone' | 'lock-lost' | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'number') return undefined
  if (error.code === -1) return 'job-gone'
  return error.code < -1 ? 'lock-lost' : undefined
}

/** Steps that end are the story of a position; looking again, and work that repeats for ever, are not. */
function levelOf(verdict: Verdict, { stage }: Envelope): 'info' | 'debug' {
  return verdict.kind === 'done' && STORY.has(stage) ? 'info' : 'debug'
}

function logOf(log: Log, envelope: Envelope): Log {
  const ids = idsOf(envelope)
  return {
    debug: (fields, message) => log.debug({ ...ids, ...fields }, message),
    info: (fields, message) => log.info({ ...ids, ...fields }, message),
    warn: (fields, message) => log.warn({ ...ids, ...fields }, message),
    error: (fields, message) => log.error({ ...ids, ...fields }, message),
  }
}
