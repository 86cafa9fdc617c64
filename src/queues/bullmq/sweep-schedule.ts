/**
 * When sweeps run: one repeating job for all accounts, and requests that coalesce. The schedule lives in Redis and may vanish
 * with it, so every worker process looks after it on a timer of its own and every sweep looks after it too.
 */
import type { Job, Queue } from 'bullmq'
import type { AccountId, IdempotencyKey, PositionId } from '#domain/ids.ts'
import type { Envelope } from '#domain/message.ts'
import type { WorkQueue } from '#queues/work-queue.ts'
import { JOB_OPTIONS } from './job-options.ts'

/** Why a sweep runs: by the clock, at the start of a process, or because somebody asked. */
export type SweepTrigger = 'scheduled' | 'boot' | 'demand'

/** The account of a sweep that is meant for every account: its handler fans out. */
export const EVERY_ACCOUNT = '*'

const SCHEDULER_ID = 'sweep-all'
/** A slot this many intervals late was lost (its job was deleted by hand): register again. */
const OVERDUE_INTERVALS = 3

/**
 * Makes sure the repeating sweep exists with this interval; says whether it had to register it. Left alone when it is in
 * order: registering replaces the next job, and many processes doing so at boot would push it around.
 */
export async function ensureSweepSchedule(queue: Queue, everyMs: number, now: number): Promise<'kept' | 'registered'> {
  const found = await queue.getJobScheduler(SCHEDULER_ID)
  const next = found?.next ?? 0
  if (found?.every === everyMs && next > now - OVERDUE_INTERVALS * everyMs) return 'kept'
  await queue.upsertJobScheduler(SCHEDULER_ID, { every: everyMs }, { name: 'scheduled', data: {}, opts: JOB_OPTIONS })
  return 'registered'
}

/** Asks for a sweep of one account, or of `EVERY_ACCOUNT`. One that already waits is enough; one that runs is followed by one more. */
export async function requestSweep(
  queue: WorkQueue,
  account: AccountId,
  trigger: SweepTrigger,
  now: number,
): Promise<void> {
  await queue.enqueue(sweepEnvelope(account, trigger, now))
}

/** The message of one sweep; `at` (ms) is its slot or the time of the request and makes its key. */
export function sweepEnvelope(account: AccountId, trigger: SweepTrigger, at: number): Envelope {
  const name = `sweep-${nameOf(account)}`
  return {
    idempotency_key: `${name}-${at}` as IdempotencyKey,
    client_order_id: null,
    position_id: name as PositionId,
    account,
    stage: 'sweep',
    source: 'sweep',
    ts: at,
    payload: { trigger },
  }
}

/** The message that a scheduler-made job stands for, or undefined when the job carries a message of its own. */
export function scheduledSweepOf(job: Job): Envelope | undefined {
  if (job.repeatJobKey !== SCHEDULER_ID) return undefined
  // Ids are `repeat:<scheduler>:<slot>`; the slot makes the key, so a job run twice carries the same message twice.
  const slot = Number(job.id?.split(':').at(-1))
  return sweepEnvelope(EVERY_ACCOUNT, 'scheduled', Number.isSafeInteger(slot) ? slot : job.timestamp)
}

/** Per account at most one sweep waits and one runs; requests during a run leave exactly one to follow it. */
export function sweepDeduplication(account: AccountId): { readonly id: string; readonly keepLastIfActive: true } {
  return { id: `sweep-${nameOf(account)}`, keepLastIfActive: true }
}

function nameOf(account: AccountId): string {
  return account === EVERY_ACCOUNT ? 'all' : account.replaceAll(/[:\s]/g, '_')
}
