/** Killed, blocked and cut-off workers: work goes on elsewhere, nothing fails, nothing acknowledged is lost. */
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, before, describe, test } from 'node:test'
import { openWorkQueue, type BullWorkQueue } from '#queues/bullmq/work-queue.ts'
import { messageOf, recordLog } from '#test/queues/bullmq/messages.ts'
import { eventually } from '#test/support/eventually.ts'
import { startTestRedis, type TestRedis } from '#test/support/redis.ts'
import { startWorkerProcess, type WorkerProcess } from './worker-processes.ts'

describe('worker processes', () => {
  let redis: TestRedis
  let workQueue: BullWorkQueue
  let folder: string
  const processes: WorkerProcess[] = []

  before(async () => {
    redis = await startTestRedis()
    folder = await mkdtemp(join(tmpdir(), 'truebook-workers-'))
    workQueue = await openWorkQueue({ url: redis.url, prefix: '{test}', patience: 'wait', log: recordLog() })
  })
  after(async () => {
    await workQueue.close()
    await redis.stop()
    await rm(folder, { recursive: true, force: true })
  })
  afterEach(async () => {
    for (const worker of processes.splice(0)) await worker.kill()
    await workQueue.redis.flushall()
  })

  const startProcess = async (...args: string[]): Promise<WorkerProcess> => {
    const worker = await startWorkerProcess(redis.url, ...args)
    processes.push(worker)
    return worker
  }
  const stateOf = (key: string): Promise<string> => workQueue.queue('place').getJobState(key)

  test('the job of a killed worker is at work in another process soon after', async (context) => {
    const delays: number[] = []
    for (let round = 0; round < 5; round += 1) {
      const key = `kill-${round}.place`
      const victim = await startProcess('hang')
      await workQueue.enqueue(messageOf('place', `kill-${round}`))
      await victim.started(key)
      const heir = await startProcess('finish')
      const killedAt = await victim.kill()
      const taken = await heir.started(key)
      delays.push(taken.at - killedAt)
      await eventually(async () => (await stateOf(key)) === 'completed')
      await heir.kill()
    }
    context.diagnostic(`SIGKILL to new start: ${delays.join(', ')} ms`)
    assert.equal(delays.length, 5)
  })

  test('every job of a worker killed with many at work is run again', async () => {
    const victim = await startProcess('hang')
    const keys = Array.from({ length: 30 }, (_, index) => `many-${index}.place`)
    for (let index = 0; index < 30; index += 1) await workQueue.enqueue(messageOf('place', `many-${index}`))
    for (const key of keys) await victim.started(key)
    const heir = await startProcess('finish')
    await victim.kill()
    for (const key of keys) await heir.started(key)
    await eventually(async () => (await workQueue.counts()).place.completed === 30)
    assert.equal((await workQueue.counts()).place.failed, 0)
  })

  test('crash after crash does not fail a job', async () => {
    const key = 'crashes.place'
    await workQueue.enqueue(messageOf('place', 'crashes'))
    for (let crash = 0; crash < 3; crash += 1) {
      const victim = await startProcess('hang')
      await victim.started(key)
      await victim.kill()
    }
    const heir = await startProcess('finish')
    await heir.started(key)
    await eventually(async () => (await stateOf(key)) === 'completed')
  })

  for (const action of ['block-done', 'block-again'] as const) {
    test(`a blocked worker loses its job to another; its late verdict (${action}) does no harm`, async () => {
      const key = `${action}.place`
      const releaseFile = join(folder, action)
      const blocked = await startProcess(action, releaseFile)
      await workQueue.enqueue(messageOf('place', action))
      await blocked.started(key)
      const other = await startProcess('finish')
      // Both run it at once: the first has not ended when the second starts.
      await other.started(key)
      assert.equal(blocked.reports.filter(({ event }) => event === 'ended').length, 0)
      await eventually(async () => (await stateOf(key)) === 'completed')
      await writeFile(releaseFile, '')
      await eventually(() => blocked.reports.some(({ event }) => event === 'ended'))
      // The late verdict changes nothing, and the worker that gave it works on: alone, it takes the next job.
      await other.kill()
      await workQueue.enqueue(messageOf('place', `after-${action}`))
      await blocked.started(`after-${action}.place`)
      await eventually(async () => (await workQueue.counts()).place.completed === 2)
      assert.equal(await stateOf(key), 'completed')
      assert.equal((await workQueue.counts()).place.failed, 0)
    })
  }
})
