/**
 * The pipeline at the venues of prop firms: what the venue's own ledger says is what the book says, through exits, forced exits, lost
 * answers and trades taken back; and where there are no reduce-only orders no exit ever opens the other side.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { intentsOf } from '#demo/reckoning.ts'
import { type Decimal, ZERO, decimal, toDecimalString } from '#domain/decimal.ts'
import { clientOrderIdOf } from '#domain/ids.ts'
import type { PositionRow } from '#domain/position.ts'
import { faultRule as bybitRule } from '#simulators/bybit/faults/fault.ts'
import { faultRule as projectxRule } from '#simulators/projectx/faults/fault.ts'
import type { TrueFill } from '#simulators/venue/simulated-venue.ts'
import { eventually } from '#test/support/eventually.ts'
import { type PropDesk, type Seat, openPropDesk } from '#test/support/prop-desk.ts'

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

/** What each venue trades in a case: 0.05 BTC, one contract of NQ. */
const seats = (): readonly { readonly seat: Seat; readonly instrument: string; readonly size: string }[] => [
  { seat: hyro, instrument: 'BTC-PERP', size: '0.05' },
  { seat: topstep, instrument: 'NQ', size: '1' },
]

const contracts = (value: string) => ({ size: { type: 'contracts', value } }) as const

function assertTrue(seat: Seat, row: PositionRow): void {
  assert.equal(row.realised?.provisional, false)
  assert.equal(toDecimalString(decimal(row.realised.net).minus(row.realised.funding)), seat.netOf(row))
}

async function assertExplained(seat: Seat): Promise<void> {
  await eventually(
    async () => {
      const row = (await desk.truebook.book.load('equity', seat.account))?.row
      return row?.unexplained === '0' && row.brokerEquity === seat.truth().equity
    },
    { what: `equity of ${seat.account} to be that of the venue with nothing unexplained` },
  )
}

function working(seat: Seat): number {
  return seat.truth().orders.filter((order) => order.working).length
}

/** No order works at the venue and nothing is held. */
async function assertGone(seat: Seat): Promise<void> {
  await eventually(() => working(seat) === 0, {
    what: `no order of ${seat.account} to be left at the venue`,
  })
  assert.deepEqual(seat.truth().positions, [])
}

/** Every trade in the order of the venue: all positions of these cases are long. */
function assertNeverShort(seat: Seat): void {
  const held = new Map<string, Decimal>()
  for (const fill of seat.truth().fills) {
    const stands = (held.get(fill.symbol) ?? ZERO).plus(signed(fill))
    assert.ok(stands.gte(0), `${fill.symbol} stood at ${stands.toFixed()} after ${fill.side} ${fill.size}`)
    held.set(fill.symbol, stands)
  }
}

function signed({ side, size }: TrueFill): Decimal {
  return side === 'buy' ? decimal(size as never) : decimal(size as never).negated()
}

/** Has the stop fire once the venue holds the cancel of it; at Bybit the exit needs no cancel, so there it is the exit that is held. */
async function tripOnRequest({ venue, venueAccount }: Seat, symbol: string): Promise<void> {
  const { faults } = venue.venue === 'bybit' ? desk.bybit : desk.projectx
  const path = venue.venue === 'bybit' ? '/v5/order/create' : '/api/Order/cancel'
  const fault = { kind: 'delay', when: 'before', ms: 200 } as const
  const id = faults.add({ match: { path }, fault, skip: 0, count: 1, probability: 1 })
  await eventually(() => faults.list().some((rule) => rule.id === id && rule.hits === 1), { what: 'the request' })
  venue.tripStop(venueAccount, symbol)
}

test('an entry with its native stop and an exit by signal are booked with the result of the venue', async () => {
  for (const { seat, instrument, size } of seats()) {
    const id = await seat.open(instrument, contracts(size))
    const open = await seat.until(id, 'open')
    assert.equal(open.size, size)
    assert.ok(working(seat) >= 1, 'the stop rode in the entry')
    await eventually(() => working(seat) === 1, { what: 'one stop to be left where the strategy wanted it' })
    await seat.close(instrument)
    const closed = await seat.until(id, 'closed')
    assert.deepEqual([closed.exitReason, closed.orphaned], ['signal', false])
    assertTrue(seat, closed)
    await assertGone(seat)
    await assertExplained(seat)
  }
  assertNeverShort(topstep)
})

for (const round of ['before', 'with', 'amid the requests of'] as const) {
  test(`a native stop that fires ${round} an exit by signal ends the same position, and nothing is opened`, async () => {
    for (const { seat, instrument, size } of seats()) {
      const id = await seat.open(instrument, contracts(size))
      const open = await seat.until(id, 'open')
      const symbol = seat.symbolOf(open.instrument)
      if (round === 'before') seat.venue.tripStop(seat.venueAccount, symbol)
      const closing = [seat.close(instrument)]
      if (round === 'with') seat.venue.tripStop(seat.venueAccount, symbol)
      if (round === 'amid the requests of') closing.push(tripOnRequest(seat, symbol))
      await Promise.all(closing)
      const closed = await seat.until(id, 'closed')
      assert.ok(closed.exitReason === 'native_stop' || closed.exitReason === 'signal', `saw ${closed.exitReason}`)
      assertTrue(seat, closed)
      await assertGone(seat)
    }
    assertNeverShort(topstep)
    for (const { seat } of seats()) await assertExplained(seat)
  })
}

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
    await assertExplained(seat)
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
