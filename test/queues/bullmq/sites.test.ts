/** Queues per site: the account says which one, whoever adds the work; alerts have one queue for all. */
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import type { Envelope, Stage } from '#domain/message.ts'
import { openWorkQueue, type BullWorkQueue } from '#queues/bullmq/work-queue.ts'
import { sweepEnvelope } from '#queues/repeated-work.ts'
import { sitesFrom } from '#queues/site.ts'
import { startTestRedis, type TestRedis } from '#test/support/redis.ts'
import { messageOf, recordLog } from './messages.ts'

const HOUR_MS = 3_600_000
const SITES = sitesFrom([
  { id: 'server', site: null },
  { id: 'desk', site: 'mac' },
  { id: 'other-desk', site: 'mac' },
  { id: 'far', site: 'tokyo.1' },
])

describe('queues per site', () => {
  let redis: TestRedis
  let workQueue: BullWorkQueue
  const warnings: string[] = []
  const warned = (warning: Error): void => void warnings.push(warning.message)

  before(async () => {
    process.on('warning', warned)
    redis = await startTestRedis()
    workQueue = await openWorkQueue({ url: redis.url, prefix: '{test}', sites: SITES, log: recordLog() })
  })
  after(async () => {
    await workQueue.close()
    await redis.stop()
    process.off('warning', warned)
  })
  afterEach(async () => {
    await workQueue.redis.flushall()
  })

  const about = (account: string, stage: Stage, name: string = account): Envelope => ({
    ...messageOf(stage, name),
    account,
  })
  /** Names of the queues in which a job waits or is delayed. */
  const filled = async (): Promise<string[]> => {
    const names = await Promise.all(
      [...workQueue.queues.values()].map(async (queue) => {
        const { waiting = 0, delayed = 0 } = await queue.getJobCounts('waiting', 'delayed')
        return Array.from({ length: waiting + delayed }, () => queue.name)
      }),
    )
    return names.flat().toSorted()
  }

  test('every stage has a queue at every site, the default site keeps its names, alerts are shared', () => {
    const names = [...workQueue.queues.keys()]
    assert.deepEqual(
      names.filter((name) => name.startsWith('place')),
      ['place', 'place@mac', 'place@tokyo.1'],
    )
    assert.deepEqual(
      names.filter((name) => name.startsWith('alerts')),
      ['alerts'],
    )
    assert.equal(workQueue.queue('alerts', 'mac').name, 'alerts')
    assert.throws(() => workQueue.queue('place', 'nowhere'), /Expected one of the queues .*saw place@nowhere/)
    assert.deepEqual(warnings, [])
  })

  test('work is added, and made sure of, at the site of its account; an account that nobody knows is of the default site', async () => {
    await workQueue.enqueue(about('server', 'place'))
    await workQueue.enqueue(about('desk', 'place'))
    await workQueue.enqueue(about('desk', 'alerts'))
    await workQueue.enqueue(about('nobody', 'place'))
    assert.deepEqual(await filled(), ['alerts', 'place', 'place', 'place@mac'])
    assert.equal(await workQueue.ensure(about('desk', 'place')), false)
    assert.equal(await workQueue.ensure(about('far', 'close')), true)
    assert.deepEqual(await filled(), ['alerts', 'close@tokyo.1', 'place', 'place', 'place@mac'])
  })

  test('a wake finds the job at the site of its account', async () => {
    const { idempotency_key: key } = about('desk', 'monitor')
    for (const site of [null, 'mac'])
      await workQueue.queue('monitor', site).add('m', {}, { jobId: key, delay: HOUR_MS })
    await workQueue.wake('monitor', key, 'desk')
    assert.equal(await workQueue.queue('monitor', 'mac').getJobState(key), 'waiting')
    assert.equal(await workQueue.queue('monitor').getJobState(key), 'delayed')
  })

  test('a sweep of every account goes to every site, of one account to its own, and at a site to that site', async () => {
    await workQueue.enqueue(sweepEnvelope('*', 'demand', 1))
    assert.deepEqual(await filled(), ['sweep', 'sweep@mac', 'sweep@tokyo.1'])
    await workQueue.enqueue(sweepEnvelope('desk', 'demand', 1))
    assert.deepEqual(await filled(), ['sweep', 'sweep@mac', 'sweep@mac', 'sweep@tokyo.1'])
    await workQueue.redis.flushall()
    await workQueue.enqueueAt('mac', sweepEnvelope('*', 'boot', 1))
    assert.deepEqual(await filled(), ['sweep@mac'])
  })

  test('counts cover all sites, and so do pause and resume', async () => {
    for (const account of ['server', 'desk', 'far']) await workQueue.enqueue(about(account, 'place'))
    assert.equal((await workQueue.counts()).place.waiting, 3)
    const paused = (): Promise<boolean[]> =>
      Promise.all(SITES.all.map((site) => workQueue.queue('place', site).isPaused()))
    await workQueue.pause('place')
    assert.deepEqual(await paused(), [true, true, true])
    await workQueue.resume('place')
    assert.deepEqual(await paused(), [false, false, false])
  })

  test('queues that are opened only to look leave nothing in Redis', async () => {
    const looking = await openWorkQueue({
      url: redis.url,
      prefix: '{looking}',
      sites: SITES,
      log: recordLog(),
      leavesNoTrace: true,
    })
    await looking.counts()
    await looking.close()
    assert.deepEqual(await workQueue.redis.keys('{looking}*'), [])
  })
})
