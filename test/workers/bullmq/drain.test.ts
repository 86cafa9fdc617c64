/** The end of a worker process: running jobs finish, waiting ones stay, a job that will not end is left to others. */
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import { openWorkQueue, type BullWorkQueue } from '#queues/bullmq/work-queue.ts'
import { queueOf } from '#queues/queue.ts'
import { messageOf, recordLog } from '#test/queues/bullmq/messages.ts'
import { eventually } from '#test/support/eventually.ts'
import { startTestRedis, type TestRedis } from '#test/support/redis.ts'
import type { Verdict } from '#workers/worker.ts'
import { runWorkers, type TestWorkers } from './workers.ts'

const DONE: Verdict = { kind: 'done', next: [], detail: '' }

describe('drain', () => {
  let redis: TestRedis
  let observer: BullWorkQueue
  const started: TestWorkers[] = []

  before(async () => {
    redis = await startTestRedis()
    observer = await openWorkQueue({ url: redis.url, prefix: '{test}', patience: 'wait', log: recordLog() })
  })
  after(async () => {
    await observer.close()
    await redis.stop()
  })
  afterEach(async () => {
    for (const workers of started.splice(0)) await workers.close(0)
  })

  const run = async (...given: Parameters<typeof runWorkers>): Promise<TestWorkers> => {
    const workers = await runWorkers(...given)
    started.push(workers)
    return workers
  }

  test('running jobs finish with their hand-over, waiting jobs stay for others', async () => {
    const slots = queueOf('alerts').concurrency
    const finish: (() => void)[] = []
    const workers = await run(redis.url, {
      alerts: ({ position_id }) =>
        new Promise<Verdict>((resolve) => {
          finish.push(() => resolve({ kind: 'done', next: [messageOf('place', position_id)], detail: '' }))
        }),
    })
    for (let index = 0; index < slots + 6; index += 1) await observer.enqueue(messageOf('alerts', `drain-${index}`))
    await eventually(() => finish.length === slots)
    const closing = workers.close(20_000)
    for (const resolve of finish) resolve()
    assert.deepEqual(await closing, { drained: true, leftRunning: 0 })
    assert.deepEqual(await workers.close(0), { drained: true, leftRunning: 0 })
    const { alerts, place } = await observer.counts()
    assert.deepEqual([alerts.completed, alerts.active, alerts.waiting, alerts.failed], [slots, 0, 6, 0])
    assert.equal(place.waiting, slots)
    assert.equal(finish.length, slots)
  })

  test('a job that outlives the grace is run again by another process', async () => {
    let stuck = false
    const workers = await run(redis.url, {
      close: () => {
        stuck = true
        return new Promise(() => {})
      },
    })
    await observer.enqueue(messageOf('close', 'hang'))
    await eventually(() => stuck)
    assert.deepEqual(await workers.close(100), { drained: false, leftRunning: 1 })
    let taken = false
    const others = await run(redis.url, {
      close: async () => {
        taken = true
        return DONE
      },
    })
    await eventually(() => taken)
    await others.close(5_000)
  })

  test('a drain without Redis ends within its grace', async () => {
    const own = await startTestRedis()
    const workers = await run(own.url, { route: async () => DONE })
    await own.kill()
    assert.equal((await workers.close(500)).leftRunning, 0)
    await own.stop()
  })
})
