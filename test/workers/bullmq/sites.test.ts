/** Workers of a site take the jobs of its accounts and nobody else does; they stand in for one another, and keep their schedules. */
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import type { Envelope, Stage } from '#domain/message.ts'
import { readAttendance } from '#queues/bullmq/attendance.ts'
import { openWorkQueue, type BullWorkQueue } from '#queues/bullmq/work-queue.ts'
import type { Schedule } from '#queues/repeated-work.ts'
import { messageOf, recordLog } from '#test/queues/bullmq/messages.ts'
import { eventually } from '#test/support/eventually.ts'
import { startTestRedis, type TestRedis } from '#test/support/redis.ts'
import type { StageWorker } from '#workers/worker.ts'
import { startWorkerProcess, type WorkerProcess } from './worker-processes.ts'
import { runWorkers, SITES, type TestWorkers } from './workers.ts'

const DONE = { kind: 'done', next: [], detail: '' } as const
const SWEEP_OFTEN: Schedule = { stage: 'sweep', account: '*', everyMs: 300 }

describe('workers of a site', () => {
  let redis: TestRedis
  let producer: BullWorkQueue
  const started: TestWorkers[] = []
  const processes: WorkerProcess[] = []

  before(async () => {
    redis = await startTestRedis()
    producer = await openWorkQueue({ url: redis.url, prefix: '{test}', sites: SITES, log: recordLog() })
  })
  after(async () => {
    await producer.close()
    await redis.stop()
  })
  afterEach(async () => {
    for (const worker of processes.splice(0)) await worker.kill()
    for (const workers of started.splice(0)) await workers.close(5_000)
    await producer.redis.flushall()
  })

  const run = async (...given: Parameters<typeof runWorkers>): Promise<TestWorkers> => {
    const workers = await runWorkers(...given)
    started.push(workers)
    return workers
  }
  const about = (account: string, stage: Stage, name: string): Envelope => ({ ...messageOf(stage, name), account })
  /** A worker that notes whose jobs it ran. */
  const noting = (runs: string[]): StageWorker => {
    return async ({ account, position_id }) => {
      runs.push(`${account} ${position_id}`)
      return DONE
    }
  }

  test("jobs of a site's account wait for that site's workers, whoever adds them, and others' jobs are left to others", async () => {
    const atServer: string[] = []
    const atMac: string[] = []
    await run(redis.url, { place: noting(atServer) })
    await producer.enqueue(about('desk', 'place', 'a'))
    await producer.enqueue(about('server', 'place', 'b'))
    await eventually(() => atServer.length === 1)
    assert.equal(await producer.queue('place', 'mac').getJobState('a.place'), 'waiting')
    const mac = await run(
      redis.url,
      {
        place: noting(atMac),
        // What a job at one site hands on for an account of another is done there.
        close: async () => ({ ...DONE, next: [about('server', 'place', 'c')] }),
      },
      { site: 'mac' },
    )
    await eventually(() => atMac.length === 1)
    await producer.enqueue(about('desk', 'close', 'd'))
    await eventually(() => atServer.length === 2)
    assert.deepEqual(atMac, ['desk a'])
    assert.deepEqual(atServer, ['server b', 'server c'])
    const [health] = await mac.health()
    assert.deepEqual([health?.stage, health?.consumed], ['place', 1])
  })

  test('alerts are delivered by whoever lives, of whatever site they tell', async () => {
    const delivered: string[] = []
    await run(redis.url, { alerts: noting(delivered) }, { site: 'mac' })
    await producer.enqueue(about('server', 'alerts', 'a'))
    await producer.enqueue(about('desk', 'alerts', 'b'))
    await eventually(() => delivered.length === 2)
  })

  test('a job that was queued before its account moved to another site is passed on unseen', async () => {
    const atServer: string[] = []
    const atMac: string[] = []
    const message = about('desk', 'place', 'a')
    await producer.queue('place').add('place', message, { jobId: message.idempotency_key })
    await run(redis.url, { place: noting(atServer) })
    await run(redis.url, { place: noting(atMac) }, { site: 'mac' })
    await eventually(() => atMac.length === 1)
    const old = await producer.queue('place').getJob(message.idempotency_key)
    assert.equal(old?.returnvalue, 'moved to place@mac')
    assert.deepEqual(atServer, [])
  })

  test('a wake out of a job reaches the monitor at the site of its account', async () => {
    let looks = 0
    await run(
      redis.url,
      {
        monitor: async () => {
          looks += 1
          return looks === 1 ? { kind: 'again', afterMs: 3_600_000, detail: 'waits' } : DONE
        },
        close: async () => ({ ...DONE, wake: [{ stage: 'monitor', key: messageOf('monitor', 'a').idempotency_key }] }),
      },
      { site: 'mac' },
    )
    await producer.enqueue(about('desk', 'monitor', 'a'))
    await eventually(async () => (await producer.queue('monitor', 'mac').getJobState('a.monitor')) === 'delayed')
    await producer.enqueue(about('desk', 'close', 'a'))
    await eventually(() => looks === 2)
  })

  test('the job of a killed worker of a site is taken over by another one of that site', async () => {
    const onMac = async (action: string): Promise<WorkerProcess> => {
      const worker = await startWorkerProcess(redis.url, action, '', 'mac')
      processes.push(worker)
      return worker
    }
    const victim = await onMac('hang')
    await producer.enqueue(about('desk', 'place', 'a'))
    await victim.started('a.place')
    const server = await startWorkerProcess(redis.url, 'finish')
    processes.push(server)
    const heir = await onMac('finish')
    await victim.kill()
    await heir.started('a.place')
    await eventually(async () => (await producer.queue('place', 'mac').getJobState('a.place')) === 'completed')
    assert.deepEqual(
      server.reports.map(({ event }) => event),
      ['ready'],
    )
  })

  test('each site sweeps and guards by the clock, and a flushed Redis gets the schedules of all back', async () => {
    const runs: Record<string, number> = {}
    const counting = (site: string): StageWorker => {
      return async ({ stage, account, idempotency_key: key }) => {
        assert.match(key, stage === 'sweep' ? /^sweep-all-\d+$/ : new RegExp(`^guard-${account}-\\d+$`))
        const name = `${stage} ${account} ${site}`
        runs[name] = (runs[name] ?? 0) + 1
        return DONE
      }
    }
    const guardOften = (account: string): Schedule => ({ stage: 'guard', account, everyMs: 250 })
    const server = await run(
      redis.url,
      { sweep: counting('server'), guard: counting('server') },
      { schedules: [SWEEP_OFTEN, guardOften('hosted')] },
    )
    const mac = await run(
      redis.url,
      { sweep: counting('mac'), guard: counting('mac') },
      { site: 'mac', schedules: [SWEEP_OFTEN, guardOften('desk')] },
    )
    const all = ['guard desk mac', 'guard hosted server', 'sweep * mac', 'sweep * server']
    const each = (count: number): Promise<unknown> =>
      eventually(() => all.every((name) => (runs[name] ?? 0) >= count), { what: `${count} runs of each` })
    await each(2)
    await producer.redis.flushall()
    await each(Math.max(...Object.values(runs)) + 3)
    assert.deepEqual(Object.keys(runs).toSorted(), all)
    for (const { log } of [server, mac]) {
      for (const stage of ['sweep', 'guard'])
        assert.ok(log.lines.some(({ message }) => message.startsWith(`${stage} schedule was missing`)))
    }
  })

  test('the clock of one site asks for nothing at another', async () => {
    let sweeps = 0
    await run(redis.url, { sweep: async () => (sweeps++, DONE) }, { site: 'mac', schedules: [SWEEP_OFTEN] })
    await eventually(() => sweeps >= 2)
    assert.equal((await producer.queue('sweep').getJobCounts('waiting', 'delayed'))['waiting'], 0)
  })

  test('a sweep that is slow never runs beside itself: the ticks meanwhile become one more run', async () => {
    let running = 0
    let most = 0
    let runs = 0
    let finish: (() => void) | undefined
    await run(
      redis.url,
      {
        sweep: async () => {
          running += 1
          runs += 1
          most = Math.max(most, running)
          if (runs === 1) await new Promise<void>((resolve) => (finish = resolve))
          running -= 1
          return DONE
        },
      },
      { schedules: [{ ...SWEEP_OFTEN, everyMs: 100 }] },
    )
    await eventually(() => finish !== undefined)
    const asked = async (): Promise<number> => (await producer.counts()).sweep.completed
    await eventually(async () => (await asked()) >= 4, { what: 'ticks while the first sweep runs' })
    assert.equal(runs, 1)
    finish?.()
    await eventually(() => runs >= 3)
    assert.equal(most, 1)
  })

  test('a schedule that the configuration no longer has is ended by its next tick', async () => {
    const queue = producer.queue('sweep')
    await queue.upsertJobScheduler('sweep-gone', { every: 100 }, { name: 'scheduled', data: {} })
    let sweeps = 0
    await run(redis.url, { sweep: async () => (sweeps++, DONE) }, { schedules: [] })
    await eventually(async () => (await queue.getJobSchedulers()).length === 0)
    assert.equal(sweeps, 0)
  })

  test('attendance names the live processes of a site and the stages that nobody works on', async () => {
    const nobody = await readAttendance(producer, 'mac')
    assert.deepEqual(nobody.processes, [])
    assert.ok(nobody.unattended.includes('place') && !nobody.unattended.includes('alerts'))
    await run(redis.url, { place: async () => DONE, alerts: async () => DONE })
    assert.deepEqual((await readAttendance(producer, 'mac')).processes, [])
    const other = await startWorkerProcess(redis.url, 'finish', '', 'mac')
    processes.push(other)
    const seen = await eventually(async () => {
      const attendance = await readAttendance(producer, 'mac')
      return attendance.processes.length === 1 ? attendance : null
    })
    assert.match(seen.processes[0] ?? '', new RegExp(`-${other.processId}$`))
    assert.deepEqual(
      nobody.unattended.filter((stage) => !seen.unattended.includes(stage)),
      ['place'],
    )
    await other.kill()
    await eventually(async () => (await readAttendance(producer, 'mac')).processes.length === 0)
  })

  test('a process that has been silent is not alive, one that is busy at one stage and asks for work of another is', async () => {
    const clients: Partial<Record<Stage, { rawname: string; idle: string }[]>> = {
      place: [
        { rawname: 'p:cGxhY2U=:w:asleep-1', idle: '120' },
        { rawname: 'p:cGxhY2U=:w:busy-2', idle: '120' },
      ],
      monitor: [{ rawname: 'p:bW9uaXRvcg==:w:busy-2', idle: '2' }],
    }
    const queue = (stage: Stage): object => ({ getWorkers: async () => clients[stage] ?? [] })
    const { processes: alive, unattended } = await readAttendance({ queue } as unknown as BullWorkQueue, null)
    assert.deepEqual(alive, ['busy-2'])
    assert.ok(!unattended.includes('place') && unattended.includes('route'))
  })
})
