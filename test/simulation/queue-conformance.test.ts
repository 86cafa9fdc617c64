/**
 * The simulated queue answers as BullMQ does: any sequence of what our code, its workers and a hand at Redis do has the same
 * answers and leaves the same jobs on BullMQ with a real Redis and in the simulation.
 */
import assert from 'node:assert/strict'
import { after, before, mock, test } from 'node:test'
import fc from 'fast-check'
import { startTestRedis, type TestRedis } from '#test/support/redis.ts'
import { END, JOB_DEEDS, Pair, RUN_DEEDS, SCHEDULES } from './queue/pair.ts'
import { openRealSide } from './queue/real-side.ts'
import { LOCK_MS, LOOK_MS, type Side } from './queue/side.ts'

const START = Date.UTC(2026, 10, 23)

let redis: TestRedis
let real: Side & { close(): Promise<void> }

before(async () => {
  redis = await startTestRedis()
  real = await openRealSide(redis.url)
  mock.timers.enable({ apis: ['Date'], now: START })
})
after(async () => {
  mock.timers.reset()
  await real.close()
  await redis.stop()
})

/** Two empty queues at the start of time. */
async function start(met = new Set<string>()): Promise<Pair> {
  mock.timers.setTime(START)
  await real.wipe()
  return new Pair(real, met)
}

type Step = (pair: Pair, step: number) => Promise<unknown>

const number = (below: number) => fc.nat({ max: below - 1 })

/** Prints as what it does, for whoever reads a counterexample. */
function named(name: string, step: Step): Step {
  return Object.assign(step, { [fc.toStringMethod]: () => name })
}

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 20, arbitrary: number(6).map((n) => named(`add ${n}`, (pair, at) => pair.add(`job-${n}`, { at }))) },
  {
    weight: 25,
    arbitrary: fc
      .tuple(number(2), number(5))
      .map(([group, n]) =>
        named(`coalesce ${group} ${n}`, (pair, at) => pair.coalesce(`subject-${group}`, `group-${group}-${n}`, { at })),
      ),
  },
  { weight: 40, arbitrary: fc.constant(named('take', (pair) => pair.take())) },
  {
    weight: 60,
    arbitrary: fc
      .tuple(fc.constantFrom(...RUN_DEEDS), fc.constantFrom(0, 0, 0, 1, 1, 2, 3, 5))
      .map(([deed, draw]) => named(`${deed} ${draw}`, (pair) => pair.onRun(deed, draw))),
  },
  {
    weight: 10,
    arbitrary: number(3).map((draw) => named(`complete and take ${draw}`, (pair) => pair.completeAndTake(draw))),
  },
  {
    weight: 40,
    arbitrary: fc
      .tuple(fc.constantFrom(...JOB_DEEDS), number(60))
      .map(([deed, draw]) => named(`${deed} #${draw}`, (pair) => pair.onJob(deed, pair.idOf(draw)))),
  },
  { weight: 10, arbitrary: fc.constant(named('take over', (pair) => pair.takeOver())) },
  { weight: 20, arbitrary: fc.constant(named('look', (pair) => pair.look())) },
  {
    weight: 30,
    arbitrary: fc
      .constantFrom(1, 200, 500, LOOK_MS, LOOK_MS + 1, 2_500, 2_501, 3_700, 31_000)
      .map((ms) => named(`wait ${ms}`, (pair) => pair.wait(ms))),
  },
  {
    weight: 10,
    arbitrary: fc
      .tuple(fc.constantFrom(...SCHEDULES), fc.constantFrom(1_000, 3_000))
      .map(([id, every]) => named(`schedule ${id} ${every}`, (pair) => pair.schedule(id, every))),
  },
  {
    weight: 5,
    arbitrary: fc.constantFrom(...SCHEDULES).map((id) => named(`unschedule ${id}`, (pair) => pair.unschedule(id))),
  },
  { weight: 1, arbitrary: fc.constant(named('wipe', (pair) => pair.wipe())) },
)

/** Answers that the sequences must have met, or they prove nothing about them. */
const TO_MEET = [
  ['take: done', `take: ${END}`, 'complete and take: done', `complete and take: ${END}`],
  ['complete', 'put off', 'put off for no time', 'fail', 'set aside'].flatMap((deed) => [
    `${deed}: done`,
    // The job is gone; its lock is lost; another worker has it.
    ...[-1, -2, -6].map((code) => `${deed}: refused ${code}`),
  ]),
  ['coalesce: done', 'coalesce: another stands for it', 'promote: done', 'promote: refused -3'],
  ['completed', 'failed'].flatMap((state) => [`retry ${state}: done`, `retry ${state}: refused -3`]),
  // Held under a lock; the next slot of a schedule.
  ['remove: done', 'remove: refused without a code', 'remove: refused -8'],
  ['look: none', 'look: one', 'look: several', 'renew: true', 'renew: false'],
].flat()

test('whatever is done, BullMQ and the simulated queue answer alike and hold the same jobs', async () => {
  const met = new Set<string>()
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 80, size: 'max' }), async (steps) => {
      const pair = await start(met)
      for (const [at, act] of steps.entries()) await act(pair, at)
      await pair.drain()
    }),
    { seed: 20_261_127, numRuns: 100 },
  )
  assert.deepEqual(
    TO_MEET.filter((answer) => !met.has(answer)),
    [],
  )
})

// Chance meets these too seldom to rely on it.
test('the lock of a run that ended clears its job of suspicion: a later run is not taken back at the next look', async () => {
  const pair = await start()
  await pair.add('job-0', {})
  await pair.take()
  await pair.look()
  await pair.onRun('put off for no time', 0)
  await pair.take()
  await pair.onRun('lose lock', 0)
  await pair.wait(LOOK_MS + 1)
  await pair.look()
  assert.equal(await pair.take(), END)
  await pair.wait(LOOK_MS + 1)
  await pair.look()
  assert.equal(await pair.take(), 'job-0')
})

test('who removes the job that stands for a subject removes what should have followed it', async () => {
  const pair = await start()
  await pair.coalesce('subject-0', 'group-0-0', {})
  await pair.take()
  await pair.coalesce('subject-0', 'group-0-1', {})
  await pair.wait(LOCK_MS + 1)
  await pair.onJob('remove', 'group-0-0')
  await pair.coalesce('subject-0', 'group-0-2', {})
  await pair.take()
  await pair.onRun('complete', 0)
  await pair.drain()
})

test('who is asked for after the job that stood for a subject was lost is followed by nothing of before', async () => {
  const pair = await start()
  await pair.coalesce('subject-0', 'group-0-0', {})
  await pair.take()
  await pair.coalesce('subject-0', 'group-0-1', {})
  await pair.onJob('lose', 'group-0-0')
  await pair.coalesce('subject-0', 'group-0-2', {})
  await pair.take()
  await pair.onRun('complete', 0)
  assert.equal(await pair.take(), END)
})

test('a job that is put off has forgotten its failures', async () => {
  const pair = await start()
  await pair.add('job-0', {})
  for (const deed of ['fail', 'fail', 'put off', 'fail'] as const) {
    await pair.take()
    await pair.onRun(deed, 0)
    await pair.wait(500)
  }
  assert.equal(await pair.take(), 'job-0')
})

test('a slot that falls on this very moment is not missed', async () => {
  const pair = await start()
  await pair.schedule('sweep-a', 1_000)
  await pair.wait(1_000)
  await pair.take()
  await pair.drain()
})

test('a schedule whose next slot has a job already stays where it is', async () => {
  const pair = await start()
  await pair.schedule('sweep-a', 1_000)
  await pair.take()
  await pair.onJob('promote', `repeat:sweep-a:${START + 1_000}`)
  await pair.onRun('complete', 0)
  await pair.unschedule('sweep-a')
  await pair.onJob('remove', `repeat:sweep-a:${START}`)
  await pair.schedule('sweep-a', 1_000)
  assert.equal(await pair.take(), `repeat:sweep-a:${START + 1_000}`)
  assert.equal(await pair.take(), `repeat:sweep-a:${START}`)
  await pair.drain()
})
