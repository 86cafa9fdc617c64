/** Queues and Redis as gauges, read when somebody scrapes. Queues are shown by the API, the connection by every process. */
import type { Registry } from 'prom-client'
import type { QueueDepth } from '#queues/queue.ts'
import { scrapedGauges } from './registry.ts'

/** Shows every queue; they are absent while Redis does not answer. */
export function queueGauges(registry: Registry, readDepths: () => Promise<readonly QueueDepth[]>): void {
  const shared = sharedRead(readDepths)
  scrapedGauges(registry, [
    {
      name: 'truebook_queue_jobs',
      help: 'Jobs of a queue by state. A delayed job is one that looks again later, such as the watch over a position.',
      labels: ['queue', 'state'],
      read: async () =>
        (await shared())?.flatMap(({ queue, jobs }) =>
          Object.entries(jobs).map(([state, count]) => [{ queue, state }, count] as const),
        ) ?? null,
    },
    {
      name: 'truebook_queue_oldest_waiting_seconds',
      help: 'How long the oldest waiting job of a queue could have run already; 0 when none waits.',
      labels: ['queue'],
      read: async () =>
        (await shared())?.map(({ queue, oldestWaitingMs }) => [{ queue }, (oldestWaitingMs ?? 0) / 1000] as const) ??
        null,
    },
  ])
}

/** Whether this process's connection to Redis is up. */
export function redisGauge(registry: Registry, isConnected: () => boolean): void {
  scrapedGauges(registry, [
    {
      name: 'truebook_redis_connected',
      help: 'Whether this process is connected to Redis.',
      read: () => [[{}, Number(isConnected())]],
    },
  ])
}

/** Both gauges of one scrape share a read; null when it fails. */
function sharedRead<T>(read: () => Promise<T>): () => Promise<T | null> {
  let running: Promise<T | null> | null = null
  return () => {
    running ??= read()
      .catch(() => null)
      .finally(() => {
        running = null
      })
    return running
  }
}
