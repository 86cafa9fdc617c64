/** What the runtime does with each verdict and each broken message, on a real Redis. */
import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, test } from 'node:test'
import { messageOf } from '#test/queues/bullmq/messages.ts'
import { eventually } from '#test/support/eventually.ts'
import { startTestRedis, type TestRedis } from '#test/support/redis.ts'
import type { Verdict } from '#workers/worker.ts'
import { Unworkable } from '#workers/worker.ts'
import { runWorkers, type TestWorkers } from './workers.ts'

const DONE: Verdict = { kind: 'done', next: [], detail: 'done' }
const HOUR_MS = 3_600_000

describe('runtime', () => {
  let redis: TestRedis
  let workers: TestWorkers | undefined

  before(async () => {
    redis = await startTestRedis()
  })
  after(() => redis.stop())
  afterEach(async () => {
    await workers?.workQueue.redis.flushall()
    await workers?.close(5_000)
    workers = undefined
  })

  const stateOf = (stage: 'route' | 'monitor' | 'place', key: string): Promise<string> =>
    workers!.workQueue.queue(stage).getJobState(key)

  test('a chain runs stage after stage, each message once, and keeps its ids', async () => {
    const seen: string[] = []
    workers = await runWorkers(redis.url, {
      route: async (envelope) => {
        seen.push(envelope.stage)
        return { kind: 'done', next: [messageOf('precheck', 'a'), messageOf('monitor', 'a')], detail: 'routed' }
      },
      precheck: async (envelope) => {
        seen.push(envelope.stage)
        return { kind: 'done', next: [messageOf('place', 'a')], detail: 'agreed' }
      },
      place: async (envelope) => {
        seen.push(envelope.stage)
        return DONE
      },
      monitor: async (envelope) => {
        seen.push(envelope.stage)
        return DONE
      },
    })
    await workers.workQueue.enqueue(messageOf('route', 'a'))
    await eventually(() => seen.length === 4)
    // The same first message again, and the same last one: kept ids answer for them.
    await workers.workQueue.enqueue(messageOf('route', 'a'))
    await workers.workQueue.enqueue(messageOf('place', 'a'))
    await eventually(async () => (await stateOf('place', 'a.place')) === 'completed')
    await workers.workQueue.enqueue(messageOf('place', 'b'))
    await eventually(() => seen.length === 5)
    assert.deepEqual(seen.toSorted(), ['monitor', 'place', 'place', 'precheck', 'route'])
  })

  test('again delays the job, counts no attempt, and a wake brings it forward', async () => {
    let runs = 0
    workers = await runWorkers(redis.url, {
      monitor: async () => {
        runs += 1
        return runs === 1 ? { kind: 'again', afterMs: HOUR_MS, detail: 'waits for a fill' } : DONE
      },
    })
    const message = messageOf('monitor', 'a')
    await workers.workQueue.enqueue(message)
    await eventually(async () => (await stateOf('monitor', message.idempotency_key)) === 'delayed')
    const job = await workers.workQueue.queue('monitor').getJob(message.idempotency_key)
    assert.equal(job?.attemptsMade, 0)
    assert.equal(job?.progress, 'waits for a fill')
    await workers.workQueue.wake('monitor', message.idempotency_key, message.account)
    await eventually(() => runs === 2)
  })

  test('a wake that meets a running job is not lost', async () => {
    let runs = 0
    let finishFirst: (() => void) | undefined
    workers = await runWorkers(redis.url, {
      monitor: async () => {
        runs += 1
        if (runs > 1) return DONE
        await new Promise<void>((resolve) => {
          finishFirst = resolve
        })
        return { kind: 'again', afterMs: HOUR_MS, detail: 'saw the world before the news' }
      },
    })
    const message = messageOf('monitor', 'a')
    await workers.workQueue.enqueue(message)
    await eventually(() => finishFirst !== undefined)
    await workers.workQueue.wake('monitor', message.idempotency_key, message.account)
    finishFirst!()
    await eventually(() => runs === 2)
  })

  test('a wake of a job that does not exist is no error', async () => {
    workers = await runWorkers(redis.url, { monitor: async () => DONE })
    await workers.workQueue.wake('monitor', messageOf('monitor', 'nobody').idempotency_key, 'test')
  })

  test('again and done hand on what is next and wake what waits', async () => {
    const placed: string[] = []
    let monitorRuns = 0
    workers = await runWorkers(redis.url, {
      route: async (envelope) => ({
        kind: 'again',
        afterMs: HOUR_MS,
        detail: 'handed on',
        next: [messageOf('place', envelope.position_id)],
        wake: [{ stage: 'monitor', key: messageOf('monitor', 'a').idempotency_key }],
      }),
      place: async (envelope) => {
        placed.push(envelope.position_id)
        return DONE
      },
      monitor: async () => {
        monitorRuns += 1
        return monitorRuns === 1 ? { kind: 'again', afterMs: HOUR_MS, detail: 'waits' } : DONE
      },
    })
    await workers.workQueue.enqueue(messageOf('monitor', 'a'))
    await eventually(async () => (await stateOf('monitor', 'a.monitor')) === 'delayed')
    await workers.workQueue.enqueue(messageOf('route', 'a'))
    await eventually(() => placed.length === 1 && monitorRuns === 2)
  })

  test('a thrown error is retried, success after it clears the count of failures', async () => {
    let runs = 0
    workers = await runWorkers(redis.url, {
      place: async () => {
        runs += 1
        if (runs <= 2) throw new Error('venue unavailable')
        return { kind: 'again', afterMs: HOUR_MS, detail: 'waits' }
      },
    })
    await workers.workQueue.enqueue(messageOf('place', 'a'))
    await eventually(async () => runs === 3 && (await stateOf('place', 'a.place')) === 'delayed')
    const job = await workers.workQueue.queue('place').getJob('a.place')
    assert.equal(job?.attemptsMade, 0)
    assert.ok((job?.stacktrace?.length ?? 0) <= 2, 'stack traces are bounded')
    assert.equal(workers.log.lines.filter((line) => line.message === 'place job failed').length, 2)
  })

  test('something other than an Error that is thrown is retried too', async () => {
    let runs = 0
    workers = await runWorkers(redis.url, {
      place: async () => {
        runs += 1
        // oxlint-disable-next-line typescript/only-throw-error -- third-party code does this
        if (runs === 1) throw 'a string'
        return DONE
      },
    })
    await workers.workQueue.enqueue(messageOf('place', 'a'))
    await eventually(async () => (await stateOf('place', 'a.place')) === 'completed')
    assert.equal(runs, 2)
  })

  describe('messages that cannot be worked on', () => {
    let runs: number
    beforeEach(async () => {
      runs = 0
      workers = await runWorkers(redis.url, {
        place: async () => {
          runs += 1
          throw new Unworkable('unknown account x')
        },
      })
    })

    test('an invalid one is set aside with its reason, never run, never retried', async () => {
      await workers!.workQueue.queue('place').add('place', { stage: 'place', nonsense: true }, { jobId: 'bad' })
      await eventually(async () => (await stateOf('place', 'bad')) === 'failed')
      assert.equal(runs, 0)
      assert.equal(workers!.unworkable.length, 1)
      assert.match(workers!.unworkable[0]!.reason, /invalid message.*idempotency_key/s)
      assert.deepEqual(workers!.unworkable[0]!.data, { stage: 'place', nonsense: true })
    })

    test('one in the wrong queue or under the wrong id is set aside', async () => {
      const queue = workers!.workQueue.queue('place')
      await queue.add('place', messageOf('close', 'a'), { jobId: 'a.close' })
      await queue.add('place', messageOf('place', 'a'), { jobId: 'other' })
      await eventually(() => workers!.unworkable.length === 2)
      const reasons = workers!.unworkable.map(({ reason }) => reason).toSorted()
      assert.match(reasons[0]!, /expected a message for place, saw one for close/)
      assert.match(reasons[1]!, /expected idempotency_key other as the job id, saw a\.place/)
      assert.equal(runs, 0)
    })

    test('one that its worker refuses is set aside with the reason given', async () => {
      await workers!.workQueue.enqueue(messageOf('place', 'a'))
      await eventually(async () => (await stateOf('place', 'a.place')) === 'failed')
      assert.equal(runs, 1)
      assert.equal(workers!.unworkable[0]!.reason, 'unknown account x')
    })
  })

  test('a message is not set aside before its alert is raised', async () => {
    let calls = 0
    workers = await runWorkers(
      redis.url,
      { place: async () => DONE },
      {
        onUnworkable: async () => {
          calls += 1
          if (calls === 1) throw new Error('book unavailable')
        },
      },
    )
    await workers.workQueue.queue('place').add('place', {}, { jobId: 'bad' })
    await eventually(async () => (await stateOf('place', 'bad')) === 'failed')
    assert.equal(calls, 2)
  })

  test('a job that was flushed away while it ran is put back by its again', async () => {
    let runs = 0
    workers = await runWorkers(redis.url, {
      monitor: async () => {
        runs += 1
        if (runs > 1) return DONE
        await workers!.workQueue.redis.flushall()
        return { kind: 'again', afterMs: HOUR_MS, detail: 'watches on' }
      },
    })
    await workers.workQueue.enqueue(messageOf('monitor', 'a'))
    await eventually(() => runs === 2)
  })

  test('a stage without a handler is refused at start', async () => {
    await assert.rejects(runWorkers(redis.url, {}, { stages: ['place'] }), /Expected a handler for stage place/)
  })

  test('health measures consumption', async () => {
    let finish: (() => void) | undefined
    workers = await runWorkers(redis.url, {
      place: () =>
        new Promise<Verdict>((resolve) => {
          finish = () => resolve(DONE)
        }),
    })
    await workers.workQueue.enqueue(messageOf('place', 'a'))
    await eventually(() => finish !== undefined)
    const [before_] = await workers.health()
    assert.deepEqual([before_!.stage, before_!.running, before_!.consumed], ['place', 1, 0])
    finish!()
    await eventually(async () => (await workers!.health())[0]!.consumed === 1)
    const [after_] = await workers.health()
    assert.deepEqual([after_!.running, after_!.waiting, after_!.stuck], [0, 0, false])
  })
})
