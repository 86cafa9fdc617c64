/**
 * An operator's verbs through real queues: a stranger's position is adopted and flattened at every venue with the venue's own result, and
 * a flatten outlives the worker that was carrying it out.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startTruebook } from '#compose.ts'
import type { Book } from '#book/book.ts'
import { STAGES } from '#domain/message.ts'
import type { PositionRow } from '#domain/position.ts'
import { createLog } from '#telemetry/log.ts'
import { assertProven } from '#test/support/audit-proof.ts'
import { assertEqualsBroker } from '#test/support/broker-net.ts'
import { openDesk } from '#test/support/desk.ts'
import { eventually } from '#test/support/eventually.ts'
import { act, operatorOf } from '#test/support/operate.ts'
import { contracts, openPropDesk } from '#test/support/prop-desk.ts'
import { assertExplained, assertGone, assertTrue, working } from '#test/support/prop-truth.ts'
import { runDoomed } from './run-doomed.ts'

/** The unexpected position that a sweep has told of. */
async function told(book: Book, account: string, instrument: string): Promise<void> {
  await eventually(
    async () => {
      const rows = await book.list('sweeps', {
        where: { account },
        orderBy: { field: 'startedAt', direction: 'descending' },
        limit: 1,
      })
      return rows[0]?.row.findings.some(
        ({ kind, instrument: on }) => kind === 'unexpected-position' && on === instrument,
      )
    },
    { what: `a sweep of ${account} to tell of ${instrument}` },
  )
}

/** The position of the book that stands there. */
async function standing(book: Book, account: string, instrument: string): Promise<PositionRow> {
  const here = async () => (await book.list('positions', { where: { account, instrument, open: true } }))[0]?.row
  return await eventually(here, { what: `a position on ${instrument} at ${account}` })
}

async function standingAlerts(book: Book, account: string): Promise<string[]> {
  const rows = await book.list('alerts', {
    where: { account, active: true },
    orderBy: { field: 'raisedAt', direction: 'ascending' },
  })
  return rows.map(({ row }) => row.kind)
}

test('a position bought by hand is adopted and flattened, with the result of the venue', async () => {
  await using desk = await openDesk({ usdc: '20000' })
  const { book } = desk.truebook
  const operator = operatorOf(
    desk.truebook,
    desk.config.accounts.map(({ policy }) => policy),
  )
  const byHand = { user: desk.master, coin: 'ETH', side: 'B' } as const
  await desk.installation.control.call('tradeByHand', { ...byHand, sz: '1' })
  await desk.installation.control.call('tradeByHand', { ...byHand, sz: '0.5' })
  await told(book, 'desk', 'ETH-PERP')
  await act(operator, { verb: 'adopt', account: 'desk', instrument: 'ETH-PERP', strategy: 'operator' })
  const position = await standing(book, 'desk', 'ETH-PERP')
  assert.deepEqual([position.side, position.size, position.state], ['long', '1.5', 'open'])
  assert.deepEqual(await standingAlerts(book, 'desk'), [])
  await act(operator, { verb: 'flatten', account: '*' })
  const closed = await desk.until(position.positionId, 'closed')
  assert.deepEqual([closed.exitReason, closed.orphaned], ['operator', false])
  assertEqualsBroker(closed, desk.oracle())
  assert.deepEqual(desk.oracle().positions, [])
  await assertProven(book, 3)
})

test('at the venues of prop firms an adopted position has the result of the venue: flattened, closed by hand, stopped', async () => {
  await using desk = await openPropDesk({
    accounts: [
      { id: 'hyro', venue: 'bybit' },
      { id: 'topstep', venue: 'projectx' },
    ],
  })
  const { book } = desk.truebook
  const seats = [
    { seat: desk.seat('hyro'), instrument: 'BTC-PERP', size: '0.05' },
    { seat: desk.seat('topstep'), instrument: 'NQZ6', size: '2' },
  ]
  const policies = seats.map(({ seat }) => ({ account: seat.account, venue: seat.venue.venue, strategies: ['*'] }))
  const operator = operatorOf(desk.truebook, policies, () => desk.now())
  for (const way of ['flattened', 'closed by hand', 'stopped'] as const) {
    for (const { seat, instrument, size } of seats) {
      const { account, venueAccount, venue } = seat
      const symbol = seat.symbolOf(instrument)
      venue.tradeByHand(venueAccount, symbol, 'sell', size)
      await told(book, account, instrument)
      await act(operator, { verb: 'adopt', account, instrument, strategy: 'operator' })
      const { positionId, side, size: held } = await standing(book, account, instrument)
      assert.deepEqual([side, held], ['short', size])
      if (way === 'flattened') await act(operator, { verb: 'flatten', account })
      else if (way === 'closed by hand') venue.closeByHand(venueAccount, symbol)
      else {
        await seat.signal({ kind: 'adjust', instrument, stop_loss: { distance_bps: 100 } })
        const isConfirmed = async () => ((await seat.position(positionId)).nativeStop?.confirmedAt ?? null) !== null
        await eventually(isConfirmed, { what: 'the stop to stand' })
        venue.tripStop(venueAccount, symbol)
      }
      const closed = await seat.until(positionId, 'closed')
      const reason = way === 'stopped' ? 'native_stop' : 'operator'
      assert.deepEqual([closed.exitReason, closed.orphaned], [reason, way === 'closed by hand'])
      assertTrue(seat, closed)
      await assertGone(seat)
      await assertExplained(desk, seat)
    }
  }
})

test('entries that rest are canceled at every venue; a position beside them keeps its stop', async () => {
  await using desk = await openPropDesk({
    accounts: [
      { id: 'hyro', venue: 'bybit' },
      { id: 'topstep', venue: 'projectx' },
    ],
  })
  const seats = [
    { seat: desk.seat('hyro'), held: 'BTC-PERP', resting: 'ETH-PERP' },
    { seat: desk.seat('topstep'), held: 'NQ', resting: 'ES' },
  ]
  const policies = seats.map(({ seat }) => ({ account: seat.account, venue: seat.venue.venue, strategies: ['*'] }))
  const operator = operatorOf(desk.truebook, policies, () => desk.now())
  const entries = await Promise.all(
    seats.map(async ({ seat, held, resting }) => {
      const size = seat.venue.venue === 'bybit' ? '0.05' : '1'
      const position = await seat.open(held, contracts(size))
      await seat.until(position, 'open')
      const mark = Number(seat.venue.mark(seat.symbolOf(resting === 'ES' ? 'ESZ6' : resting)))
      const price = String(Math.floor(mark * 0.99))
      const entry = await seat.open(resting, {
        ...contracts('1'),
        entry: { type: 'limit', price, timeout_ms: 3_600_000 },
        stop_loss: { price: String(Math.floor(mark * 0.97)) },
      })
      await seat.until(entry, 'entering')
      return { seat, position, entry }
    }),
  )
  await act(operator, { verb: 'cancel-orders', account: '*' })
  for (const { seat, position, entry } of entries) {
    await seat.until(entry, 'canceled')
    await eventually(() => working(seat) === 1, { what: 'one stop to be left' })
    assert.equal((await seat.position(position)).state, 'open')
  }
  await act(operator, { verb: 'flatten', account: '*' })
  for (const { seat, position } of entries) {
    assertTrue(seat, await seat.until(position, 'closed'))
    await assertGone(seat)
  }
})

for (const [fatal, moment] of [
  [1, 'before'],
  [1, 'after'],
  [2, 'after'],
] as const) {
  test(`a flatten outlives the worker that dies ${moment} commit ${fatal} of it`, async () => {
    await using desk = await openDesk({ usdc: '20000', role: { stages: [], api: false } })
    const { book } = desk.truebook
    const log = createLog({ level: 'error', secrets: [] })
    const start = async () => await startTruebook(desk.config, { stages: STAGES, api: false }, { log })
    const first = await start()
    const id = await desk.open('BTC')
    await desk.until(id, 'open')
    await first.close(2000)
    const end = await runDoomed(desk, fatal, moment)
    await act(
      operatorOf(
        desk.truebook,
        desk.config.accounts.map(({ policy }) => policy),
      ),
      { verb: 'flatten', account: '*' },
    )
    const rescuer = await start()
    try {
      const closed = await desk.until(id, 'closed')
      assert.equal(closed.exitReason, 'operator')
      assertEqualsBroker(closed, desk.oracle())
      assert.match(await end(), /killed/)
      await eventually(() => desk.working() === 0, { what: 'no order left at the venue' })
      assert.deepEqual(desk.oracle().positions, [])
      await assertProven(book, 3)
    } finally {
      await end()
      await rescuer.close(1000)
    }
  })
}
