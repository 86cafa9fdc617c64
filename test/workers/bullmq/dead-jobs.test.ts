/** Jobs that were set aside, on a real Redis: found, retried from what the book owes, removed where nothing is owed. */
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import { Redis } from 'ioredis'
import type { Envelope } from '#domain/message.ts'
import { createOperator } from '#operate/operator.ts'
import { createDeadJobs } from '#queues/bullmq/dead-jobs.ts'
import { openOperateDesk } from '#test/operate/operate-desk.ts'
import { messageOf } from '#test/queues/bullmq/messages.ts'
import { eventually } from '#test/support/eventually.ts'
import { startTestRedis, type TestRedis } from '#test/support/redis.ts'
import { Unworkable } from '#workers/worker.ts'
import { runWorkers, type TestWorkers } from './workers.ts'

describe('dead jobs', () => {
  let redis: TestRedis
  let workers: TestWorkers | undefined

  before(async () => {
    redis = await startTestRedis()
  })
  after(() => redis.stop())
  afterEach(async () => {
    await workers?.close(1000)
    await workers?.workQueue.close()
    workers = undefined
    const connection = new Redis(redis.url)
    await connection.flushall()
    connection.disconnect()
  })

  test('a spoilt copy of owed work is listed with its reason and runs, whole, after a retry; twice confirmed is once', async () => {
    const ran: Envelope[] = []
    workers = await runWorkers(redis.url, {
      place: async (envelope) => {
        ran.push(envelope)
        return { kind: 'done', next: [], detail: 'run' }
      },
    })
    const { workQueue } = workers
    const message = messageOf('place', 'a')
    const jobId = message.idempotency_key
    await workQueue.queue('place').add('place', { ...message, ts: 'noon' }, { jobId })
    const deadJobs = createDeadJobs(workQueue)
    const [job] = await eventually(async () => {
      const jobs = await deadJobs.list(10)
      return jobs.length > 0 && jobs
    })
    assert.deepEqual([job?.queue, job?.jobId, job?.stage, job?.envelope], ['place', jobId, 'place', null])
    assert.match(job?.why ?? '', /invalid message.*ts/s)
    assert.equal(job?.ids['account'], message.account)
    await using desk = await openOperateDesk()
    await desk.book.commit([
      { op: 'create', kind: 'outbox', id: jobId, row: { envelope: message, stage: 'place', createdAt: 1 } },
    ])
    const operator = createOperator({ ...desk.tools, queue: workQueue, deadJobs })
    const asked = await operator.preview({ verb: 'retry-job', queue: 'place', job: jobId }, 'ada')
    assert.ok(asked.kind === 'preview')
    const { action, confirm: token } = asked.preview
    const answers = [await operator.confirm(action, { token, why: 'x', caller: 'ada' })]
    await eventually(() => ran.length > 0)
    answers.push(await operator.confirm(action, { token, why: 'x', caller: 'ada' }))
    assert.deepEqual(
      answers.map(({ kind }) => kind),
      ['done', 'done'],
    )
    await eventually(async () => (await workQueue.counts()).place.completed === 1)
    assert.deepEqual([ran, await deadJobs.list(10)], [[message], []])
  })

  test('a message that is not owed is removed and runs nothing', async () => {
    let runs = 0
    workers = await runWorkers(redis.url, {
      place: async () => {
        runs += 1
        throw new Unworkable('unknown account x')
      },
    })
    const { workQueue } = workers
    const message = messageOf('place', 'b')
    await workQueue.enqueue(message)
    const deadJobs = createDeadJobs(workQueue)
    const job = await eventually(() => deadJobs.find('place', message.idempotency_key))
    assert.deepEqual([job.why, job.envelope], ['unknown account x', message])
    await using desk = await openOperateDesk()
    const operator = createOperator({ ...desk.tools, queue: workQueue, deadJobs })
    const asked = await operator.preview({ verb: 'retry-job', queue: 'place', job: job.jobId }, 'ada')
    assert.ok(asked.kind === 'preview')
    const { action, confirm: token } = asked.preview
    assert.equal((await operator.confirm(action, { token, why: 'x', caller: 'ada' })).kind, 'done')
    const counts = (await workQueue.counts()).place
    assert.deepEqual([runs, counts.failed, counts.waiting, counts.active], [1, 0, 0, 0])
  })

  test('only what is set aside is found or removed: never work that waits, runs or is none of ours', async () => {
    let finish: (() => void) | undefined
    workers = await runWorkers(redis.url, {
      place: async () => {
        await new Promise<void>((resolve) => (finish = resolve))
        return { kind: 'done', next: [], detail: 'run' }
      },
    })
    const { workQueue } = workers
    const active = messageOf('place', 'active')
    const waiting = messageOf('monitor', 'waiting')
    await workQueue.enqueue(active)
    await workQueue.enqueue(waiting)
    await eventually(() => finish !== undefined)
    const deadJobs = createDeadJobs(workQueue)
    for (const [queue, job] of [
      ['place', active.idempotency_key],
      ['monitor', waiting.idempotency_key],
      ['place', 'none'],
      ['no-such-queue', 'none'],
    ] as const) {
      assert.deepEqual([await deadJobs.find(queue, job), await deadJobs.remove(queue, job)], [null, false])
    }
    assert.equal(await workQueue.queue('monitor').getJobState(waiting.idempotency_key), 'waiting')
    finish?.()
  })
})
