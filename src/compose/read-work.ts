/** What Redis says of work and workers, for the first screen. Remembered for a moment: everybody who watches shares one answer. */
import { setTimeout as delay } from 'node:timers/promises'
import type { OverviewAnswer } from '#http/overview-wire.ts'
import type { SitesAnswer } from '#http/wire.ts'
import type { Foundation } from './foundation.ts'

/** Asking who is connected costs a CLIENT LIST a queue, ms. */
const REMEMBERED_MS = 5_000

/** The book is the point of the screen: a Redis that hangs must not hold it up, ms. */
const PATIENCE_MS = 1_000
const UNSAID = { dead_jobs: null, workers: null }

type Work = Pick<OverviewAnswer, 'dead_jobs' | 'workers'>

/** The reader; what Redis does not say is null, never nothing. */
export function workReader(
  { queue, log }: Pick<Foundation, 'queue' | 'log'>,
  readSites: () => Promise<SitesAnswer['sites']>,
): () => Promise<Work> {
  let known: { readonly work: Promise<Work>; readonly at: number } | null = null
  const read = async (): Promise<Work> => {
    const counts = [...queue.queues.values()].map(async (one) => await one.getFailedCount())
    const [dead, sites] = await Promise.allSettled([Promise.all(counts), readSites()])
    for (const answer of [dead, sites])
      if (answer.status === 'rejected') log.debug({ err: answer.reason as unknown }, 'Redis does not say')
    return {
      dead_jobs: dead.status === 'fulfilled' ? dead.value.reduce((sum, count) => sum + count, 0) : null,
      workers: sites.status === 'fulfilled' ? sites.value : null,
    }
  }
  return async () => {
    const now = performance.now()
    if (known === null || now - known.at > REMEMBERED_MS) known = { work: read(), at: now }
    return await Promise.race([known.work, delay(PATIENCE_MS, UNSAID, { ref: false })])
  }
}
