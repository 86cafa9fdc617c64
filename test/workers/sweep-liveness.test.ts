/** That nobody sweeps is said without any queue: by a look at the book, to the sinks themselves (I3). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { keepSweepWatch } from '#compose/sweep-watch.ts'
import type { AlertRow } from '#domain/records.ts'
import { eventually } from '#test/support/eventually.ts'
import { watchSweeps } from '#workers/sweep-liveness.ts'
import { ACCOUNT, type TruthDesk, openTruthDesk } from './truth-desk.ts'

const EVERY_MS = 30_000

function watchOf({ book, clock }: TruthDesk) {
  const delivered: AlertRow[] = []
  const since = clock.now
  const deliver = async (alert: AlertRow): Promise<void> => void delivered.push(alert)
  const look = async (): Promise<void> =>
    await watchSweeps({ accounts: [ACCOUNT], everyMs: EVERY_MS, since }, { book, deliver, now: () => clock.now })
  return { delivered, look }
}

test('I3: an account that is swept no more is told once, straight to the sinks; the next sweep ends it', async () => {
  await using desk = await openTruthDesk()
  const { delivered, look } = watchOf(desk)
  await desk.sweep()
  desk.clock.now += 3 * EVERY_MS
  await look()
  assert.deepEqual(delivered, [])
  for (let again = 0; again < 3; again++) {
    desk.clock.now += EVERY_MS
    await look()
    assert.deepEqual(
      delivered.map(({ severity, kind, account }) => [severity, kind, account]),
      [['critical', 'sweep-overdue', ACCOUNT]],
    )
  }
  assert.notEqual((await desk.alert('sweep-overdue')).deliveredAt, null)
  await desk.sweep()
  await look()
  assert.deepEqual(await desk.alerts(), [])
  desk.clock.now += 4 * EVERY_MS
  await look()
  assert.equal(delivered.length, 2, 'another silence is another alert')
})

test('I3: a watch that has just begun gives the first sweep its time', async () => {
  await using desk = await openTruthDesk()
  const { delivered, look } = watchOf(desk)
  desk.clock.now += 3 * EVERY_MS
  await look()
  assert.deepEqual(delivered, [])
  desk.clock.now += 1
  await look()
  assert.equal(delivered.length, 1)
})

test('I3: the watch goes by a timer of the process, needs no queue and ends with it', async (t) => {
  await using desk = await openTruthDesk()
  t.mock.timers.enable({ apis: ['setInterval'] })
  const lines: string[] = []
  const note = (_fields: object, message: string): void => void lines.push(message)
  const log = { debug: note, info: note, warn: note, error: note }
  const config = { accounts: [{ id: ACCOUNT }], sweep: { everyMs: EVERY_MS } }
  const tools = { book: desk.book, log, now: () => desk.clock.now, config, secrets: { webhookUrl: null } }
  const watch = keepSweepWatch(tools as unknown as Parameters<typeof keepSweepWatch>[0])
  desk.clock.now += 10 * EVERY_MS
  t.mock.timers.tick(EVERY_MS)
  await eventually(async () => (await desk.alerts()).includes('critical sweep-overdue'), { what: 'the alert' })
  await eventually(() => lines.some((line) => line.startsWith('alert: account has not been swept')), {
    what: 'its delivery',
  })
  watch[Symbol.dispose]()
  await desk.sweep()
  t.mock.timers.tick(EVERY_MS)
  for (let turn = 0; turn < 20; turn++) await nextTurn()
  assert.deepEqual(await desk.alerts(), ['critical sweep-overdue'], 'nobody looked any more')
})
