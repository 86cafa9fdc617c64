/** Does the same to BullMQ and to the simulated queue, and compares what they answer and what is left in them. */
import assert from 'node:assert/strict'
import { mock } from 'node:test'
import type { Queue } from 'bullmq'
import { JOB_OPTIONS } from '#queues/bullmq/job-options.ts'
import { LOOK_MS, type Run, type Side } from './side.ts'
import { openSimulatedSide } from './simulated-side.ts'

/** Schedules that steps may name. */
export const SCHEDULES = ['sweep-a', 'sweep-b']
/** What is answered when nothing can be taken. */
export const END = 'nothing waits'

/** Both sides and what has been taken from them, on the clock of `mock.timers`. */
export class Pair {
  readonly #simulated = openSimulatedSide()
  readonly #runs: (readonly [Run, Run])[] = []
  readonly #ids = new Set<string>()
  readonly #met: Set<string>
  readonly #real: Side
  #tokens = 0

  /** `met` collects what was answered to what, so that the test knows what it has seen. */
  constructor(real: Side, met: Set<string>) {
    this.#real = real
    this.#met = met
  }

  async add(jobId: string, data: unknown): Promise<void> {
    this.#ids.add(jobId)
    await this.#both('add', async ({ queue }) => (await queue.add('place', data, { jobId })).id)
  }

  async coalesce(subject: string, jobId: string, data: unknown): Promise<void> {
    this.#ids.add(jobId)
    const opts = { jobId, deduplication: { id: subject, keepLastIfActive: true } }
    await this.#both('coalesce', async ({ queue }) => {
      const { id } = await queue.add('place', data, opts)
      return id === jobId ? id : `${id} stands for it`
    })
  }

  async onJob(deed: JobDeed, id: string): Promise<void> {
    await this.#both(deed, async (side) => await ON_JOB[deed](side, id))
  }

  /** One of the ids that were ever seen. */
  idOf(draw: number): string {
    return [...this.#ids][draw % this.#ids.size] ?? 'job-never-seen'
  }

  async onRun(deed: RunDeed, draw: number): Promise<void> {
    // Mostly the newest; an old one is a worker that wakes up late.
    const runs = this.#runs.at(-1 - Math.min(draw, this.#runs.length - 1))
    if (runs === undefined) return
    await this.#both(deed, async (side) => await ON_RUN[deed](side, this.#of(side, runs)))
  }

  async take(): Promise<string> {
    this.#tokens += 1
    return await this.#taken('take', async (side) => await side.take(`token-${this.#tokens}`))
  }

  async completeAndTake(draw: number): Promise<void> {
    const runs = this.#runs.at(-1 - Math.min(draw, this.#runs.length - 1))
    if (runs === undefined) return
    await this.#taken('complete and take', async (side) => await side.completeAndTake(this.#of(side, runs)))
  }

  async look(): Promise<void> {
    const order = await this.#simulated.look([])
    const stalled = await this.#real.look(order)
    assert.deepEqual(stalled.toSorted(), order.toSorted(), 'stalled jobs')
    this.#met.add(`look: ${['none', 'one'][order.length] ?? 'several'}`)
    await this.#compare('look')
  }

  async schedule(id: string, every: number): Promise<void> {
    const template = { name: 'scheduled', data: {}, opts: JOB_OPTIONS }
    await this.#both('schedule', async ({ queue }) => void (await queue.upsertJobScheduler(id, { every }, template)))
  }

  async unschedule(id: string): Promise<void> {
    await this.#both('unschedule', async ({ queue }) => void (await queue.removeJobScheduler(id)))
  }

  async wait(ms: number): Promise<void> {
    mock.timers.tick(ms)
    await this.#real.expire()
    await this.#compare('wait')
  }

  /** Its taker is gone: the job is found stalled, and another one takes it. */
  async takeOver(): Promise<void> {
    await this.onRun('lose lock', 0)
    await this.look()
    await this.wait(LOOK_MS + 1)
    await this.look()
    await this.take()
  }

  async wipe(): Promise<void> {
    await this.#both('wipe', async (side) => await side.wipe())
    this.#runs.length = 0
  }

  /** Everything that waits, in its order. */
  async drain(): Promise<void> {
    await this.wait(100_000)
    while ((await this.take()) !== END);
  }

  #of(side: Side, [theirs, ours]: readonly [Run, Run]): Run {
    return side === this.#real ? theirs : ours
  }

  async #taken(deed: string, taking: (side: Side) => Promise<Run | null>): Promise<string> {
    const runs: (Run | null)[] = []
    await this.#both(deed, async (side) => {
      const run = await taking(side)
      runs.push(run)
      return run ?? END
    })
    const [theirs = null, ours = null] = runs
    if (theirs === null || ours === null) return END
    this.#ids.add(theirs.id)
    this.#runs.push([theirs, ours])
    return theirs.id
  }

  async #both(deed: string, act: (side: Side) => Promise<unknown>): Promise<void> {
    const expected = await answerOf(act, this.#real)
    const seen = await answerOf(act, this.#simulated)
    assert.deepEqual(seen, expected, `${deed}: the answer`)
    this.#met.add(`${deed}: ${kindOf(expected)}`)
    await this.#compare(deed)
  }

  async #compare(deed: string): Promise<void> {
    const [expected, seen] = await Promise.all([this.#real, this.#simulated].map(stateOf))
    assert.deepEqual(seen, expected, `${deed}: what is left`)
    for (const { id } of expected?.jobs ?? []) this.#ids.add(id)
  }
}

const ON_JOB = {
  promote: ({ queue }: Side, id: string) => queue.getBackend().promote(id),
  'update data': async ({ queue }: Side, id: string) => await (await queue.getJob(id))?.updateData({ renewed: true }),
  'retry completed': async ({ queue }: Side, id: string) => await (await queue.getJob(id))?.retry('completed', RESET),
  'retry failed': async ({ queue }: Side, id: string) => await (await queue.getJob(id))?.retry('failed', RESET),
  remove: async ({ queue }: Side, id: string) => await (await queue.getJob(id))?.remove(),
  'state of': ({ queue }: Side, id: string) => queue.getJobState(id),
  lose: (side: Side, id: string) => side.lose(id),
}

const ON_RUN = {
  complete: (side: Side, run: Run) => side.complete(run),
  fail: (side: Side, run: Run) => side.fail(run),
  'set aside': (side: Side, run: Run) => side.setAside(run),
  'put off': (side: Side, run: Run) => side.putOff(run, 500),
  'put off for no time': (side: Side, run: Run) => side.putOff(run, 0),
  renew: (side: Side, run: Run) => side.renew(run),
  'lose lock': (side: Side, run: Run) => side.loseLock(run.id),
}

/** What can be done to a job, and by one who took it. */
export type JobDeed = keyof typeof ON_JOB
export type RunDeed = keyof typeof ON_RUN
export const JOB_DEEDS = Object.keys(ON_JOB) as readonly JobDeed[]
export const RUN_DEEDS = Object.keys(ON_RUN) as readonly RunDeed[]

/** As `ensure` runs a finished job again. */
const RESET = { resetAttemptsMade: true, resetAttemptsStarted: true }

async function answerOf(act: (side: Side) => Promise<unknown>, side: Side): Promise<unknown> {
  try {
    return (await act(side)) ?? 'done'
  } catch (error) {
    if (!(error instanceof Error)) throw error
    if (error instanceof TypeError || error.name === 'AssertionError') throw error
    return { refused: 'code' in error ? error.code : 'without a code' }
  }
}

function kindOf(answer: unknown): string {
  if (typeof answer === 'object' && answer !== null && 'refused' in answer) return `refused ${String(answer.refused)}`
  if (typeof answer === 'string' && answer.endsWith('stands for it')) return 'another stands for it'
  return answer === END || typeof answer === 'boolean' ? String(answer) : 'done'
}

async function stateOf(side: Side) {
  const jobs = await side.jobs()
  const schedulers = await Promise.all(SCHEDULES.map(async (id) => await schedulerOf(side.queue, id)))
  return { jobs: jobs.toSorted((a, b) => (a.id < b.id ? -1 : 1)), schedulers }
}

async function schedulerOf(queue: Queue, id: string) {
  const found = await queue.getJobScheduler(id)
  return found === undefined ? null : { every: found.every, next: found.next }
}
