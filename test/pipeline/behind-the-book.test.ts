/** What happens at the venue without us: the book follows the broker's record, alerts, and never closes what it did not open. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { assertProven } from '#test/support/audit-proof.ts'
import { type Desk, openDesk } from '#test/support/desk.ts'
import { eventually } from '#test/support/eventually.ts'
import { assertEqualsBroker } from '#test/support/broker-net.ts'

let desk: Desk
before(async () => {
  desk = await openDesk({ usdc: '20000' })
})
after(async () => {
  await desk[Symbol.asyncDispose]()
})

async function alertsOf(kind: string, positionId: string | null = null): Promise<number> {
  return (await desk.alerts()).filter((row) => row.kind === kind && row.positionId === positionId).length
}

test('a native stop that trips while we watch is an ordinary exit', async () => {
  const id = await desk.open('BTC')
  await desk.until(id, 'open')
  await desk.installation.control.call('tripStop', { user: desk.master, coin: 'BTC' })
  const closed = await desk.until(id, 'closed')
  assert.equal(closed.exitReason, 'native_stop')
  assertEqualsBroker(closed, desk.oracle())
})

test('D4: a position closed by hand is rebuilt from its fills with one critical alert, and its stop is canceled', async () => {
  const id = await desk.open('ETH')
  await desk.until(id, 'open')
  await desk.installation.control.call('closeByHand', { user: desk.master, coin: 'ETH' })
  const closed = await desk.until(id, 'closed')
  assert.equal(closed.exitReason, 'operator')
  assert.equal(closed.orphaned, true)
  assertEqualsBroker(closed, desk.oracle())
  assert.equal(await alertsOf('orphan', id), 1)
  await eventually(() => desk.working() === 0, { what: 'the orphaned stop to be canceled' })
})

test('D8: a close signal for a position that is already flat books nothing at a price of ours', async () => {
  const id = await desk.open('SOL', { side: 'short' })
  await desk.until(id, 'open')
  await desk.installation.control.call('closeByHand', { user: desk.master, coin: 'SOL' })
  await desk.close('SOL')
  const closed = await desk.until(id, 'closed')
  assert.equal(closed.exitReason, 'operator')
  assertEqualsBroker(closed, desk.oracle())
  const exits = desk
    .oracle()
    .orders.filter(
      ({ order }) => order.coin === 'SOL' && order.cloid !== null && order.side === 'B' && !order.isTrigger,
    )
  assert.equal(exits.length, 0, 'no exit of ours was sent')
})

test('D1, D9: a liquidation ends the position with its own reason', async () => {
  const id = await desk.open('HYPE')
  await desk.until(id, 'open')
  await desk.installation.control.call('liquidate', { user: desk.master, coin: 'HYPE' })
  const closed = await desk.until(id, 'closed')
  assert.equal(closed.exitReason, 'liquidation')
  assert.equal(closed.orphaned, true)
  assertEqualsBroker(closed, desk.oracle())
})

test('D9: auto-deleveraging ends the position with its own reason', async () => {
  const id = await desk.open('HYPE')
  await desk.until(id, 'open')
  await desk.installation.control.call('autoDeleverage', { user: desk.master, coin: 'HYPE' })
  const closed = await desk.until(id, 'closed')
  assert.equal(closed.exitReason, 'adl')
  assertEqualsBroker(closed, desk.oracle())
})

test('E2: a part closed by hand shrinks position and stop; the rest lives on', async () => {
  const id = await desk.open('SOL', { size: { type: 'contracts', value: '20' } })
  await desk.until(id, 'open')
  await desk.installation.control.call('tradeByHand', {
    user: desk.master,
    coin: 'SOL',
    side: 'A',
    sz: '8',
    reduceOnly: true,
  })
  await eventually(
    async () => {
      const row = await desk.position(id)
      return row.size === '12' && row.nativeStop?.size === '12'
    },
    { what: '12 contracts under a stop of 12' },
  )
  await desk.close('SOL')
  assertEqualsBroker(await desk.until(id, 'closed'), desk.oracle())
})

test('a flip by hand closes ours and leaves the other side alone, alerted and locked', async () => {
  const id = await desk.open('BTC', { size: { type: 'contracts', value: '0.02' } })
  await desk.until(id, 'open')
  await desk.installation.control.call('tradeByHand', { user: desk.master, coin: 'BTC', side: 'A', sz: '0.05' })
  const closed = await desk.until(id, 'closed')
  assert.equal(closed.orphaned, true)
  await eventually(async () => (await alertsOf('unexpected-position')) === 1, {
    what: 'the alert about the other side',
  })
  const refused = await desk.open('BTC')
  const outcome = await eventually(
    async () => (await desk.truebook.book.load('processed', `${refused}.route`))?.row.outcome,
    { what: 'an outcome' },
  )
  assert.equal(outcome.gate, 'drift-lock')
  const held = desk.oracle().positions.find((position) => position.coin === 'BTC')
  assert.equal(held?.szi, '-0.03', 'the other position was never touched')
  await desk.installation.control.call('closeByHand', { user: desk.master, coin: 'BTC' })
  await eventually(
    async () => (await desk.truebook.book.load('accounts', 'desk'))?.row.locks['BTC-PERP'] === undefined,
    { what: 'a clean sweep to lift the lock' },
  )
  const alert = (await desk.alerts()).find((row) => row.kind === 'unexpected-position')
  assert.equal(alert?.active, false)
})

test('D6: working orders of ours are never called foreign', async () => {
  await desk.mark('ETH', '3500')
  const id = await desk.open('ETH')
  await desk.until(id, 'open')
  await desk.close('ETH')
  await desk.until(id, 'closed')
  assert.equal(await alertsOf('foreign-order'), 0, 'orders of ours are never called foreign')
})

test('every decision about what happened behind the book is on record', async () => {
  await assertProven(desk.truebook.book, 40)
  const accounts = await desk.truebook.book.list('audit', {
    where: { subject: 'desk' },
    orderBy: { field: 'at', direction: 'ascending' },
  })
  const decisions = accounts.map(({ row }) => row.decision)
  assert.ok(decisions.includes('found unexpected-position') && decisions.includes('locks lifted'), decisions.join())
})
