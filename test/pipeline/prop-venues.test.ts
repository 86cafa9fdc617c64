/**
 * The pipeline at the venues of prop firms: what the venue's own ledger says is what the book says, through exits, forced exits,
 * funding and trades taken back; and where there are no reduce-only orders no exit ever opens the other side.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Broker } from '#brokers/broker.ts'
import { BrokerUnavailable } from '#brokers/errors.ts'
import { Decimal, decimal, toDecimalString } from '#domain/decimal.ts'
import type { Fill } from '#domain/fill.ts'
import type { PositionId } from '#domain/ids.ts'
import type { AlertRow } from '#domain/records.ts'
import { assertProven } from '#test/support/audit-proof.ts'
import { eventually } from '#test/support/eventually.ts'
import { MIDWEEK, type PropDesk, type Seat, contracts, openPropDesk } from '#test/support/prop-desk.ts'
import { assertExplained, assertGone, assertNeverShort, assertTrue, working } from '#test/support/prop-truth.ts'

const HOUR = 3_600_000

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
    await assertExplained(desk, seat)
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
    for (const { seat } of seats()) await assertExplained(desk, seat)
  })
}

test('a trade that is taken back after it was booked is reversed, and the position that stands again is left alone', async () => {
  const id = await topstep.open('MESZ6', contracts('2'))
  await topstep.until(id, 'open')
  await topstep.close('MESZ6')
  const closed = await topstep.until(id, 'closed')
  await assertGone(topstep)
  const orders = topstep.truth().orders.length
  const { trades } = desk.projectx.engine.oracle.ledger(topstep.venueAccount)
  const exit = trades.at(-1)
  desk.projectx.engine.operator.voidTrade(exit?.id ?? assert.fail('a trade'), true)

  const voided = await alertOf(topstep, 'trade-voided')
  assert.deepEqual([voided.severity, voided.positionId], ['critical', id])
  const [reversal, ...others] = (await bookedFills(topstep, closed.instrument)).filter(
    ({ reverses }) => reverses !== undefined,
  )
  assert.deepEqual(others, [])
  assert.deepEqual(
    [reversal?.fillId, reversal?.side, reversal?.size, reversal?.forced],
    [`${reversal?.reverses}|void`, 'buy', '2', 'void'],
  )
  const unexpected = await alertOf(topstep, 'unexpected-position')
  assert.equal(unexpected.severity, 'critical')
  await assertExplained(desk, topstep)
  const symbol = topstep.symbolOf(closed.instrument)
  assert.deepEqual(topstep.truth().positions, [{ symbol, size: '2' }])
  assert.equal(topstep.truth().orders.length, orders, 'no order was sent for it')
  assert.equal((await topstep.outcome(await topstep.open('MESZ6'))).result, 'denied')

  topstep.venue.closeByHand(topstep.venueAccount, symbol)
  await eventually(
    async () => (await topstep.alerts()).every(({ kind, active }) => kind !== 'unexpected-position' || !active),
    {
      what: 'the alert of the unexpected position to end with it',
    },
  )
  await assertExplained(desk, topstep)
})

const FORCED = [
  { reason: 'liquidation', instrument: 'BTC-PERP', size: '0.05', command: 'liquidate' },
  { reason: 'adl', instrument: 'ETH-PERP', size: '1', command: 'autoDeleverage' },
  { reason: 'programme_flatten', instrument: 'SOL-PERP', size: '10', command: 'adminClose' },
] as const

test('a position that the venue ends itself is booked with its reason and its result', async () => {
  await Promise.all(
    FORCED.map(async ({ reason, instrument, size, command }) => {
      const id = await hyro.open(instrument, contracts(size))
      await hyro.until(id, 'open')
      desk.bybit.engine.operator[command](hyro.venueAccount, hyro.symbolOf(instrument))
      const closed = await hyro.until(id, 'closed')
      assert.deepEqual([closed.exitReason, closed.orphaned], [reason, true])
      assertTrue(hyro, closed)
    }),
  )
  await assertGone(hyro)
  await assertExplained(desk, hyro)
})

test('partial exits come to the result that the venue states itself', async () => {
  const id = await hyro.open('ETH-PERP', contracts('1'))
  await hyro.until(id, 'open')
  for (const size of ['0.6', '0.25']) {
    hyro.venue.setMark('ETHUSDT', String(Number(hyro.venue.mark('ETHUSDT')) + 3))
    await hyro.signal({ kind: 'adjust', instrument: 'ETH-PERP', reduce_to: size })
    await eventually(async () => (await hyro.position(id)).size === size, { what: `${size} ETH` })
  }
  await hyro.close('ETH-PERP')
  const closed = await hyro.until(id, 'closed')
  assertTrue(hyro, closed)
  const exits = hyro
    .truth()
    .fills.filter(({ side, symbol, time }) => side === 'sell' && symbol === 'ETHUSDT' && time >= (closed.openedAt ?? 0))
  const orderIds = new Set(exits.map(({ orderId }) => orderId))
  assert.equal(orderIds.size, 3)
  const broker = desk.truebook.trading?.accounts.get('hyro')?.broker ?? assert.fail('a broker')
  const asked = [...orderIds].map((venueOrderId) => ({ instrument: 'ETH-PERP', venueOrderId }))
  const stated = await broker.statedPnl(asked, { from: closed.openedAt ?? 0, through: desk.now() })
  assert.equal(
    decimal(stated ?? assert.fail('a figure')).toFixed(4),
    decimal(closed.realised?.net ?? ('0' as never)).toFixed(4),
  )
  assert.deepEqual(
    (await hyro.alerts()).filter(({ kind }) => kind === 'pnl-differs'),
    [],
  )
})

test('a result that the venue states otherwise is booked from the fills and told, once', async () => {
  const broker = desk.truebook.trading?.accounts.get('hyro')?.broker ?? assert.fail('a broker')
  const told: Broker['statedPnl'] = broker.statedPnl
  const differing: Record<string, string> = { 'BTC-PERP': '0.009', 'ETH-PERP': '1.5' }
  const statedPnl: Broker['statedPnl'] = async (closing, interval) => {
    const stated = await told(closing, interval)
    const by = differing[closing[0]?.instrument ?? '']
    if (by === undefined) throw new BrokerUnavailable('statement')
    return stated === null ? null : toDecimalString(decimal(stated).plus(by))
  }
  Object.assign(broker, { statedPnl })
  try {
    const ids = new Map<string, PositionId>()
    for (const instrument of ['BTC-PERP', 'ETH-PERP', 'SOL-PERP']) {
      const id = await hyro.open(instrument)
      await hyro.until(id, 'open')
      await hyro.close(instrument)
      assertTrue(hyro, await hyro.until(id, 'closed'))
      ids.set(instrument, id)
    }
    // Less than a cent is rounding; a statement that cannot be read now holds nothing up.
    const raised = (await hyro.alerts()).filter(({ kind }) => kind === 'pnl-differs')
    assert.deepEqual(
      raised.map(({ positionId, severity }) => [positionId, severity]),
      [[ids.get('ETH-PERP'), 'critical']],
    )
  } finally {
    Object.assign(broker, { statedPnl: told })
  }
})

test('funding that falls into a position is in its result and in the equity identity', async () => {
  desk.bybit.engine.operator.setFundingRate('SOLUSDT', '0.0003')
  const id = await hyro.open('SOL-PERP', contracts('10'))
  await hyro.until(id, 'open')
  const earlier = hyro.truth().funding
  desk.advanceTo(MIDWEEK + HOUR + 60_000)
  await hyro.close('SOL-PERP')
  const closed = await hyro.until(id, 'closed')
  assertTrue(hyro, closed)
  const paid = new Decimal(hyro.truth().funding).minus(earlier)
  assert.ok(paid.lt(0), 'a long paid')
  assert.equal(closed.realised?.funding, toDecimalString(paid))
  await assertExplained(desk, hyro)
  assert.equal((await desk.truebook.book.load('equity', 'hyro'))?.row.funding, hyro.truth().funding)
})

test('every decision is on record at both venues, what was taken back included', async () => {
  await assertProven(desk.truebook.book, 50)
})

async function alertOf(seat: Seat, kind: string): Promise<AlertRow> {
  const find = async () => (await seat.alerts()).find((alert) => alert.kind === kind && alert.active)
  return await eventually(find, { what: `an alert ${kind}` })
}

async function bookedFills({ account }: Seat, instrument: string): Promise<Fill[]> {
  const where = { account, instrument }
  const rows = await desk.truebook.book.list('fills', { where, orderBy: { field: 'time', direction: 'ascending' } })
  return rows.map(({ row }) => row)
}
