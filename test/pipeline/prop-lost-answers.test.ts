/** Answers that never come, or say that the venue does not know: at Bybit and ProjectX the outcome is found out, and nothing is sent twice. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { intentsOf } from '#demo/reckoning.ts'
import { ZERO, toDecimalString } from '#domain/decimal.ts'
import { clientOrderIdOf } from '#domain/ids.ts'
import { faultRule as bybitRule } from '#simulators/bybit/faults/fault.ts'
import { faultRule as projectxRule } from '#simulators/projectx/faults/fault.ts'
import { type PropDesk, type Seat, contracts, openPropDesk } from '#test/support/prop-desk.ts'
import { assertExplained, assertGone, assertNeverShort, assertTrue } from '#test/support/prop-truth.ts'

let desk: PropDesk
let hyro: Seat
let topstep: Seat
before(async () => {
  desk = await openPropDesk({
    accounts: [
      { id: 'hyro', venue: 'bybit' },
      { id: 'topstep', venue: 'projectx' },
    ],
  })
  hyro = desk.seat('hyro')
  topstep = desk.seat('topstep')
})
after(async () => {
  await desk[Symbol.asyncDispose]()
})

interface LostAnswer {
  readonly instrument: string
  readonly size: string
  readonly fault: object
}

/** Each on an instrument of its own, so that all wait at once. The last is each venue's own word for an outcome it does not know. */
const LOST: Readonly<Record<'hyro' | 'topstep', readonly LostAnswer[]>> = {
  hyro: [
    { instrument: 'BTC-PERP', size: '0.05', fault: { kind: 'lose-response' } },
    { instrument: 'ETH-PERP', size: '1', fault: { kind: 'hang', processed: true } },
    { instrument: 'SOL-PERP', size: '10', fault: { kind: 'ret-code', code: 10016, processed: true } },
  ],
  topstep: [
    { instrument: 'NQZ6', size: '1', fault: { kind: 'lose-response' } },
    { instrument: 'ESZ6', size: '1', fault: { kind: 'hang', processed: true } },
    { instrument: 'MNQZ6', size: '2', fault: { kind: 'error-code', code: 7, processed: true } },
  ],
}

test('lost answers at entry and exit make no second order at either venue', async () => {
  // All at once: some of them take as long as we wait for a venue.
  const cases = [hyro, topstep].flatMap((seat) =>
    LOST[seat.account === 'hyro' ? 'hyro' : 'topstep'].map(async (lost) => await assertOneOrderEach(seat, lost)),
  )
  await Promise.all(cases)
  for (const seat of [hyro, topstep]) {
    await assertGone(seat)
    await assertExplained(desk, seat)
    for (const [intent, orders] of intentsOf(seat.truth().orders)) assert.equal(orders, 1, `orders of intent ${intent}`)
    const left = (await seat.alerts()).filter(({ kind, active }) => kind === 'unknown-order' && active)
    assert.deepEqual(left, [])
  }
  assertNeverShort(topstep)
})

async function assertOneOrderEach(seat: Seat, { instrument, size, fault }: LostAnswer): Promise<void> {
  const since = desk.now()
  const entry = loseAnswer(seat, fault, { symbol: seat.symbolOf(instrument) })
  const id = await seat.open(instrument, contracts(size))
  const open = await seat.until(id, 'open')
  assert.equal(hitsOf(seat, entry), 1)
  const exit = loseAnswer(seat, fault, { intent: clientOrderIdOf(id, 'exit', 0) })
  await seat.close(instrument)
  const closed = await seat.until(id, 'closed')
  assert.equal(hitsOf(seat, exit), 1)
  assert.equal(closed.exitReason, 'signal')
  assertTrue(seat, closed)
  const symbol = seat.symbolOf(open.instrument)
  const fills = seat.truth().fills.filter((fill) => fill.symbol === symbol && fill.time >= since)
  const bought = fills.filter(({ side }) => side === 'buy')
  const sold = fills.filter(({ side }) => side === 'sell')
  for (const side of [bought, sold]) {
    assert.equal(new Set(side.map(({ orderId }) => orderId)).size, 1, `${instrument}: one order a side`)
    assert.equal(toDecimalString(side.reduce((sum, fill) => sum.plus(fill.size), ZERO)), size)
  }
}

/** Of the next order of a symbol, or of the order of an intent. */
function loseAnswer(
  seat: Seat,
  fault: object,
  { symbol, intent }: { readonly symbol?: string; readonly intent?: string },
): number {
  if (seat.venue.venue === 'bybit') {
    const match = { path: '/v5/order/create', symbol, orderLinkId: intent }
    return desk.bybit.faults.add(bybitRule.parse({ match, fault }))
  }
  const match = { path: '/api/Order/place', contract: symbol, customTag: intent && `${intent}.0` }
  return desk.projectx.faults.add(projectxRule.parse({ match, fault }))
}

function hitsOf(seat: Seat, rule: number): number | undefined {
  const { faults } = seat.venue.venue === 'bybit' ? desk.bybit : desk.projectx
  return faults.list().find(({ id }) => id === rule)?.hits
}
