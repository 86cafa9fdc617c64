/** Redis in a container, started as docker-compose.yml starts it, carries BullMQ and keeps what it accepted. */
import assert from 'node:assert/strict'
import { readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { after, before, test } from 'node:test'

import { Queue, Worker } from 'bullmq'
import { Redis } from 'ioredis'
import { GenericContainer, Wait, type StartedTestContainer } from 'testcontainers'
import { parse } from 'yaml'

import { redisImageContext } from '#scripts/containers/redis-image.ts'
import { eventually } from '#test/support/eventually.ts'

const root = dirname(dirname(import.meta.dirname))
const compose = parse(readFileSync(join(root, 'docker-compose.yml'), 'utf8'), { merge: true }) as {
  services: { redis: { command: string[]; healthcheck: { test: ['CMD', ...string[]] } } }
}
const { command, healthcheck } = compose.services.redis

let container: StartedTestContainer
let isStarted = false
before(async () => {
  const context = redisImageContext()
  try {
    const image = await GenericContainer.fromDockerfile(context).build('truebook-test-redis', { deleteOnExit: false })
    container = await image
      .withCommand(command)
      .withHealthCheck({ test: healthcheck.test, interval: 250, timeout: 2_000, retries: 60, startPeriod: 0 })
      .withWaitStrategy(Wait.forHealthCheck())
      .withExposedPorts({ container: 6379, host: 0 })
      .start()
    isStarted = true
  } finally {
    rmSync(context, { recursive: true, force: true })
  }
})
after(async () => {
  if (isStarted) await container.stop()
})

const connection = (): { host: string; port: number } => ({
  host: container.getHost(),
  port: container.getMappedPort(6379),
})

test('the container keeps an append-only file and never evicts', async () => {
  const client = new Redis(connection())
  const settingOf = async (name: string): Promise<unknown> => Object.values(await client.config('GET', name)).at(-1)
  try {
    assert.equal(await settingOf('appendonly'), 'yes')
    assert.equal(await settingOf('appendfsync'), 'everysec')
    assert.equal(await settingOf('maxmemory-policy'), 'noeviction')
  } finally {
    client.disconnect()
  }
})

test('a job goes through BullMQ and comes back done', async () => {
  const queue = new Queue('round-trip', { connection: connection() })
  const worker = new Worker('round-trip', async ({ data }) => Number(data.a) + Number(data.b), {
    connection: { ...connection(), maxRetriesPerRequest: null },
  })
  try {
    const job = await queue.add('sum', { a: 2, b: 3 }, { jobId: 'sum-once' })
    await queue.add('sum', { a: 2, b: 3 }, { jobId: 'sum-once' })
    await eventually(async () => (await queue.getJobState('sum-once')) === 'completed', { what: 'the job to complete' })
    assert.equal((await queue.getJob(job.id ?? ''))?.returnvalue, 5)
    assert.deepEqual(await queue.getJobCounts('completed', 'wait', 'failed'), { completed: 1, wait: 0, failed: 0 })
  } finally {
    await worker.close()
    await queue.close()
  }
})

test('an accepted job survives the kill of the container', async () => {
  const accepting = new Queue('survivor', { connection: connection() })
  await accepting.add('kept', { key: 'value' }, { jobId: 'kept' })
  await accepting.close()
  await container.restart({ timeout: 0 })
  const restarted = new Queue('survivor', { connection: connection() })
  try {
    assert.deepEqual((await restarted.getJob('kept'))?.data, { key: 'value' })
  } finally {
    await restarted.close()
  }
})
