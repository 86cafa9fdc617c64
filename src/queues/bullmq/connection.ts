/**
 * Connections to Redis, in two tempers. Workers wait: a command outlives any outage, or a finished job would be marked
 * failed after 20 reconnects. Producers fail fast: ingest must be able to answer 503 instead of hanging.
 */
import { Redis, type RedisOptions } from 'ioredis'
import { concealerOf } from '#domain/conceal.ts'
import { RateLimitedLog, type QueueLog } from './queue-log.ts'

/** `wait`: commands wait for Redis however long it takes. `fail-fast`: they fail within `PRODUCER_TIMEOUT_MS`. */
export type Patience = 'wait' | 'fail-fast'

/** Where Redis is and how to behave while it is away. `name` shows in CLIENT LIST. */
export interface ConnectionChoice {
  readonly url: string
  readonly patience: Patience
  readonly name: string
  readonly log: QueueLog
}

/** Redis cannot be reached now. What was asked of it may or may not have happened: ask again under the same id. */
export class RedisUnavailable extends Error {
  override readonly name = 'RedisUnavailable'
}

/** Replies keep their default shape, which BullMQ reads. */
type Settings = Omit<RedisOptions, 'replyMapping'>

const CONNECT_TIMEOUT_MS = 10_000
const PRODUCER_TIMEOUT_MS = 3_000
const RECONNECT_MAX_MS = 1_000
/** Above BullMQ's longest blocking read (10 s), so that only a dead socket trips it, never an idle queue. */
const SOCKET_TIMEOUT_MS = 15_000

/** Opens a connection and waits until it is ready. @throws RedisUnavailable when Redis does not answer within 10 s */
export async function connectRedis(choice: ConnectionChoice): Promise<Redis> {
  const settings: Settings = { ...commonOptions(choice), ...optionsOf(choice.patience) }
  const redis = new Redis(choice.url, settings)
  const log = new RateLimitedLog(choice.log)
  const where = addressOf(choice.url)
  // What the library does not take for a URL it takes for the path of a socket, and names it when that fails.
  const conceal = concealerOf([choice.url])
  let lastError: string | undefined
  // Without a listener ioredis prints to the console; with one that throws nothing, it reconnects for ever.
  redis.on('error', (error: Error) => {
    lastError = conceal(error.message)
    log.write('warn', { redis: where, connection: choice.name, error: lastError }, 'Redis connection error')
  })
  redis.on('reconnecting', (delayMs: number) => {
    log.write('warn', { redis: where, connection: choice.name, delayMs }, 'Redis connection lost, reconnecting')
  })
  try {
    await becomesReady(redis)
  } catch (error) {
    redis.disconnect()
    const seen = lastError ?? conceal(error instanceof Error ? error.message : String(error))
    throw new RedisUnavailable(
      `Expected a Redis at ${where}, saw: ${seen}. Start one there, or set REDIS_URL to one that runs.`,
    )
  }
  redis.on('ready', () => log.write('info', { redis: where, connection: choice.name }, 'Redis connection ready again'))
  return redis
}

/** Ends a connection: politely when it is up, at once when it is not. Never throws, never waits for a dead server. */
export async function disconnectRedis(redis: Redis): Promise<void> {
  if (redis.status !== 'ready') {
    redis.disconnect()
    return
  }
  const forced = setTimeout(() => redis.disconnect(), PRODUCER_TIMEOUT_MS)
  try {
    await redis.quit()
  } catch {
    redis.disconnect() // QUIT found the connection closed: that is what was wanted.
  } finally {
    clearTimeout(forced)
  }
}

/** Host and port of a Redis URL, for messages: never its password. */
export function addressOf(url: string): string {
  try {
    const { hostname, port } = new URL(url)
    return `${hostname}:${port === '' ? '6379' : port}`
  } catch {
    return '(unreadable URL)'
  }
}

function commonOptions(choice: ConnectionChoice): Settings {
  return {
    connectionName: choice.name,
    connectTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: SOCKET_TIMEOUT_MS,
    keepAlive: 5_000,
    retryStrategy: (times) => Math.min(25 * 2 ** Math.min(times, 6), RECONNECT_MAX_MS),
    // After a failover the old primary answers READONLY for ever on this connection: reconnect and send again.
    reconnectOnError: (error) => (error.message.startsWith('READONLY') ? 2 : false),
  }
}

function optionsOf(patience: Patience): Settings {
  switch (patience) {
    case 'wait':
      return { maxRetriesPerRequest: null }
    case 'fail-fast':
      return {
        maxRetriesPerRequest: 0,
        enableOfflineQueue: false,
        autoResendUnfulfilledCommands: false,
        commandTimeout: PRODUCER_TIMEOUT_MS,
      }
  }
}

function becomesReady(redis: Redis): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${CONNECT_TIMEOUT_MS} ms`)), CONNECT_TIMEOUT_MS)
    const settle = (action: () => void): void => {
      clearTimeout(timer)
      redis.off('ready', ready)
      redis.off('error', fail)
      action()
    }
    const ready = (): void => settle(resolve)
    const fail = (error: Error): void => settle(() => reject(error))
    redis.once('ready', ready)
    redis.once('error', fail)
  })
}
