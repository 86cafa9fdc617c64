/** Jobs of any content: each that is no message is set aside once, with one alert and its reason; all others are worked on. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { envelopeSchema } from '#domain/message.ts'
import { messageOf } from '#test/queues/bullmq/messages.ts'
import { eventually } from '#test/support/eventually.ts'
import { startTestRedis, type TestRedis } from '#test/support/redis.ts'
import { runWorkers, type TestWorkers } from '#test/workers/bullmq/workers.ts'
import { hostileValue, mutationsOf } from './hostile-values.ts'
import { runs } from './runs.ts'

let redis: TestRedis
let workers: TestWorkers
const worked: string[] = []

before(async () => {
  redis = await startTestRedis()
  workers = await runWorkers(redis.url, {
    place: async ({ idempotency_key: key }) => {
      worked.push(key)
      return { kind: 'done', next: [], detail: 'done' }
    },
  })
})
after(async () => {
  await workers.close(5_000)
  await redis.stop()
})

/** Data that Redis can hold; what JSON cannot write is no job. */
const data = fc.oneof(
  { weight: 3, arbitrary: mutationsOf(JSON.stringify(messageOf('place', 'x'))).map(({ text }) => parsed(text)) },
  { weight: 1, arbitrary: mutationsOf(JSON.stringify(messageOf('close', 'x'))).map(({ text }) => parsed(text)) },
  { weight: 1, arbitrary: hostileValue },
)

function parsed(text: string): unknown {
  try {
    return text.length > 10_000 ? text.slice(0, 10_000) : JSON.parse(text)
  } catch {
    return text
  }
}

test('every malformed job is set aside with one alert, and the jobs around it go on', async () => {
  const queue = workers.workQueue.queue('place')
  const sample = fc.sample(data, runs(150))
  let index = 0
  const malformed: string[] = []
  const good: string[] = []
  for (const content of sample) {
    index += 1
    const jobId = `hostile-${index}`
    const isMessage = envelopeSchema.safeParse(content).data?.idempotency_key === jobId
    assert.ok(!isMessage)
    malformed.push(jobId)
    await queue.add('place', content, { jobId })
    if (index % 5 !== 0) continue
    const message = messageOf('place', `good-${index}`)
    good.push(message.idempotency_key)
    await workers.workQueue.enqueue(message)
  }
  await eventually(() => worked.length >= good.length && workers.unworkable.length >= malformed.length, {
    what: `${malformed.length} jobs to be set aside and ${good.length} to be worked on`,
  })
  assert.deepEqual(worked.toSorted(), good.toSorted())
  assert.deepEqual(workers.unworkable.map(({ jobId }) => jobId).toSorted(), malformed.toSorted())
  for (const { reason } of workers.unworkable) assert.match(reason, /^(invalid message|expected)/)
  await eventually(async () => (await queue.getFailedCount()) === malformed.length)
  const failed = await queue.getFailed(0, malformed.length)
  assert.ok(failed.every(({ failedReason }) => failedReason.length < 5_000))
})

test('job data that is no JSON at all stops none of the jobs around it, and is told', async () => {
  const queue = workers.workQueue.queue('place')
  await queue.pause()
  await queue.add('place', {}, { jobId: 'broken' })
  // Only a hand in Redis writes this. The library fails before it hands the job on, so that nothing can be set aside.
  await workers.workQueue.redis.hset(queue.toKey('broken'), 'data', '{"stage":"pla')
  await queue.resume()
  const message = messageOf('place', 'after')
  await workers.workQueue.enqueue(message)
  await eventually(() => worked.includes(message.idempotency_key))
  await eventually(() => JSON.stringify(workers.log).includes('place worker error'), { what: 'the log to tell of it' })
})
