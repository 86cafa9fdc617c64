/** Boot refuses a Redis that would lose jobs and says which command fixes it. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { Redis } from 'ioredis'
import { RedisUnfit, checkRedis } from '#queues/bullmq/redis-check.ts'
import { openWorkQueue } from '#queues/bullmq/work-queue.ts'
import { startTestRedis, type TestRedis } from '#test/support/redis.ts'
import { recordLog } from './messages.ts'

describe('redis check', () => {
  let redis: TestRedis
  let connection: Redis

  before(async () => {
    redis = await startTestRedis()
    connection = new Redis(redis.url)
  })
  after(async () => {
    connection.disconnect()
    await redis.stop()
  })

  test('the embedded set-up is fit', async () => {
    assert.deepEqual(await checkRedis(connection, redis.url), [])
  })

  test('I2: an evicting Redis is refused with the command that fixes it', async () => {
    await connection.config('SET', 'maxmemory-policy', 'allkeys-lru')
    const opening = openWorkQueue({ url: redis.url, prefix: '{test}', log: recordLog() })
    await assert.rejects(opening, (error: Error) => {
      assert.ok(error instanceof RedisUnfit)
      assert.match(error.message, /expected maxmemory-policy noeviction, saw allkeys-lru/)
      assert.match(
        error.message,
        new RegExp(`redis-cli -h 127\\.0\\.0\\.1 -p ${redis.port} config set maxmemory-policy noeviction`),
      )
      return true
    })
    await connection.config('SET', 'maxmemory-policy', 'noeviction')
    const workQueue = await openWorkQueue({ url: redis.url, prefix: '{test}', log: recordLog() })
    await workQueue.close()
  })

  test('a Redis without append-only file is warned about, not refused', async () => {
    await connection.config('SET', 'appendonly', 'no')
    const log = recordLog()
    const workQueue = await openWorkQueue({ url: redis.url, prefix: '{test}', log })
    await workQueue.close()
    const warning = log.lines.find((line) => line.level === 'warn')
    assert.match(String(warning?.fields['fix']), /config set appendonly yes/)
  })

  for (const [version, fit] of [
    ['6.0.16', false],
    ['5.9.9', false],
    ['6.2.0', true],
    ['7.2.4', true],
    ['10.0.0', true],
  ] as const) {
    test(`version ${version} is ${fit ? 'fit' : 'refused'}`, async () => {
      const info = `redis_version:${version}\r\nmaxmemory_policy:noeviction\r\naof_enabled:1\r\n`
      const stand = { info: async () => info } as unknown as Redis
      const findings = await checkRedis(stand, 'redis://127.0.0.1:1')
      assert.deepEqual(
        findings.map(({ level, seen }) => [level, seen]),
        fit ? [] : [['refuse', version]],
      )
    })
  }

  test('an INFO that says nothing is refused', async () => {
    const stand = { info: async () => '' } as unknown as Redis
    const findings = await checkRedis(stand, 'redis://127.0.0.1:1')
    assert.deepEqual(
      findings.map(({ level }) => level),
      ['refuse', 'refuse', 'warn'],
    )
  })
})
