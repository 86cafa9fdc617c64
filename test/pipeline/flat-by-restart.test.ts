/**
 * C6: a Combine must be flat by 15:10 in Chicago, and Truebook is down when its own time for that comes. Started again before 15:10 it
 * closes the position itself; started later it books what the venue did.
 */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { PositionId } from '#domain/ids.ts'
import { eventually } from '#test/support/eventually.ts'
import { type PropDesk, type Seat, openPropDesk } from '#test/support/prop-desk.ts'
import { assertExplained, assertGone, assertTrue } from '#test/support/prop-truth.ts'

const RULES = fileURLToPath(new URL('../../programmes/topstep-combine-50k.yaml', import.meta.url))
/** Times of one Wednesday in Chicago, ms. */
const at = (hour: number, minute: number): number => Date.UTC(2026, 9, 14, hour + 5, minute)

/** A Combine that holds one NQ when Truebook stops at 15:00. */
async function stoppedWithPosition(context: TestContext): Promise<{ desk: PropDesk; seat: Seat; id: PositionId }> {
  const entry = { programme: { rules: RULES, look_ms: 500 } }
  const desk = await openPropDesk({ at: at(14, 55), accounts: [{ id: 'combine', venue: 'projectx', entry }] })
  context.after(async () => await desk[Symbol.asyncDispose]())
  const seat = desk.seat('combine')
  await looked(desk)
  const id = await seat.open('NQ', { stop_loss: { distance_bps: 15 } })
  await seat.until(id, 'open')
  await assertExplained(desk, seat)
  desk.advanceTo(at(15, 0))
  await desk.stop()
  return { desk, seat, id }
}

/** Waits until the guard has looked at the account as it is now. */
async function looked(desk: PropDesk): Promise<void> {
  const since = desk.now()
  const look = async () => ((await desk.truebook.book.load('programmes', 'combine'))?.row.asOf ?? 0) >= since
  await eventually(look, { what: 'a look of the guard' })
}

/** Orders that the venue itself made, as its liquidation does. */
function ordersOfVenue({ projectx }: PropDesk, { venueAccount }: Seat): number {
  return projectx.engine.oracle.ledger(venueAccount).orders.filter(({ origin }) => origin === 'venue').length
}

test('started again at 15:06 it closes the position before the venue would, and entries wait for the next session', async (t) => {
  const { desk, seat, id } = await stoppedWithPosition(t)
  desk.advanceTo(at(15, 6))
  await desk.start()
  const closed = await seat.until(id, 'closed')
  assert.deepEqual(
    [closed.exitReason, closed.exit?.reason, closed.orphaned],
    ['programme_flatten', 'programme_flatten', false],
  )
  assert.ok((closed.closedAt ?? Infinity) < at(15, 10))
  assertTrue(seat, closed)
  await assertGone(seat)
  const refusals = [
    [15, 7, 'programme-flat-by'],
    [15, 11, 'programme-flat-by'],
    [16, 59, 'session-open'],
  ] as const
  for (const [hour, minute, gate] of refusals) {
    desk.advanceTo(at(hour, minute))
    await looked(desk)
    const outcome = await seat.outcome(await seat.open('NQ'))
    assert.deepEqual([outcome.result, outcome.gate], ['denied', gate], `an entry at ${hour}:${minute}`)
  }
  assert.equal(ordersOfVenue(desk, seat), 0, 'the liquidation of the venue found nothing')
  desk.advanceTo(at(17, 1))
  await looked(desk)
  const next = await seat.open('NQ', { stop_loss: { distance_bps: 15 } })
  await seat.until(next, 'open')
  await assertExplained(desk, seat)
})

test('started again at 15:12 it rebuilds the exit that the venue made, with the result of the venue', async (t) => {
  const { desk, seat, id } = await stoppedWithPosition(t)
  desk.advanceTo(at(15, 12))
  assert.equal(ordersOfVenue(desk, seat), 1)
  await desk.start()
  const closed = await seat.until(id, 'closed')
  assert.deepEqual([closed.exitReason, closed.orphaned], ['programme_flatten', true])
  assert.equal(closed.closedAt, at(15, 10))
  assertTrue(seat, closed)
  await assertGone(seat)
  await assertExplained(desk, seat)
  const exits = await desk.truebook.book.list('intents', { where: { positionId: id } })
  assert.deepEqual(
    exits.filter(({ row }) => row.event === 'exit'),
    [],
    'nothing was sent',
  )
  await looked(desk)
  const outcome = await seat.outcome(await seat.open('NQ'))
  assert.equal(outcome.result, 'denied')
})
