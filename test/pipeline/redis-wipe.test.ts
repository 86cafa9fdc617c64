/**
 * Redis is disposable: wiped while lives stand in every stage, everything in it comes back from the book and the broker, without an
 * operator and long before the next scheduled sweep.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Redis } from 'ioredis'
import type { PositionId } from '#domain/ids.ts'
import type { Envelope, Stage } from '#domain/message.ts'
import { EVERY_ACCOUNT, sweepEnvelope } from '#queues/repeated-work.ts'
import { assertEqualsBroker } from '#test/support/broker-net.ts'
import { type Desk, openDesk } from '#test/support/desk.ts'
import { eventually } from '#test/support/eventually.ts'

/** No schedule comes to the rescue within the test. */
const RARELY = { config: { sweep: { every_ms: 3_600_000 } } } as const

/** One life that waits in front of each stage, by its coin; `TSLA` was opened by hand and is to be told of. */
const COINS = ['L1', 'L2', 'L3', 'L4', 'L5', 'L6', 'TSLA'] as const

interface Lives {
  /** Entries that wait for route, precheck, place and monitor. */
  readonly entering: readonly PositionId[]
  /** Exits that wait for close and reconcile. */
  readonly leaving: readonly PositionId[]
}

async function openLives(): Promise<Desk & AsyncDisposable> {
  const desk = await openDesk(RARELY)
  for (const name of COINS)
    await desk.installation.control.call('addInstrument', { name, szDecimals: 2, maxLeverage: 20, markPx: '100' })
  return desk
}

/** Stages are paused from the last to the first, each with a life that waits for it. A pause is one more thing that a wipe forgets. */
async function lineUp(desk: Desk): Promise<Lives> {
  const { queue } = desk.truebook
  const size = { size: { type: 'contracts', value: '10' } } as const
  const waitsFor = async (stage: Stage, id: string): Promise<void> => {
    const isWaiting = async (): Promise<boolean> => {
      const jobs = await queue.queue(stage).getJobs(['waiting', 'delayed', 'prioritized', 'wait'])
      return jobs.some((job) => (job.data as Envelope).position_id === id)
    }
    await eventually(isWaiting, { what: `${stage} of ${id} to wait` })
  }
  await queue.pause('alerts')
  await desk.installation.control.call('tradeByHand', {
    user: desk.master,
    coin: 'TSLA',
    side: 'B',
    sz: '1',
  })
  await queue.enqueue(sweepEnvelope(EVERY_ACCOUNT, 'demand', Date.now()))
  const alert = await eventually(async () => (await desk.alerts()).find(({ kind }) => kind === 'unexpected-position'))
  await waitsFor('alerts', alert.alertId)

  const leaving = [await desk.open('L1', size), await desk.open('L2', size)]
  for (const id of leaving) await desk.until(id, 'open')
  await queue.pause('reconcile')
  await desk.close('L1')
  await waitsFor('reconcile', leaving[0] ?? '')
  await queue.pause('close')
  await desk.close('L2')
  await waitsFor('close', leaving[1] ?? '')

  const entering: PositionId[] = []
  for (const [stage, coin] of [
    ['monitor', 'L3'],
    ['place', 'L4'],
    ['precheck', 'L5'],
    ['route', 'L6'],
  ] as const) {
    await queue.pause(stage)
    const id = await desk.open(coin, size)
    entering.push(id)
    await waitsFor(stage, id)
  }
  return { entering, leaving }
}

async function assertRestored(desk: Desk, { entering, leaving }: Lives): Promise<void> {
  for (const id of entering) await desk.until(id, 'open')
  for (const id of leaving) assertEqualsBroker(await desk.until(id, 'closed'), desk.oracle())
  const delivered = async (): Promise<boolean> => (await desk.alerts()).every(({ deliveredAt }) => deliveredAt !== null)
  await eventually(delivered, { what: 'every alert to be delivered' })
  const cloids = desk.oracle().orders.flatMap(({ order }) => (order.cloid === null ? [] : [order.cloid]))
  assert.equal(new Set(cloids).size, cloids.length, 'a client order id stands at the venue once')
  assert.equal((await desk.alerts()).filter(({ kind }) => kind === 'unexpected-position').length, 1)
  // The lock of the unexpected position is the book's: it holds.
  const locked = await desk.open('TSLA')
  const denied = await eventually(async () => await desk.truebook.book.load('processed', `${locked}.route`))
  assert.equal(denied.row.outcome.gate, 'drift-lock')
}

/** The schedule is there, sweeps asked for twice are one, and news of the stream reach the monitor of a position at once. */
async function assertWorksAsBefore(desk: Desk, { entering }: Lives): Promise<void> {
  const { queue } = desk.truebook
  const [schedule] = await queue.queue('sweep').getJobSchedulers()
  assert.equal(schedule?.every, RARELY.config.sweep.every_ms)
  await queue.pause('sweep')
  for (const at of [1, 2]) await queue.enqueue(sweepEnvelope(EVERY_ACCOUNT, 'demand', Date.now() + at))
  const { waiting, delayed } = (await queue.counts()).sweep
  assert.ok(waiting + delayed <= 2, `one sweep and the tick of the schedule wait, saw ${waiting + delayed}`)
  await queue.resume('sweep')
  for (const coin of ['L3', 'L4', 'L5', 'L6']) await desk.close(coin)
  for (const id of entering) assertEqualsBroker(await desk.until(id, 'closed'), desk.oracle())
  await eventually(() => desk.working() === 0, { what: 'no order left at the venue' })
}

test('Redis emptied with lives in every stage: jobs, schedules and coalescing come back by themselves', async () => {
  await using desk = await openLives()
  const lives = await lineUp(desk)
  const redis = new Redis(desk.redis.url)
  await redis.flushall()
  await redis.quit()
  await assertRestored(desk, lives)
  await assertWorksAsBefore(desk, lives)
})

test('Redis started again without its last data: what it forgot comes back by itself', async () => {
  await using desk = await openLives()
  const lives = await lineUp(desk)
  // What a crash may lose of the append-only file, and more: everything but the mark.
  const redis = new Redis(desk.redis.url)
  const mark = '{truebook}:filled:sweep'
  const keys = (await redis.keys('*')).filter((key) => key !== mark)
  assert.equal(await redis.exists(mark), 1)
  await redis.del(...keys)
  await redis.quit()
  await desk.redis.kill()
  await desk.redis.restart()
  await assertRestored(desk, lives)
  await assertWorksAsBefore(desk, lives)
})
