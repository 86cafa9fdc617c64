/** An order that rested rests in the book until somebody proves its end, and not a moment longer. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withCommit } from '#book/with-commit.ts'
import { orderRowOf } from '#domain/conclusion.ts'
import { type ClientOrderId, clientOrderIdOf } from '#domain/ids.ts'
import { newIntent } from '#domain/new-intent.ts'
import type { OrderRow } from '#domain/order.ts'
import { endForgotten } from '#workers/ended-orders.ts'
import { NOW, POSITION, aBrokerOrder, d } from '#test/domain/samples.ts'
import { ACCOUNT, BOUGHT, ENTRY, ENTRY_ORDER, type TruthDesk, openTruthDesk, sold } from './truth-desk.ts'

const STOP = clientOrderIdOf(POSITION, 'stop', 0)
const CANCEL = clientOrderIdOf(POSITION, 'cancel', 0)
const ABOUT = { positionId: POSITION, account: ACCOUNT, instrument: 'BTC-PERP' }

/** Puts an order that rests into the book. */
async function rests(desk: TruthDesk, clientOrderId: ClientOrderId): Promise<void> {
  const event = clientOrderId === STOP ? 'stop' : 'entry'
  const intent = newIntent(
    ABOUT,
    { intentId: clientOrderId, event, leg: 0, command: ENTRY_ORDER, sendBefore: null },
    NOW,
  )
  const report = { clientOrderId, venueOrderId: `at-${event}`, status: 'working', filledSize: d('0') } as const
  const row = orderRowOf(intent, ENTRY_ORDER, report, NOW)
  await desk.book.commit([{ op: 'put', kind: 'orders', id: clientOrderId, row }])
}

async function order(desk: TruthDesk, id: ClientOrderId): Promise<Pick<OrderRow, 'working' | 'status' | 'leavesSize'>> {
  const { working, status, leavesSize } = (await desk.book.load('orders', id))?.row ?? assert.fail('an order')
  return { working, status, leavesSize }
}

const RESTS = { working: true, status: 'working', leavesSize: '1' }
const CANCELED = { working: false, status: 'canceled', leavesSize: '0' }
const FILLED = { working: false, status: 'filled', leavesSize: '0' }

for (const status of ['canceled', 'filled', 'working'] as const) {
  test(`a cancel whose target is ${status} by the venue's answer leaves it so in the book`, async () => {
    await using desk = await openTruthDesk()
    await desk.hold()
    await rests(desk, STOP)
    const command = {
      type: 'cancel-order',
      instrument: 'BTC-PERP',
      target: STOP,
      targetVenueOrderId: 'at-stop',
    } as const
    await desk.intend({ intentId: CANCEL, event: 'cancel', command })
    const report = { clientOrderId: STOP, venueOrderId: 'at-stop', status, filledSize: d('0'), averagePrice: null }
    const evidence = { kind: 'acknowledgement', at: NOW, detail: status } as const
    desk.venue.answer = { kind: 'accepted', reports: [{ result: 'accepted', ...report }], evidence }
    await desk.place(CANCEL)
    assert.deepEqual(await order(desk, STOP), { canceled: CANCELED, filled: FILLED, working: RESTS }[status])
  })
}

test('an entry that rested and has ended by its record is ended in the book, whether or not it filled', async () => {
  for (const [status, leavesSize, held, expected] of [
    ['canceled', '1', {}, CANCELED],
    ['filled', '0', { 'BTC-PERP': '1' }, FILLED],
    ['working', '1', {}, RESTS],
  ] as const) {
    await using desk = await openTruthDesk()
    await desk.hold({ state: 'entering', size: d('0'), entrySettled: false })
    await rests(desk, ENTRY)
    desk.venue.record = aBrokerOrder({
      clientOrderId: ENTRY,
      side: 'buy',
      trigger: null,
      status,
      leavesSize: d(leavesSize),
    })
    desk.venue.held = held
    desk.venue.fills = status === 'filled' ? [BOUGHT] : []
    await desk.monitor()
    assert.deepEqual(await order(desk, ENTRY), expected, status)
  }
})

test('a stop that is gone by its record is ended while its position stands', async () => {
  await using desk = await openTruthDesk()
  const nativeStop = { clientOrderId: STOP, leg: 0, triggerPrice: d('95'), size: d('1'), confirmedAt: NOW }
  await desk.hold({ nativeStop })
  await rests(desk, STOP)
  desk.venue.held = { 'BTC-PERP': '1' }
  desk.venue.fills = [BOUGHT]
  desk.venue.record = aBrokerOrder({ clientOrderId: STOP, status: 'canceled' })
  await desk.monitor()
  assert.deepEqual(await order(desk, STOP), CANCELED)
  assert.equal((await desk.position()).open, true)
})

test('the exit of a position ends its orders: filled by the fills, canceled where the venue lists them no more', async () => {
  for (const [exit, open, expected] of [
    [STOP, [], FILLED],
    [null, [], CANCELED],
    [null, [aBrokerOrder({ venueOrderId: 'at-stop' })], RESTS],
  ] as const) {
    await using desk = await openTruthDesk()
    await desk.hold()
    await rests(desk, STOP)
    desk.venue.fills = [BOUGHT, sold({ clientOrderId: exit })]
    desk.venue.open = [...open]
    await desk.reconcile()
    assert.equal((await desk.position()).state, 'closed')
    assert.deepEqual(await order(desk, STOP), expected)
  }
})

test('a sweep ends what it does not find of positions that are over, and leaves the others and what the venue lists', async () => {
  await using desk = await openTruthDesk()
  await desk.hold()
  await rests(desk, STOP)
  desk.venue.held = { 'BTC-PERP': '1' }
  desk.venue.fills = [BOUGHT]
  await desk.sweep()
  assert.deepEqual(await order(desk, STOP), RESTS, 'its position stands: the monitor asks for its record')
  const { revision, row } = (await desk.book.load('positions', POSITION)) ?? assert.fail('a position')
  const over = { ...row, state: 'closed', open: false } as const
  await desk.book.commit([{ op: 'replace', kind: 'positions', id: POSITION, revision, row: over }])
  desk.venue.held = {}
  desk.venue.open = [aBrokerOrder({ venueOrderId: 'at-stop' })]
  await desk.sweep()
  assert.deepEqual(await order(desk, STOP), RESTS, 'the venue lists it')
  desk.venue.open = []
  await desk.sweep()
  assert.deepEqual(await order(desk, STOP), CANCELED)
  const before = await desk.book.load('orders', STOP)
  await desk.sweep()
  assert.deepEqual(await desk.book.load('orders', STOP), before, 'once')
})

test('a look that finds nothing new about an order writes nothing', async () => {
  await using desk = await openTruthDesk()
  await desk.hold({ state: 'entering', size: d('0'), entrySettled: false })
  await rests(desk, ENTRY)
  desk.venue.record = aBrokerOrder({ clientOrderId: ENTRY, side: 'buy', trigger: null })
  await desk.monitor()
  const before = await desk.book.load('orders', ENTRY)
  desk.clock.now += 1_000
  await desk.monitor()
  assert.deepEqual(await desk.book.load('orders', ENTRY), before)
})

test('a sweep that loses the race for such an order reads it again', async () => {
  await using desk = await openTruthDesk()
  await desk.hold()
  await rests(desk, STOP)
  const { revision, row } = (await desk.book.load('positions', POSITION)) ?? assert.fail('a position')
  const over = { ...row, state: 'closed', open: false } as const
  await desk.book.commit([{ op: 'replace', kind: 'positions', id: POSITION, revision, row: over }])
  let isFirst = true
  const book = withCommit(desk.book, async (writes) => {
    if (isFirst) await rests(desk, STOP)
    isFirst = false
    return await desk.book.commit(writes)
  })
  await endForgotten(ACCOUNT, [{ openOrders: [] }], NOW + 1, { ...desk.tools, book })
  assert.deepEqual(await order(desk, STOP), CANCELED)
})
