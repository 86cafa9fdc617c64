/** The life of a signal on the real protocol: every part real but the venue, whose own ledger is the oracle. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { PositionId } from '#domain/ids.ts'
import { assertProven } from '#test/support/audit-proof.ts'
import { type Desk, openDesk } from '#test/support/desk.ts'
import { eventually } from '#test/support/eventually.ts'
import { assertEqualsBroker } from '#test/support/broker-net.ts'

let desk: Desk
before(async () => {
  desk = await openDesk()
})
after(async () => {
  await desk[Symbol.asyncDispose]()
})

test('a signal becomes a position with a native stop, and a close signal ends it with the PnL of the broker', async () => {
  const id = await desk.open('BTC')
  const open = await desk.until(id, 'open')
  assert.equal(open.size, '0.05')
  const stop = desk.venue.engine.account.openOrders(desk.master)
  assert.equal(stop.length, 1)
  await desk.close('BTC')
  const closed = await desk.until(id, 'closed')
  assert.equal(closed.exitReason, 'signal')
  assert.equal(closed.orphaned, false)
  assert.equal(closed.nakedMs, 0)
  assertEqualsBroker(closed, desk.oracle())
  await eventually(() => desk.working() === 0, { what: 'the native stop to be gone with the position' })
})

test('a trailing stop follows the best mark at the venue, never loosens, and its fill is the exit', async () => {
  await desk.mark('BTC', '100000')
  const id = await desk.open('BTC', { trail: { distance_bps: 50 } })
  await desk.until(id, 'open')
  const seen: number[] = []
  for (const px of ['100800', '100700', '101500']) {
    await desk.mark('BTC', px)
    const raised = await eventually(
      async () => {
        const row = await desk.position(id)
        return row.nativeStop?.confirmedAt !== null && row.discipline.trail !== null && row
      },
      { what: 'a confirmed stop' },
    )
    seen.push(Number(raised.nativeStop?.triggerPrice))
  }
  await eventually(async () => (await desk.position(id)).nativeStop?.triggerPrice === '100993', {
    what: 'the stop 50 bps below 101500, on the tick',
  })
  assert.deepEqual(
    seen,
    seen.toSorted((a, b) => a - b),
  )
  await desk.mark('BTC', '100500')
  const closed = await desk.until(id, 'closed')
  assert.equal(closed.exitReason, 'trail')
  assertEqualsBroker(closed, desk.oracle())
  await eventually(() => desk.working() === 0, { what: 'no stop to outlive the position' })
})

test('a position that has been held for its maximum time is closed', async () => {
  const id = await desk.open('BTC', { max_hold_ms: 500 })
  const closed = await desk.until(id, 'closed')
  assert.equal(closed.exitReason, 'timeout')
  assertEqualsBroker(closed, desk.oracle())
})

test('a target price that the mark reaches takes the profit', async () => {
  await desk.mark('ETH', '3500')
  const id = await desk.open('ETH', { side: 'short', take_profit: { distance_bps: 100 } })
  await desk.until(id, 'open')
  await desk.mark('ETH', '3450')
  const closed = await desk.until(id, 'closed')
  assert.equal(closed.exitReason, 'take_profit')
  assertEqualsBroker(closed, desk.oracle())
})

test('a reverse closes the position first and then opens the opposite one', async () => {
  const first = await desk.open('SOL')
  await desk.until(first, 'open')
  const reversal = await desk.signal({
    kind: 'reverse',
    signal_id: 'reverse',
    instrument: 'SOL-PERP',
    side: 'short',
    size: { type: 'contracts', value: '5' },
    stop_loss: { distance_bps: 200 },
  })
  const second = reversal.accounts[0]?.positionId as PositionId
  assert.equal((await desk.until(first, 'closed')).exitReason, 'reversal')
  const opposite = await eventually(async () => (await desk.truebook.book.load('positions', second))?.row, {
    what: 'the opposite position',
  })
  assert.equal(opposite.side, 'short')
  const open = await desk.until(second, 'open')
  assert.ok((open.openedAt ?? 0) >= ((await desk.position(first)).closedAt ?? 0))
  await desk.signal({ kind: 'flatten', signal_id: 'flatten', reason: 'end of the test' })
  assert.equal((await desk.until(second, 'closed')).exitReason, 'operator')
})

test('an entry that nobody takes is canceled after its time and leaves nothing behind', async () => {
  await desk.mark('HYPE', '35')
  const id = await desk.open('HYPE', { entry: { type: 'limit', price: '34.7', timeout_ms: 300 } })
  const canceled = await desk.until(id, 'canceled')
  assert.equal(canceled.size, '0')
  assert.equal(canceled.realised, null)
  await eventually(() => desk.working() === 0, { what: 'no order left at the venue' })
  const account = await desk.truebook.book.load('accounts', 'desk')
  assert.deepEqual(account?.row.exposures, {})
})

test('an adjust signal moves the native stop and may reduce the size', async () => {
  await desk.mark('HYPE', '35')
  const id = await desk.open('HYPE', { size: { type: 'contracts', value: '100' } })
  await desk.until(id, 'open')
  await desk.signal({
    kind: 'adjust',
    signal_id: 'adjust',
    instrument: 'HYPE-PERP',
    stop_loss: { price: '34.5' },
    reduce_to: '40',
  })
  await eventually(
    async () => {
      const row = await desk.position(id)
      return row.size === '40' && row.nativeStop?.triggerPrice === '34.5' && row.nativeStop.size === '40'
    },
    { what: '40 contracts under a stop at 34.5' },
  )
  await eventually(() => desk.working() === 1, { what: 'exactly one stop at the venue' })
  await desk.close('HYPE')
  const closed = await desk.until(id, 'closed')
  assertEqualsBroker(closed, desk.oracle())
})

test('the same signal twice has one effect and the first outcome; another content under its id is a conflict', async () => {
  const wish = {
    kind: 'open',
    signal_id: 'twice',
    instrument: 'ETH-PERP',
    side: 'long',
    size: { type: 'contracts', value: '1' },
    ts: Date.now(),
  } as const
  const first = await desk.signal(wish)
  const id = first.accounts[0]?.positionId as PositionId
  await eventually(async () => (await desk.truebook.book.load('positions', id)) !== null, { what: 'the position' })
  const repeated = await desk.signal(wish)
  assert.equal(repeated.status, 'repeated')
  assert.equal(repeated.accounts[0]?.outcome?.result, 'done')
  const conflict = await desk.signal({ ...wish, side: 'short' })
  assert.equal(conflict.status, 'conflict')
  await desk.until(id, 'open')
  await desk.close('ETH')
  await desk.until(id, 'closed')
  const entries = desk
    .oracle()
    .orders.filter(({ order }) => order.coin === 'ETH' && !order.reduceOnly && order.timestamp >= wish.ts)
  assert.equal(entries.length, 1)
})

test('every term of the equity identity is explained', async () => {
  await eventually(
    async () => {
      const row = (await desk.truebook.book.load('equity', 'desk'))?.row
      return row?.unexplained === '0' && row.brokerEquity === desk.oracle().equity.accountValue
    },
    { what: 'equity of the book to be that of the venue with nothing unexplained' },
  )
})

test('every decision of these lives is on record, whole and in order', async () => {
  await assertProven(desk.truebook.book, 60)
})
