/** That nobody sweeps is said without any queue: by a look at the book, to the sinks themselves (I3). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { keepWatchdog } from '#compose/watchdog.ts'
import { beginVigil } from '#domain/liveness.ts'
import { eventually } from '#test/support/eventually.ts'
import { lookAround, type Watched } from '#workers/watchdog.ts'
import { oneSink } from './silent-sinks.ts'
import { ACCOUNT, type TruthDesk, openTruthDesk } from './truth-desk.ts'

const EVERY_MS = 30_000
const WATCHED: Watched = {
  posts: [],
  siteless: [],
  workerMs: 60_000,
  feedMs: 60_000,
  sweeps: { accounts: [ACCOUNT], everyMs: EVERY_MS },
}

function watchOf({ book, clock, tools }: TruthDesk) {
  const alerting = oneSink()
  let vigil = beginVigil(clock.now)
  const look = async (): Promise<void> => {
    const seen = await lookAround(vigil, WATCHED, { book, alerting, log: tools.log, now: () => clock.now })
    vigil = seen.vigil
  }
  const delivered = () => alerting.told.filter(({ event }) => event === 'raised').map(({ alert }) => alert)
  return { alerting, delivered, look }
}

test('I3: an account that is swept no more is told once, straight to the sinks; the next sweep ends it', async () => {
  await using desk = await openTruthDesk()
  const { alerting, delivered, look } = watchOf(desk)
  await desk.sweep()
  desk.clock.now += 3 * EVERY_MS
  await look()
  assert.deepEqual(delivered(), [])
  for (let again = 0; again < 3; again++) {
    desk.clock.now += EVERY_MS
    await look()
    assert.deepEqual(
      delivered().map(({ severity, kind, account }) => [severity, kind, account]),
      [['critical', 'sweep-overdue', ACCOUNT]],
    )
  }
  assert.notEqual((await desk.alert('sweep-overdue')).deliveredAt, null)
  await desk.sweep()
  await look()
  assert.deepEqual(await desk.alerts(), [])
  assert.deepEqual(
    alerting.told.map(({ event }) => event),
    ['raised', 'resolved'],
    'its end is told straight away too',
  )
  desk.clock.now += 4 * EVERY_MS
  await look()
  assert.equal(delivered().length, 2, 'another silence is another alert')
})

test('I3: a watch that has just begun gives the first sweep its time', async () => {
  await using desk = await openTruthDesk()
  const { delivered, look } = watchOf(desk)
  desk.clock.now += 3 * EVERY_MS
  await look()
  assert.deepEqual(delivered(), [])
  desk.clock.now += 1
  await look()
  assert.equal(delivered().length, 1)
})

test('I3: the watch goes by a timer of the process, needs no queue and ends with it', async (t) => {
  await using desk = await openTruthDesk()
  t.mock.timers.enable({ apis: ['setInterval'] })
  const lines: string[] = []
  const note = (_fields: object, message: string): void => void lines.push(message)
  const log = { debug: note, info: note, warn: note, error: note }
  const bounds = { workerMs: 600_000, feedMs: 600_000 }
  const account = { id: ACCOUNT, site: null, venue: 'hyperliquid', policy: { programme: null } }
  const config = { accounts: [account], sweep: { everyMs: EVERY_MS }, watchdog: bounds }
  const alerting = oneSink()
  const ground = { book: desk.book, log, alerting, now: () => desk.clock.now, config, secrets: { heartbeatUrl: null } }
  const watch = keepWatchdog(ground as unknown as Parameters<typeof keepWatchdog>[0])
  desk.clock.now += 10 * EVERY_MS
  t.mock.timers.tick(10_000)
  await eventually(async () => (await desk.alerts()).includes('critical sweep-overdue'), { what: 'the alert' })
  await eventually(() => alerting.told.length === 1, { what: 'its delivery' })
  await watch[Symbol.asyncDispose]()
  await desk.sweep()
  t.mock.timers.tick(EVERY_MS)
  for (let turn = 0; turn < 20; turn++) await nextTurn()
  assert.deepEqual(await desk.alerts(), ['critical sweep-overdue'], 'nobody looked any more')
})
