/** Fills that the venue shows long after it could: they are read again for what is unexplained, and somebody is told meanwhile (A2, A4, A12). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NOW, aBrokerOrder, d } from '#test/domain/samples.ts'
import { BOUGHT, ENTRY, EXIT, type TruthDesk, openTruthDesk, sold } from './truth-desk.ts'

const HELD = { 'BTC-PERP': '1' }
const MINUTE_MS = 60_000
const FILLED = aBrokerOrder({ clientOrderId: ENTRY, side: 'buy', leavesSize: d('0'), status: 'filled', trigger: null })
const ENTERED = [{ clientOrderId: ENTRY, event: 'entry', leg: 0 }] as const

/** An entry that filled; the venue shows its record and position, its fills not yet. */
async function openUnproven(): Promise<TruthDesk> {
  const desk = await openTruthDesk()
  await desk.hold({ state: 'entering', entrySettled: false, size: d('0'), nativeStop: null, orders: ENTERED })
  desk.venue.record = FILLED
  desk.venue.held = HELD
  return desk
}

async function lookFor(desk: TruthDesk, minutes: number): Promise<void> {
  for (let minute = 0; minute < minutes; minute++) {
    desk.clock.now += MINUTE_MS
    await desk.monitor()
  }
}

test('A2, A4: a fill of an entry that shows ten minutes late settles it all the same', async () => {
  await using desk = await openUnproven()
  await lookFor(desk, 10)
  assert.equal((await desk.position()).state, 'entering')
  desk.venue.fills = [BOUGHT]
  await lookFor(desk, 1)
  const { state, size } = await desk.position()
  assert.deepEqual([state, size], ['open', '1'])
  const asked = desk.asked.length
  desk.venue.open = [aBrokerOrder()]
  await lookFor(desk, 1)
  assert.equal(desk.asked.length, asked + 1, 'what is explained is not read again')
})

test('A4: what stays unexplained is read again every half minute, not at every look', async () => {
  await using desk = await openUnproven()
  desk.clock.now += 10 * MINUTE_MS
  await desk.monitor()
  const before = desk.asked.length
  for (let second = 0; second < 60; second++) {
    desk.clock.now += 1_000
    await desk.monitor()
  }
  assert.deepEqual(
    [desk.asked.length - before, desk.asked.slice(before).filter(({ from }) => from < NOW).length],
    [62, 2],
  )
})

test('A12: a filled entry whose fills do not show is a critical alert within a minute, once, until they do', async () => {
  await using desk = await openUnproven()
  desk.clock.now = NOW + MINUTE_MS - 10
  await desk.monitor()
  assert.deepEqual(await desk.alerts(), [])
  await lookFor(desk, 3)
  assert.deepEqual(await desk.alerts(), ['critical entry-unproven'])
  desk.venue.fills = [BOUGHT]
  await lookFor(desk, 1)
  assert.equal((await desk.position()).state, 'open')
  assert.ok(!(await desk.alerts()).includes('critical entry-unproven'))
})

test('A4: a fill of an exit that shows ten minutes late closes the position with its result', async () => {
  await using desk = await openTruthDesk()
  await desk.hold({
    state: 'closing',
    exit: { reason: 'signal', requestedAt: NOW, leg: 0 },
    orders: [...ENTERED, { clientOrderId: EXIT, event: 'exit', leg: 0 }],
  })
  desk.venue.fills = [BOUGHT]
  const askedAt = desk.clock.now
  for (let minute = 0; minute < 10; minute++) {
    desk.clock.now += MINUTE_MS
    assert.equal((await desk.reconcile('monitor', askedAt)).kind, 'again')
  }
  assert.deepEqual(await desk.alerts(), ['critical exit-unproven'])
  desk.venue.fills = [BOUGHT, sold()]
  desk.clock.now += MINUTE_MS
  await desk.reconcile('monitor', askedAt)
  const { state, realised } = await desk.position()
  assert.deepEqual([state, realised?.gross, await desk.alerts()], ['closed', '10', []])
})
