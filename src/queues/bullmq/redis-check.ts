/**
 * Is this Redis fit to carry jobs? An evicting Redis drops jobs and locks without a word, so boot refuses it.
 * Reads INFO only, since managed services forbid CONFIG.
 */
import type { Redis } from 'ioredis'
import { addressOf } from './connection.ts'

/** One thing found: `refuse` must be fixed before any worker runs, `warn` costs seconds of queue, never of book. */
export interface RedisFinding {
  readonly level: 'refuse' | 'warn'
  readonly expected: string
  readonly seen: string
  /** The command that fixes it. */
  readonly fix: string
}

/** Redis answers but must not carry jobs; the message names every fault and the command that fixes it. */
export class RedisUnfit extends Error {
  override readonly name = 'RedisUnfit'
}

const VERSION_MIN = [6, 2] as const

/** Everything that is wrong with this Redis, worst first; empty when it is fit. */
export async function checkRedis(redis: Redis, url: string): Promise<readonly RedisFinding[]> {
  const info = parseInfo(await redis.info())
  const findings = [versionFinding(info), evictionFinding(info, url), appendOnlyFinding(info, url)]
  return findings.filter((finding) => finding !== undefined)
}

/** Returns the warnings. @throws RedisUnfit when jobs would not be safe in this Redis */
export async function assertRedisFit(redis: Redis, url: string): Promise<readonly RedisFinding[]> {
  const findings = await checkRedis(redis, url)
  const refused = findings.filter((finding) => finding.level === 'refuse')
  if (refused.length > 0) {
    const faults = refused.map(({ expected, seen, fix }) => `expected ${expected}, saw ${seen}. Fix: ${fix}`)
    throw new RedisUnfit(`Redis at ${addressOf(url)} cannot carry jobs: ${faults.join('; ')}`)
  }
  return findings
}

function versionFinding(info: ReadonlyMap<string, string>): RedisFinding | undefined {
  // Valkey reports the Redis version it is compatible with under the same name.
  const seen = info.get('redis_version') ?? 'none'
  const [major = 0, minor = 0] = seen.split('.').map(Number)
  const [majorMin, minorMin] = VERSION_MIN
  if (major > majorMin || (major === majorMin && minor >= minorMin)) return undefined
  return {
    level: 'refuse',
    expected: `version ${majorMin}.${minorMin} or newer`,
    seen,
    fix: 'install a newer redis-server or valkey-server',
  }
}

function evictionFinding(info: ReadonlyMap<string, string>, url: string): RedisFinding | undefined {
  const seen = info.get('maxmemory_policy') ?? 'none'
  if (seen === 'noeviction') return undefined
  return {
    level: 'refuse',
    expected: 'maxmemory-policy noeviction',
    seen,
    fix: `${redisCli(url)} config set maxmemory-policy noeviction`,
  }
}

function appendOnlyFinding(info: ReadonlyMap<string, string>, url: string): RedisFinding | undefined {
  if (info.get('aof_enabled') === '1') return undefined
  return {
    level: 'warn',
    expected: 'appendonly yes',
    seen: 'no append-only file: a restart of Redis empties the queues until the next sweep',
    fix: `${redisCli(url)} config set appendonly yes`,
  }
}

function redisCli(url: string): string {
  const [host, port] = addressOf(url).split(':')
  return `redis-cli -h ${host} -p ${port}`
}

function parseInfo(text: string): ReadonlyMap<string, string> {
  const pairs = text.split('\r\n').flatMap((line): [string, string][] => {
    const colon = line.indexOf(':')
    return colon === -1 ? [] : [[line.slice(0, colon), line.slice(colon + 1)]]
  })
  return new Map(pairs)
}
