/**
 * Notices that Redis lost what it held: it was emptied, or started again on a file that misses its last second. Without this, owed
 * work would wait for the next scheduled sweep, and the schedule for its keeper.
 */
import type { Redis } from 'ioredis'
import { queueNameOf } from '#queues/queue.ts'
import type { Site } from '#queues/site.ts'
import type { RateLimitedLog } from './queue-log.ts'
import type { BullWorkQueue } from './work-queue.ts'

/** Between two looks, ms: what a look costs is one round trip. */
const LOOK_MS = 1_000

export interface LossWatch {
  readonly site: Site
  /** Puts back what the queues of the site must hold. May be asked by several processes at once, and again after a crash. */
  readonly refill: () => Promise<void>
  readonly log: RateLimitedLog
}

/**
 * Looks now and then every second until told to stop. Whoever finds no mark of this site, or the mark of another run of Redis, refills and
 * only then marks: a crash in between repeats the refill. @throws when Redis refuses the first look
 */
export async function watchForLoss(workQueue: BullWorkQueue, watch: LossWatch): Promise<() => void> {
  const { redis, prefix } = workQueue
  const key = `${prefix}:filled:${queueNameOf('sweep', watch.site)}`
  const look = async (): Promise<void> => {
    const [run, marked] = await Promise.all([runOf(redis), redis.get(key)])
    if (marked === run) return
    const found = marked === null ? 'an empty Redis' : 'a Redis that was started again'
    watch.log.write('warn', { site: watch.site, found }, 'Redis may have lost work: the queues are filled again')
    await watch.refill()
    await redis.set(key, run)
  }
  await look()
  let looking = false
  const timer = setInterval(() => {
    // While Redis is away the look waits for it: one is enough.
    if (looking) return
    looking = true
    look()
      .catch((error: unknown) => {
        watch.log.write('warn', { error: String(error) }, 'it could not be told whether Redis lost work')
      })
      .finally(() => {
        looking = false
      })
  }, LOOK_MS)
  return () => clearInterval(timer)
}

/** Names one run of the server: it changes with every start and with a failover. */
async function runOf(redis: Redis): Promise<string> {
  const run = /^run_id:(\w+)/m.exec(await redis.info('server'))?.[1]
  if (run === undefined) throw new Error('Expected INFO of Redis to name its run_id, saw none.')
  return run
}
