/** WorkQueue on a real Redis: one job per key, ensure in every state, wakes, failing fast, coalescing sweeps. */
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import { Worker, type Job } from 'bullmq'
import { Redis } from 'ioredis'
import { RedisUnavailable } from '#queues/bullmq/connection.ts'
import { openWorkQueue, type BullWorkQueue } from '#queues/bullmq/work-queue.ts'
import { type SweepTrigger, sweepEnvelope } from '#queues/repeated-work.ts'
import { eventually } from '#test/support/eventually.ts'
import { freePort } from '#test/support/free-port.ts'
import { startTestRedis, type TestRedis } from '#test/support/redis.ts'
import { messageOf, recordLog } from './messages.ts'

const HOUR_MS = 3_600_000

describe('work queue', () => {
  let redis: TestRedis
  let workQueue: BullWorkQueue
  let connection: Redis
  const workers: Worker[] = []

  before(async () => {
    redis = await startTestRedis()
    workQueue = await openWorkQueue({ url: redis.url, prefix: '{test}', log: recordLog() })
    connection = new Redis(redis.url, { maxRetriesPerRequest: null })
  })
  after(async () => {
    await workQueue.close()
    connection.disconnect()
    await redis.stop()
  })
  afterEach(async () => {
    await Promise.all(workers.splice(0).map((worker) => worker.close()))
    await connection.flushall()
  })

  const work = (stage: string, run: (job: Job) => Promise<unknown>): void => {
    const worker = new Worker(stage, run, { connection, prefix: '{test}', drainDelay: 1 })
    worker.on('error', () => {})
    workers.push(worker)
  }
  const countsOf = async (stage: 'place' | 'sweep' | 'monitor'): Promise<object> => (await workQueue.counts())[stage]

  test('the same message enqueued many times is one job', async () => {
    await Promise.all(Array.from({ length: 20 }, () => workQueue.enqueue(messageOf('place', 'a'))))
    assert.deepEqual(await countsOf('place'), { waiting: 1, active: 0, delayed: 0, failed: 0, completed: 0 })
  })

  test('a message that breaks the schema is refused before it reaches Redis', async () => {
    const broken = { ...messageOf('place', 'a'), idempotency_key: 'has:colon' } as unknown as ReturnType<
      typeof messageOf
    >
    await assert.rejects(workQueue.enqueue(broken), /must not contain/)
    await assert.rejects(workQueue.ensure(broken), /must not contain/)
  })

  test('ensure adds a missing job and leaves a waiting one alone', async () => {
    assert.equal(await workQueue.ensure(messageOf('place', 'a')), true)
    assert.equal(await workQueue.ensure(messageOf('place', 'a')), false)
    assert.deepEqual(await countsOf('place'), { waiting: 1, active: 0, delayed: 0, failed: 0, completed: 0 })
  })

  test('ensure leaves an active and a delayed job alone', async () => {
    let finish: (() => void) | undefined
    work('place', () => new Promise<void>((resolve) => (finish = resolve)))
    await workQueue.enqueue(messageOf('place', 'active'))
    await eventually(() => finish !== undefined)
    await workQueue.queue('place').add('place', {}, { jobId: 'delayed.place', delay: HOUR_MS })
    assert.equal(await workQueue.ensure(messageOf('place', 'active')), false)
    assert.equal(await workQueue.ensure(messageOf('place', 'delayed')), false)
    assert.deepEqual(await countsOf('place'), { waiting: 0, active: 1, delayed: 1, failed: 0, completed: 0 })
    finish!()
  })

  for (const outcome of ['completed', 'failed'] as const) {
    test(`ensure runs a ${outcome} job again, with the message it was given, once for many callers`, async () => {
      const seen: unknown[] = []
      work('close', async (job) => {
        seen.push(job.data.payload.leg)
        if (outcome === 'failed') throw new Error('planned')
      })
      await workQueue
        .queue('close')
        .add('close', messageOf('close', 'a', { leg: 1 }), { jobId: 'a.close', attempts: 1 })
      await eventually(async () => (await workQueue.queue('close').getJobState('a.close')) === outcome)
      await Promise.all(workers.splice(0).map((worker) => worker.close()))
      const again = messageOf('close', 'a', { leg: 2 })
      const answers = await Promise.all(Array.from({ length: 10 }, () => workQueue.ensure(again)))
      assert.equal(answers.filter(Boolean).length, 1)
      assert.deepEqual((await workQueue.counts()).close.waiting, 1)
      work('close', async (job) => void seen.push(job.data.payload.leg))
      await eventually(async () => (await workQueue.queue('close').getJobState('a.close')) === 'completed')
      assert.deepEqual(seen, [1, 2])
    })
  }

  test('two that ensure a missing job at once make one job', async () => {
    await Promise.all(Array.from({ length: 10 }, () => workQueue.ensure(messageOf('place', 'a'))))
    assert.equal((await workQueue.counts()).place.waiting, 1)
  })

  test('ensure restores a job whose list was deleted under it', async () => {
    await workQueue.enqueue(messageOf('place', 'a'))
    await connection.del('{test}:place:wait')
    assert.equal(await workQueue.ensure(messageOf('place', 'a')), true)
    assert.equal((await workQueue.counts()).place.waiting, 1)
  })

  test('everything owed is back after FLUSHALL and one ensure each', async () => {
    const owed = Array.from({ length: 100 }, (_, index) => messageOf('monitor', `p${index}`))
    for (const message of owed) await workQueue.enqueue(message)
    await connection.flushall()
    await Promise.all(owed.map((message) => workQueue.ensure(message)))
    const seen = new Set<string>()
    work('monitor', async (job) => void seen.add(String(job.id)))
    await eventually(() => seen.size === owed.length)
  })

  test('wake runs a delayed job now and only that one', async () => {
    const queue = workQueue.queue('monitor')
    await queue.add('monitor', {}, { jobId: 'a', delay: HOUR_MS })
    await queue.add('monitor', {}, { jobId: 'b', delay: HOUR_MS })
    await workQueue.wake('monitor', messageOf('monitor', 'a').idempotency_key, 'test')
    assert.equal((await workQueue.counts()).monitor.delayed, 2)
    await queue.add('monitor', {}, { jobId: 'a.monitor', delay: HOUR_MS })
    await workQueue.wake('monitor', messageOf('monitor', 'a').idempotency_key, 'test')
    assert.equal(await queue.getJobState('a.monitor'), 'waiting')
    assert.equal((await workQueue.counts()).monitor.delayed, 2)
  })

  test('a paused stage starts nothing until it is resumed', async () => {
    const seen: string[] = []
    await workQueue.pause('place')
    work('place', async (job) => void seen.push(String(job.id)))
    await workQueue.enqueue(messageOf('place', 'a'))
    assert.equal((await workQueue.counts()).place.waiting, 1)
    assert.deepEqual(seen, [])
    await workQueue.resume('place')
    await eventually(() => seen.length === 1)
  })

  describe('sweep requests', () => {
    const requestSweep = (account: string, trigger: SweepTrigger, at: number): Promise<void> =>
      workQueue.enqueue(sweepEnvelope(account, trigger, at))

    test('while one waits, more of the account add nothing; other accounts stand apart', async () => {
      for (let index = 0; index < 10; index += 1) await requestSweep('one', 'demand', 1_000 + index)
      await requestSweep('two', 'boot', 1_000)
      assert.equal((await workQueue.counts()).sweep.waiting, 2)
    })

    test('requests during a run leave exactly one run after it, with the last message', async () => {
      const runs: number[] = []
      let finish: (() => void) | undefined
      work('sweep', async (job) => {
        runs.push(job.data.ts)
        if (runs.length === 1) await new Promise<void>((resolve) => (finish = resolve))
      })
      await requestSweep('one', 'boot', 1)
      await eventually(() => finish !== undefined)
      for (const at of [2, 3, 4]) await requestSweep('one', 'demand', at)
      assert.equal((await workQueue.counts()).sweep.waiting, 0)
      finish!()
      await eventually(() => runs.length === 2)
      assert.deepEqual(runs, [1, 4])
      await requestSweep('one', 'demand', 5)
      await eventually(() => runs.length === 3)
      assert.deepEqual(runs, [1, 4, 5])
    })

    test('a request brings a sweep forward that waits for its retry', async () => {
      let runs = 0
      const worker = new Worker(
        'sweep',
        async () => {
          runs += 1
          if (runs === 1) throw new Error('venue unavailable')
        },
        { connection, prefix: '{test}', settings: { backoffStrategy: () => HOUR_MS } },
      )
      workers.push(worker)
      await requestSweep('one', 'boot', 1)
      await eventually(async () => (await workQueue.counts()).sweep.delayed === 1)
      await requestSweep('one', 'demand', 2)
      await eventually(() => runs === 2)
    })

    test('a sweep that was lost with its queue does not block the next', async () => {
      await requestSweep('one', 'boot', 1)
      const lost = await connection.keys('{test}:sweep:sweep-one-*')
      await connection.del('{test}:sweep:wait', ...lost)
      await requestSweep('one', 'demand', 2)
      assert.equal((await workQueue.counts()).sweep.waiting, 1)
    })
  })
})

describe('work queue without Redis', () => {
  test('opening fails at once and names the address, not the password', async () => {
    const port = await freePort()
    const opening = openWorkQueue({ url: `redis://:secret@127.0.0.1:${port}`, prefix: '{test}', log: recordLog() })
    await assert.rejects(opening, (error: Error) => {
      assert.ok(error instanceof RedisUnavailable)
      assert.match(error.message, new RegExp(`Expected a Redis at 127\\.0\\.0\\.1:${port}`))
      assert.doesNotMatch(error.message, /secret/)
      return true
    })
  })

  test('a producer learns of an outage instead of hanging, and goes on when it ends', async () => {
    const redis = await startTestRedis()
    const workQueue = await openWorkQueue({ url: redis.url, prefix: '{test}', log: recordLog() })
    try {
      await workQueue.enqueue(messageOf('route', 'a'))
      await redis.kill()
      await assert.rejects(workQueue.enqueue(messageOf('route', 'b')), RedisUnavailable)
      await assert.rejects(workQueue.counts(), RedisUnavailable)
      await redis.restart()
      await eventually(async () => {
        await workQueue.enqueue(messageOf('route', 'b'))
        return true
      })
      assert.equal((await workQueue.counts()).route.waiting, 2)
    } finally {
      await workQueue.close()
      await redis.stop()
    }
  })
})
