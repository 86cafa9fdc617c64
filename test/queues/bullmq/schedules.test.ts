/** Schedules of repeating work: one for all processes, alive after a restart and after FLUSHALL. */
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import type { Job } from 'bullmq'
import { envelopeSchema } from '#domain/message.ts'
import { ensureSchedule, tickOf } from '#queues/bullmq/schedules.ts'
import { openWorkQueue, type BullWorkQueue } from '#queues/bullmq/work-queue.ts'
import { messageOfSlot, type Schedule, sweepEnvelope } from '#queues/repeated-work.ts'
import { eventually } from '#test/support/eventually.ts'
import { startTestRedis, type TestRedis } from '#test/support/redis.ts'
import { recordLog } from './messages.ts'

const HOUR_MS = 3_600_000

describe('schedules', () => {
  let redis: TestRedis
  let workQueue: BullWorkQueue

  before(async () => {
    redis = await startTestRedis()
    workQueue = await openWorkQueue({ url: redis.url, prefix: '{test}', patience: 'wait', log: recordLog() })
  })
  after(async () => {
    await workQueue.close()
    await redis.stop()
  })
  afterEach(async () => {
    await workQueue.redis.flushall()
  })

  const sweepOf = (everyMs: number): Schedule => ({ stage: 'sweep', account: '*', everyMs })
  const ensure = (everyMs: number, now = Date.now()): Promise<string> =>
    ensureSchedule(workQueue.queue('sweep'), sweepOf(everyMs), now)
  const schedules = (): Promise<{ readonly every?: number }[]> => workQueue.queue('sweep').getJobSchedulers()

  test('registering again changes nothing, whoever does it', async () => {
    assert.equal(await ensure(HOUR_MS), 'registered')
    const [first] = await schedules()
    const again = await Promise.all(Array.from({ length: 10 }, () => ensure(HOUR_MS)))
    assert.ok(again.every((outcome) => outcome === 'kept'))
    assert.deepEqual(await schedules(), [first])
  })

  test('many processes that boot at once leave one schedule and one job', async () => {
    await Promise.all(Array.from({ length: 10 }, () => ensure(HOUR_MS)))
    assert.equal((await schedules()).length, 1)
    const { waiting, delayed } = (await workQueue.counts()).sweep
    assert.equal(waiting + delayed, 1)
  })

  test('another interval replaces it', async () => {
    await ensure(HOUR_MS)
    assert.equal(await ensure(HOUR_MS / 2), 'registered')
    assert.deepEqual(
      (await schedules()).map(({ every }) => every),
      [HOUR_MS / 2],
    )
  })

  test('it survives a crash of Redis', async () => {
    await ensure(HOUR_MS)
    await redis.kill()
    await redis.restart()
    assert.equal(await ensure(HOUR_MS), 'kept')
  })

  test('I3: after FLUSHALL it is registered again', async () => {
    await ensure(HOUR_MS)
    await workQueue.redis.flushall()
    assert.equal(await ensure(HOUR_MS), 'registered')
    assert.equal((await schedules()).length, 1)
  })

  test('one whose job was lost is registered again', async () => {
    await ensure(HOUR_MS)
    assert.equal(await ensure(HOUR_MS, Date.now() + 2 * HOUR_MS), 'kept')
    assert.equal(await ensure(HOUR_MS, Date.now() + 5 * HOUR_MS), 'registered')
  })

  test('its jobs stand for a valid message for every account, named by the slot', async () => {
    await ensure(HOUR_MS)
    const job = await eventually(async (): Promise<Job | undefined> => {
      const [found] = await workQueue.queue('sweep').getJobs(['waiting', 'delayed'])
      return found
    })
    const tick = tickOf(job)
    assert.equal(tick?.scheduleId, 'sweep-all')
    const message = messageOfSlot(sweepOf(HOUR_MS), tick?.slot ?? 0)
    assert.deepEqual(envelopeSchema.parse(message), message)
    assert.equal(message.account, '*')
    assert.deepEqual(message.payload, { trigger: 'scheduled' })
    assert.deepEqual(tickOf(job), tick)
    assert.equal(message.idempotency_key, `sweep-all-${tick?.slot}`)
  })

  test('the message of any account name is valid', () => {
    for (const account of ['*', 'hl-main', 'has:colon', 'has blank']) {
      const message = sweepEnvelope(account, 'demand', 1)
      assert.deepEqual(envelopeSchema.parse(message), message)
    }
  })
})
