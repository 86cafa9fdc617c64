/**
 * Workers whose clocks are off work beside one whose clock is right, on one account with one signing key. Whatever time each believes
 * it is, every nonce is used once, every order lands once and every life is booked as the venue has it.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PositionId } from '#domain/ids.ts'
import { eventually } from '#test/support/eventually.ts'
import {
  type FenceDesk,
  type GatedWorker,
  alertsOf,
  assertEveryLife,
  earnedAlerts,
  openFenceDesk,
} from './fence-desk.ts'

const ACCOUNT = 'skewed'
/** Each on an instrument of its own; more than three workers could keep apart by luck. */
const COINS = Array.from({ length: 12 }, (_, n) => `S${n}`)

async function openSkewDesk(): Promise<FenceDesk> {
  const fence = await openFenceDesk('embedded', [ACCOUNT])
  for (const name of COINS)
    fence.desk.venue.engine.operator.addInstrument({ name, szDecimals: 2, maxLeverage: 20, markPx: '100' })
  return fence
}

async function openAll(fence: FenceDesk): Promise<PositionId[]> {
  const ids = await Promise.all(COINS.map((coin) => fence.open(ACCOUNT, coin)))
  await Promise.all(ids.map((id) => reaches(fence, id, 'open')))
  return ids
}

async function closeAll(fence: FenceDesk, ids: readonly PositionId[]): Promise<void> {
  await Promise.all(COINS.map((coin) => fence.close(ACCOUNT, coin)))
  await Promise.all(ids.map((id) => reaches(fence, id, 'closed')))
}

async function reaches(fence: FenceDesk, id: PositionId, state: 'open' | 'closed'): Promise<void> {
  const is = async (): Promise<boolean> => (await fence.desk.position(id)).state === state
  await eventually(is, { what: `position ${id} to be ${state}`, withinMs: 60_000 })
}

async function assertWhole(fence: FenceDesk, ids: readonly PositionId[]): Promise<void> {
  await assertEveryLife(fence, ACCOUNT, ids)
  await assertNoncesOnce(fence)
  const earned = (await Promise.all(ids.map((id) => earnedAlerts(fence, id)))).flat()
  const alerts = await alertsOf(fence, ACCOUNT)
  assert.deepEqual(alerts.filter((alert) => !alert.startsWith('clock-offset')).toSorted(), earned.toSorted())
}

async function assertNoncesOnce(fence: FenceDesk): Promise<void> {
  const admitted = fence.desk.venue.engine.oracle.actions().filter((action) => action.admitted)
  const executed = admitted.map(({ signer, nonce }) => `${signer} ${nonce}`)
  assert.equal(new Set(executed).size, executed.length, 'the venue executed every nonce once')
  const signed = await noncesOf(fence)
  assert.equal(new Set(signed).size, signed.length, 'no nonce stands in two requests')
}

async function noncesOf({ desk }: FenceDesk): Promise<number[]> {
  const rows = await desk.truebook.book.list('intents', { where: { account: ACCOUNT, settled: true } })
  return rows.flatMap(({ row }) => (row.request?.nonce == null ? [] : [row.request.nonce]))
}

test('clocks 4 s behind and 4 s ahead beside a right one: every life is whole (A17 I6)', async () => {
  await using fence = await openSkewDesk()
  const [behind, ahead] = await Promise.all([fence.start(), fence.start(), fence.start()])
  behind.clock(-4000)
  ahead.clock(4000)
  const ids = await openAll(fence)
  await closeAll(fence, ids)
  await assertWhole(fence, ids)
})

for (const [what, offsetMs] of [
  ['behind', -60_000],
  ['ahead', 60_000],
] as const) {
  test(`a clock that jumps a minute ${what} while positions stand: every exit gets out, once (A17 I6)`, async () => {
    await using fence = await openSkewDesk()
    const [jumps] = await Promise.all([fence.start(), fence.start()])
    const ids = await openAll(fence)
    jumps.clock(offsetMs)
    await closeAll(fence, ids)
    await assertWhole(fence, ids)
    if (offsetMs > 0) await assertNoncesRise(fence, jumps)
  })
}

/** A worker that signs by a clock behind the last nonce takes the next one above it. */
async function assertNoncesRise(fence: FenceDesk, ahead: GatedWorker): Promise<void> {
  const before = Math.max(...(await noncesOf(fence)))
  assert.ok(before > Date.now(), 'the clock that is ahead signed something')
  ahead.freeze()
  const known = new Set(await noncesOf(fence))
  const id = await fence.open(ACCOUNT, COINS[0])
  await reaches(fence, id, 'open')
  const later = (await noncesOf(fence)).filter((nonce) => !known.has(nonce))
  assert.ok(later.length > 0)
  for (const nonce of later) assert.ok(nonce > before, `${nonce} is above ${before}`)
}
