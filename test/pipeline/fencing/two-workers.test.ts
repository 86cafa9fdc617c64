/**
 * Two workers in one job, in every stage, at the same commit, let go at the same instant: the lock of the first expired while it
 * was stopped, the second took the job over and came as far. One of the two commits, the other is refused and changes nothing.
 */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { eventually } from '#test/support/eventually.ts'
import {
  type FenceDesk,
  type GatedWorker,
  type Store,
  STORES,
  alertsOf,
  assertOneLife,
  earnedAlerts,
  openFenceDesk,
} from './fence-desk.ts'
import type { Gate } from './gate.ts'
import { POINTS, bringAll, finishAll, gateOf } from './points.ts'

const RACES = POINTS.filter(({ moment }) => moment === 'before')
/** The sweep's own effect: an alert and a lock for a position that nobody of us opened. */
const SWEEP: Gate = {
  name: 'sweep',
  account: 'sweep',
  moment: 'before',
  write: 'create alerts unexpected-position',
}

async function raceAtEveryStage(store: Store): Promise<void> {
  await using fence = await openFenceDesk(store, [...RACES.map(({ name }) => name), SWEEP.account])
  const gates = [...RACES.map(gateOf), SWEEP]
  const first = await fence.start({ gates })
  const lives = await bringAll(fence, first, RACES)
  const stranger = { user: fence.master(SWEEP.account), coin: 'BTC' }
  await fence.desk.installation.control.call('tradeByHand', { ...stranger, side: 'B', sz: '0.01' })
  await first.held(SWEEP.name)

  first.freeze()
  const second = await fence.start({ gates })
  await Promise.all(gates.map(({ name }) => second.held(name)))
  first.wake()
  for (const { name } of gates) for (const worker of [first, second]) worker.release(name)

  await finishAll(fence, lives)
  await eventually(async () => (await alertsOf(fence, SWEEP.account)).length > 0, { what: 'the alert of the sweep' })
  await Promise.all([first.rests(), second.rests()])
  for (const { name } of gates) assertOneWinner(name, [first, second])
  for (const { point, id } of lives) {
    await assertOneLife(fence, point.name, id)
    assert.deepEqual(await alertsOf(fence, point.name), await earnedAlerts(fence, id), point.says)
  }
  await assertOneAlarm(fence)
}

/** A sweep may be run once more meanwhile; it, too, is refused what the winner did. */
function assertOneWinner(gate: string, workers: readonly GatedWorker[]): void {
  const endings = workers.map((worker) => worker.endings(gate))
  for (const ended of endings) assert.ok(ended.length > 0, `${gate}: both came as far`)
  const [winner, ...losers] = endings.flat().toSorted().toReversed()
  assert.equal(winner, 'committed', gate)
  assert.deepEqual(new Set(losers), new Set(['StaleWrite']), `${gate}: one winner`)
}

async function assertOneAlarm(fence: FenceDesk): Promise<void> {
  const { account } = SWEEP
  assert.deepEqual(await alertsOf(fence, account), ['unexpected-position active'])
  const { book } = fence.desk.truebook
  assert.deepEqual(Object.keys((await book.load('accounts', account))?.row.locks ?? {}), ['BTC-PERP'])
  const ours = fence.ledger(account).orders.filter(({ origin }) => origin.kind === 'action')
  assert.deepEqual(ours, [], 'it is never traded against')
}

describe('two workers in one job, in every stage, at the same commit', () => {
  for (const store of STORES)
    test(`one commits, the other changes nothing, ${store} book (I1 I6 C6 A17)`, () => raceAtEveryStage(store))
})
