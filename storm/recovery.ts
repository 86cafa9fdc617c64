/**
 * How long the work of a killed worker stands still, and how long a wiped Redis misses what the book owes. Read from Redis and the
 * book directly, past every proxy.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { Job } from 'bullmq'
import { STAGES } from '#domain/message.ts'
import type { BullWorkQueue } from '#queues/bullmq/work-queue.ts'
import type { Recovery } from './evidence.ts'
import type { Ground } from './ground.ts'

const POLL_MS = 50
/** Looked for until a worker has a job to lose. */
const BUSY_WAIT_MS = 2_000
/** What is not back by then counts as never. */
const PATIENCE_MS = 60_000

interface Claim {
  readonly stage: (typeof STAGES)[number]
  readonly jobId: string
}

/** Jobs that a process works on now; waits a little until there are any. */
export async function jobsOf(queue: BullWorkQueue, pid: number): Promise<readonly Claim[]> {
  const deadline = performance.now() + BUSY_WAIT_MS
  for (;;) {
    const jobs = await Promise.all(STAGES.map(async (stage) => [stage, await queue.queue(stage).getActive()] as const))
    const claims = jobs.flatMap(([stage, active]) =>
      active.filter((job) => isWorkedOnBy(job, pid)).map((job) => ({ stage, jobId: job.id ?? '' })),
    )
    if (claims.length > 0 || performance.now() > deadline) return claims
    await delay(20)
  }
}

function isWorkedOnBy(job: Job, pid: number): boolean {
  return job.processedBy?.endsWith(`-${pid}`) ?? false
}

/**
 * Ms from the kill until every job that the process had at work is at work at another, or has moved on. Null when Redis lost them
 * meanwhile, or after a minute.
 */
export async function recoveryOfKill(
  ground: Ground,
  pid: number,
  claims: readonly Claim[],
  cause: string,
): Promise<Recovery | null> {
  const killedAt = performance.now()
  let left = claims
  while (left.length > 0) {
    if (performance.now() - killedAt > PATIENCE_MS) return { of: 'kill', cause, owed: claims.length, ms: null }
    const states = await Promise.all(left.map((claim) => stateOf(ground.queue, claim, pid)))
    if (states.includes('gone')) return null
    left = left.filter((_, index) => states[index] === 'lost')
    if (left.length > 0) await delay(POLL_MS)
  }
  return { of: 'kill', cause, owed: claims.length, ms: Math.round(performance.now() - killedAt) }
}

async function stateOf(queue: BullWorkQueue, { stage, jobId }: Claim, pid: number): Promise<'lost' | 'back' | 'gone'> {
  try {
    const job = await queue.queue(stage).getJob(jobId)
    if (job === undefined) return 'gone'
    const state = await job.getState()
    // Taken from the dead it waits first: only a new worker counts. Put off or finished it was before the kill.
    return isWorkedOnBy(job, pid) && (state === 'active' || state === 'waiting') ? 'lost' : 'back'
  } catch {
    // Redis is away: no news.
    return 'lost'
  }
}

/** Ms from a wipe until Redis holds every job that the book owed then and every schedule; work that was paid meanwhile needs none. */
export async function recoveryOfWipe(ground: Ground, cause: string, wipe: () => Promise<void>): Promise<Recovery> {
  const owedThen = (await ground.book.book.list('outbox', OLDEST_FIRST)).map(({ row }) => row.envelope)
  await wipe()
  const wipedAt = performance.now()
  for (;;) {
    if (await isWhole(ground, owedThen)) {
      return { of: 'wipe', cause, owed: owedThen.length, ms: Math.round(performance.now() - wipedAt) }
    }
    if (performance.now() - wipedAt > PATIENCE_MS) return { of: 'wipe', cause, owed: owedThen.length, ms: null }
    await delay(POLL_MS)
  }
}

const OLDEST_FIRST = { orderBy: { field: 'createdAt', direction: 'ascending' } } as const
const ALIVE: ReadonlySet<string> = new Set(['waiting', 'active', 'delayed', 'prioritized'])

type OwedThen = readonly { readonly stage: (typeof STAGES)[number]; readonly idempotency_key: string }[]

async function isWhole({ queue, book }: Ground, owedThen: OwedThen): Promise<boolean> {
  try {
    const schedules = await queue.queue('sweep').getJobSchedulersCount()
    if (schedules === 0) return false
    const still = new Set((await book.book.list('outbox', OLDEST_FIRST)).map(({ id }) => id))
    for (const { stage, idempotency_key: key } of owedThen) {
      if (!still.has(key)) continue
      if (!ALIVE.has(await queue.queue(stage).getJobState(key))) return false
    }
    return true
  } catch {
    // Redis or the book is away: no news.
    return false
  }
}
