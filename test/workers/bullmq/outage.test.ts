/** Redis dies, replies get lost, memory runs out: nothing acknowledged is lost and everything goes on by itself. */
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import { Redis } from 'ioredis'
import type { Stage } from '#domain/message.ts'
import { openWorkQueue } from '#queues/bullmq/work-queue.ts'
import { openTcpProxy } from '#simulators/network/tcp-proxy.ts'
import { queueOf } from '#queues/queue.ts'
import { messageOf, recordLog } from '#test/queues/bullmq/messages.ts'
import { eventually } from '#test/support/eventually.ts'
import { startTestRedis, type TestRedis } from '#test/support/redis.ts'
import type { StageWorker } from '#workers/worker.ts'
import { runWorkers, type TestWorkers } from './workers.ts'

/** A chain of three stages that notes what reached its end. */
function chain(finished: Set<string>): Partial<Record<Stage, StageWorker>> {
  return {
    route: async ({ position_id }) => ({ kind: 'done', next: [messageOf('precheck', position_id)], detail: '' }),
    precheck: async ({ position_id }) => ({ kind: 'done', next: [messageOf('place', position_id)], detail: '' }),
    place: async ({ position_id }) => {
      finished.add(position_id)
      return { kind: 'done', next: [], detail: '' }
    },
  }
}

describe('outages', () => {
  let redis: TestRedis
  let workers: TestWorkers | undefined

  before(async () => {
    redis = await startTestRedis()
  })
  after(() => redis.stop())
  afterEach(async () => {
    await workers?.close(10_000)
    workers = undefined
  })

  test('Redis killed twice in the middle of the work loses nothing that was acknowledged', async () => {
    const finished = new Set<string>()
    workers = await runWorkers(redis.url, chain(finished))
    const producer = await openWorkQueue({ url: redis.url, prefix: '{test}', log: recordLog() })
    const acknowledged: string[] = []
    try {
      for (let index = 0; index < 400; index += 1) {
        const name = `kill-${index}`
        if (index === 100 || index === 250) {
          await redis.kill()
          await redis.restart()
        }
        // A producer asks again under the same id until it is acknowledged.
        await eventually(async () => {
          await producer.enqueue(messageOf('route', name))
          return true
        })
        acknowledged.push(name)
      }
      await eventually(() => acknowledged.every((name) => finished.has(name)), { what: 'every acknowledged chain' })
    } finally {
      await producer.close()
    }
    await eventually(async () => {
      const { route, precheck, place } = await workers!.workQueue.counts()
      return [route, precheck, place].every(({ waiting, active, delayed }) => waiting + active + delayed === 0)
    })
    const { place } = await workers.workQueue.counts()
    assert.deepEqual([place.completed, place.failed], [400, 0])
  })

  test('replies lost on a broken connection leave everything done at least once', async () => {
    const finished = new Set<string>()
    const proxy = await openTcpProxy({ port: redis.port })
    workers = await runWorkers(`redis://127.0.0.1:${proxy.port}`, chain(finished))
    const producer = await openWorkQueue({ url: redis.url, prefix: '{test}', log: recordLog() })
    try {
      proxy.delay(3)
      const names = Array.from({ length: 300 }, (_, index) => `cut-${index}`)
      for (const [index, name] of names.entries()) {
        await producer.enqueue(messageOf('route', name))
        if (index % 50 === 25) {
          const sofar = finished.size
          await eventually(() => finished.size > sofar || finished.size === index + 1)
          proxy.resetConnections()
        }
      }
      proxy.delay(0)
      await eventually(() => names.every((name) => finished.has(name)), { what: 'every chain', withinMs: 60_000 })
      await eventually(async () => {
        const { route, precheck, place } = await producer.counts()
        return [route, precheck, place].every(({ waiting, active, delayed }) => waiting + active + delayed === 0)
      })
    } finally {
      await producer.close()
      await workers.close(10_000)
      await proxy.close()
    }
  })

  test('a connection that swallows everything is given up and replaced', async () => {
    const finished = new Set<string>()
    const proxy = await openTcpProxy({ port: redis.port })
    workers = await runWorkers(`redis://127.0.0.1:${proxy.port}`, chain(finished))
    const producer = await openWorkQueue({ url: redis.url, prefix: '{test}', log: recordLog() })
    try {
      await producer.enqueue(messageOf('route', 'before-the-hole'))
      await eventually(() => finished.has('before-the-hole'))
      proxy.mode('black-hole')
      const connections = proxy.accepted
      await producer.enqueue(messageOf('route', 'in-the-hole'))
      await eventually(() => proxy.accepted > connections, { what: 'a new connection', withinMs: 60_000 })
      proxy.resetConnections()
      proxy.mode('pass')
      await eventually(() => finished.has('in-the-hole'), { withinMs: 60_000 })
    } finally {
      await producer.close()
      await workers.close(10_000)
      await proxy.close()
    }
  })

  test('a Redis without memory makes the workers rest instead of spin, and they go on when it has some', async () => {
    const finished = new Set<string>()
    let open: (() => void) | undefined
    let running = 0
    let full = true
    const gate = new Promise<void>((resolve) => (open = resolve))
    const alerts: StageWorker = async ({ position_id }) => {
      running += 1
      await gate
      // A slot that frees itself without a next job in hand is what sends BullMQ spinning.
      if (full) return { kind: 'again', afterMs: 50, detail: '' }
      finished.add(position_id)
      return { kind: 'done', next: [], detail: '' }
    }
    workers = await runWorkers(redis.url, { alerts })
    const operator = new Redis(redis.url)
    try {
      const names = Array.from({ length: 20 }, (_, index) => `full-${index}`)
      for (const name of names) await workers.workQueue.enqueue(messageOf('alerts', name))
      await eventually(() => running === queueOf('alerts').concurrency)
      await operator.config('RESETSTAT')
      await operator.config('SET', 'maxmemory', '1mb')
      open!()
      await assert.rejects(workers.workQueue.enqueue(messageOf('alerts', 'refused')), /OOM/)
      const rests = (): number => workers!.log.lines.filter(({ message }) => message.endsWith('rests: errors')).length
      await eventually(() => rests() >= 3, { what: 'three rests' })
      const calls = /cmdstat_evalsha:calls=(\d+)/.exec(await operator.info('commandstats'))?.[1]
      assert.ok(Number(calls) < 1_000, `expected a resting worker, saw ${calls} script calls`)
      await operator.config('SET', 'maxmemory', '0')
      full = false
      await eventually(() => names.every((name) => finished.has(name)))
      await eventually(async () => (await workers!.workQueue.counts()).alerts.completed === 20)
    } finally {
      await operator.config('SET', 'maxmemory', '0')
      operator.disconnect()
    }
  })

  test('a flushed Redis gets its sweep schedule back from a running worker', async () => {
    let sweeps = 0
    const sweep: StageWorker = async (envelope) => {
      assert.equal(envelope.account, '*')
      sweeps += 1
      return { kind: 'done', next: [], detail: '' }
    }
    workers = await runWorkers(redis.url, { sweep }, { schedules: [{ stage: 'sweep', account: '*', everyMs: 300 }] })
    await eventually(() => sweeps >= 2)
    await workers.workQueue.redis.flushall()
    const before_ = sweeps
    await eventually(() => sweeps >= before_ + 3)
    assert.ok(workers.log.lines.some(({ message }) => message.startsWith('sweep schedule was missing')))
  })
})
