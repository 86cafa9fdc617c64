/** What a scrape of the API's process shows beyond its own doing: the book, the queues and Redis. */
import { redisGauge, queueGauges } from '#telemetry/metrics/queue-gauges.ts'
import { bookGauges } from '#telemetry/metrics/book-gauges.ts'
import { bookReader } from '#telemetry/metrics/read-book.ts'
import { readQueueDepths } from '#queues/bullmq/queue-depths.ts'
import type { Foundation } from './foundation.ts'

/** Of every process: its own connection. */
export function showConnection({ queue, telemetry }: Foundation): void {
  redisGauge(telemetry.metrics.registry, () => queue.redis.status === 'ready')
}

/** Of the API: it sees every account, and several processes would only count the same rows again. */
export function showState({ book, queue, config, telemetry, now }: Foundation): void {
  const { registry } = telemetry.metrics
  const accountIds = config.accounts.map(({ id }) => id)
  bookGauges(registry, bookReader({ book, accountIds, now }))
  queueGauges(registry, () => readQueueDepths(queue, now()))
}
