/** Alerts through a real Redis: rounds that wait there are the book's, so that a wipe and a restart neither lose nor double one. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Redis } from 'ioredis'
import { alertEnvelope } from '#domain/envelopes.ts'
import { openWorkQueue } from '#queues/bullmq/work-queue.ts'
import { recordLog } from '#test/queues/bullmq/messages.ts'
import { eventually } from '#test/support/eventually.ts'
import { startTestRedis } from '#test/support/redis.ts'
import { deliverAlert } from '#workers/alerts.ts'
import { requeueOwed } from '#workers/requeue.ts'
import type { Tools } from '#workers/worker.ts'
import { openAlertDesk } from '../alert-desk.ts'
import { hearing, ONCE } from '../silent-sinks.ts'
import { runWorkers, SITES, toolsOf } from './workers.ts'

const MINUTE = 60_000
const REPEAT = { ...ONCE, critical: 15 * MINUTE, escalateAfterRounds: 1 }

test('a round that waits in Redis survives its loss and the death of the workers; an acknowledgement wakes it and ends it', async () => {
  await using desk = await openAlertDesk([hearing('chat'), hearing('boss', { escalation: true })], REPEAT)
  const redis = await startTestRedis()
  const log = recordLog()
  const queue = await openWorkQueue({ url: redis.url, prefix: '{test}', patience: 'fail-fast', sites: SITES, log })
  const operator = new Redis(redis.url)
  const tools: Tools = { ...toolsOf(queue, log), ...desk.tools, log }
  const run = async () => await runWorkers(redis.url, { alerts: deliverAlert }, { tools })
  let workers = await run()
  try {
    const id = await desk.raise()
    await queue.enqueue(alertEnvelope(id, 'a', desk.clock.now))
    const delayed = async (count: number): Promise<boolean> => (await queue.counts()).alerts.delayed === count
    await eventually(() => desk.told.length === 1, { what: 'the first round' })
    await eventually(() => delayed(2), { what: 'the next round and the escalation to wait' })
    await operator.flushall()
    await workers.close(5_000)
    workers = await run()
    assert.equal(await requeueOwed(tools, 'boot'), 2)
    await eventually(() => delayed(2), { what: 'both to wait again' })
    assert.deepEqual(desk.told, ['chat size-drift'])
    // Time passes; whoever brings a waiting message forward finds it due.
    desk.clock.now += 15 * MINUTE
    for (const envelope of await desk.owed()) await queue.wake('alerts', envelope.idempotency_key, 'a')
    await eventually(() => desk.told.length === 3, { what: 'the second round and the escalation' })
    assert.deepEqual(desk.told.toSorted(), ['boss size-drift', 'chat size-drift', 'chat size-drift.1'])
    await eventually(() => delayed(2), { what: 'the third round to wait' })
    await desk.acknowledge(id)
    await queue.enqueue(alertEnvelope(id, 'a', desk.clock.now, 'acknowledged'))
    await eventually(async () => (await desk.owed()).length === 0, { what: 'nothing to be owed' })
    await eventually(() => delayed(0), { what: 'nothing to wait' })
    assert.deepEqual(desk.told.slice(3).toSorted(), ['boss size-drift.acknowledged', 'chat size-drift.acknowledged'])
  } finally {
    await workers.close(5_000)
    operator.disconnect()
    await queue.close()
    await redis.stop()
  }
})
