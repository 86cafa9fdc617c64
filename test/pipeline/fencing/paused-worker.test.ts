/**
 * A worker stopped (SIGSTOP) at the nastiest points of twelve lives at once. Its locks expire, another worker takes over and
 * completes every life; then the first wakes (SIGCONT) and goes on where it was: it lands nothing and writes nothing.
 */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Store, alertsOf, assertOneLife, earnedAlerts, openFenceDesk } from './fence-desk.ts'
import { POINTS, type Point, STORE_POINTS, bringAll, finishAll, gateOf } from './points.ts'

async function pauseAt(points: readonly Point[], store: Store): Promise<void> {
  await using fence = await openFenceDesk(
    store,
    points.map(({ name }) => name),
  )
  const paused = await fence.start({ gates: points.map(gateOf), proxied: true })
  const lives = await bringAll(fence, paused, points)
  paused.freeze()
  const other = await fence.start()
  await finishAll(fence, lives)
  for (const { point, id } of lives) await assertOneLife(fence, point.name, id)
  await other.rests()
  const before = await Promise.all(lives.map(({ point, id }) => fence.everything(point.name, id)))
  const fills = lives.map(({ point }) => fence.ledger(point.name).fills.length)

  paused.wake()
  for (const { point } of lives) {
    paused.ways?.venue(point.name).mode('pass')
    paused.release(point.name)
  }
  await paused.rests()
  for (const [index, { point, id }] of lives.entries()) {
    assert.deepEqual(paused.endings(point.name), point.moment === 'before' ? ['StaleWrite'] : [], point.says)
    await assertOneLife(fence, point.name, id)
    assert.deepEqual(await fence.everything(point.name, id), before[index], `${point.says}: nothing is written over`)
    assert.equal(fence.ledger(point.name).fills.length, fills[index], `${point.says}: nothing lands`)
    assert.deepEqual(await alertsOf(fence, point.name), await earnedAlerts(fence, id), point.says)
  }
}

describe('a worker stopped at any point of a life, woken after another one completed it', () => {
  test('lands nothing and writes nothing over newer state, embedded book (I1 I6 C6 A3 A15)', () =>
    pauseAt(POINTS, 'embedded'))
  test('lands nothing and writes nothing over newer state, firestore book (I1 I6 C6 A3 A15)', () =>
    pauseAt(STORE_POINTS, 'firestore'))
})
