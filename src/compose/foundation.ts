/** What every role stands on: secrets, log, book, Redis and the queues. */
import { join } from 'node:path'
import type { Alerting } from '#alerting/alerting.ts'
import type { Book } from '#book/book.ts'
import type { Config } from '#config/config.ts'
import { provideRedis } from '#embedded/redis.ts'
import { openWorkQueue, type BullWorkQueue } from '#queues/bullmq/work-queue.ts'
import { createLog } from '#telemetry/log.ts'
import { type Site, sitesFrom } from '#queues/site.ts'
import type { Log } from '#workers/worker.ts'
import { openSinks } from './alert-sinks.ts'
import { clockOf } from './clock.ts'
import { openBook } from './open-book.ts'
import { publishing } from './publishing.ts'
import { readSecrets, type SecretNeeds, type Secrets } from './secrets.ts'
import { observe, type Telemetry } from './telemetry.ts'

/** What every part of the process shares. */
export interface Foundation {
  readonly config: Config
  /** Whose accounts this process trades. */
  readonly site: Site
  readonly secrets: Secrets
  readonly book: Book
  /** Fails fast while Redis is away. */
  readonly queue: BullWorkQueue
  /** May hold a password: never log it. */
  readonly redisUrl: string
  /** In braces, so that all keys share one slot of a Redis Cluster. */
  readonly redisPrefix: string
  readonly log: Log
  /** What the parts are observed with. */
  readonly telemetry: Telemetry
  /** Where alerts go. */
  readonly alerting: Alerting
  /** Ms since epoch. */
  readonly now: () => number
  /** Aborts when the process is told to stop, also while it still starts. */
  readonly stopped: AbortSignal
}

/** Parts that tests and the demo replace. */
export interface ComposeOptions {
  /** Default: JSON lines on standard output. */
  readonly log?: Log
  /** Default: the wall clock. Ms. */
  readonly now?: () => number
  /** Stands between the process and its book, e.g. to crash at a chosen commit. Default: nothing. */
  readonly aroundBook?: (book: Book) => Book
  /** Ends a start that still waits for its venue. Default: never. */
  readonly stopped?: AbortSignal
}

/** Opens all of it; `opened` closes it in reverse. @throws SecretUnavailable, BookUnavailable, RedisUnavailable, RedisUnfit */
export async function layFoundation(
  config: Config,
  needs: SecretNeeds,
  options: ComposeOptions,
  opened: AsyncDisposableStack,
): Promise<Foundation> {
  const secrets = readSecrets(config, needs)
  const log = options.log ?? createLog({ level: config.log.level, secrets: secrets.all })
  for (const warning of secrets.warnings) log.warn({}, warning)
  const { now = clockOf(config), stopped = new AbortController().signal } = options
  const plainBook = (options.aroundBook ?? ((plain) => plain))(await openBook(config.book))
  opened.defer(() => plainBook.close())
  const configured = secrets.redisUrl?.reveal() ?? config.redis.url
  const redis = await provideRedis({
    dataDir: join(config.dataDir, 'redis'),
    ...(configured !== null && { url: configured }),
  })
  opened.defer(() => redis.stop())
  const redisPrefix = `{${config.redis.prefix}}`
  const sites = sitesFrom(config.accounts)
  const queue = await openWorkQueue({ url: redis.url, prefix: redisPrefix, patience: 'fail-fast', sites, log })
  opened.defer(() => queue.close())
  const { telemetry, book: seen } = await observe(plainBook, { config, needs, secrets, log, now }, opened)
  const book = publishing(seen, { config, queue, log })
  const alerting = openSinks({ config, secrets, log, now })
  return {
    config,
    site: needs.site,
    secrets,
    book,
    queue,
    redisUrl: redis.url,
    redisPrefix,
    log,
    telemetry,
    alerting,
    now,
    stopped,
  }
}
