/** Group G of the failure catalogue at the workers: what stops trading stops exposure at the broker, fails towards a halt, and lets exits out. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Book } from '#book/book.ts'
import { BookUnavailable } from '#book/errors.ts'
import { clientOrderIdOf } from '#domain/ids.ts'
import { signalSchema } from '#domain/signal.ts'
import { NOW, POSITION, aBrokerOrder, aPosition, aSignal, d } from '#test/domain/samples.ts'
import { FILLED_EXIT } from './filled-exit.ts'
import { ACCOUNT, BOUGHT, ENTRY, EXIT, type TruthDesk, openTruthDesk, sold } from './truth-desk.ts'

const SIGNAL = aSignal({ size: { type: 'contracts', value: '1' }, stop_loss: { price: '95' } })
const FLATTEN = signalSchema.parse({
  kind: 'flatten',
  signal_id: 'stop-all',
  source: 'operator',
  strategy: 'operator',
  ts: NOW,
  reason: 'enough',
})
const HELD = { 'BTC-PERP': '1' }
const CLOSING = {
  state: 'closing',
  exit: { reason: 'operator', requestedAt: NOW, leg: 0 },
  orders: [...aPosition().orders, { clientOrderId: EXIT, event: 'exit', leg: 0 }],
} as const
/** Position and slot as the book has them, and what was booked. */
async function booked(desk: TruthDesk): Promise<object> {
  const { open, state, realised } = await desk.position()
  const account = await desk.book.load('accounts', ACCOUNT)
  return { open, state, realised, slots: Object.keys(account?.row.exposures ?? {}), ledger: await desk.ledger() }
}

async function disable(book: Book, id = 'global'): Promise<void> {
  const row = { tradingEnabled: false, by: 'operator', why: 'enough', at: NOW }
  await book.commit([{ op: 'create', kind: 'control', id, row }])
}

/** A book that does not say what stands of `kind`. */
function silentAbout(book: Book, kind: string): Book {
  return new Proxy(book, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name)
      if (typeof member !== 'function') return member
      return async (...given: unknown[]): Promise<unknown> => {
        if ((name === 'load' || name === 'loadMany') && given[0] === kind)
          throw new BookUnavailable(`${kind} cannot be read`)
        return await Reflect.apply(member, target, given)
      }
    },
  })
}

test('G1: flatten ends exposure at the broker: reduce-only exits go out, and the book is flat only when fills say so', async () => {
  await using desk = await openTruthDesk()
  await desk.hold()
  desk.venue.held = HELD
  desk.venue.fills = [BOUGHT]
  desk.venue.answer = FILLED_EXIT
  assert.equal((await desk.route(FLATTEN)).result, 'done')
  assert.notEqual(await desk.book.load('outbox', `${POSITION}.close.0`), null)
  const asked = { open: true, state: 'closing', realised: null, slots: ['BTC-PERP'], ledger: [] }
  assert.deepEqual(await booked(desk), asked)
  await desk.close()
  assert.deepEqual(
    desk.sent.map((order) => order.type === 'new-order' && [order.side, order.size, order.reduceOnly]),
    [['sell', '1', true]],
  )
  assert.deepEqual(await booked(desk), asked)
})

test("G2: an operator's close is an order at the broker; nothing is deleted and no result is modelled for it", async () => {
  await using desk = await openTruthDesk()
  await desk.hold({ ...CLOSING, orders: aPosition().orders })
  desk.venue.held = HELD
  desk.venue.fills = [BOUGHT]
  await desk.close()
  assert.equal(desk.sent.length, 1)
  const before = await booked(desk)
  assert.deepEqual(before, { open: true, state: 'closing', realised: null, slots: ['BTC-PERP'], ledger: [] })
})

test('G2, G6: an exit that meets a flat broker books nothing: the fill that shows later tells the result', async () => {
  await using desk = await openTruthDesk()
  await desk.hold({ ...CLOSING, orders: aPosition().orders })
  desk.venue.fills = [BOUGHT]
  const verdict = await desk.close()
  assert.deepEqual(verdict.kind === 'done' && verdict.next.map(({ stage }) => stage), ['reconcile'])
  assert.equal((await desk.reconcile('close')).kind, 'again')
  assert.deepEqual([desk.sent, await desk.ledger()], [[], []])
  const { open, state } = await desk.position()
  assert.deepEqual([open, state], [true, 'closing'])
  desk.venue.fills = [BOUGHT, sold({ clientOrderId: null })]
  assert.equal((await desk.reconcile('close')).kind, 'done')
  const closed = await desk.position()
  assert.deepEqual([closed.state, closed.realised?.gross], ['closed', '10'])
})

test('G3: an entry that still rests is canceled and waited for before its exit is sized', async () => {
  await using desk = await openTruthDesk()
  const orders = [{ clientOrderId: ENTRY, event: 'entry', leg: 0 }] as const
  await desk.hold({ ...CLOSING, entrySettled: false, size: d('0'), nativeStop: null, orders })
  desk.venue.held = { 'BTC-PERP': '0.4' }
  const resting = aBrokerOrder({
    clientOrderId: ENTRY,
    side: 'buy',
    leavesSize: d('0.6'),
    trigger: null,
    reduceOnly: false,
  })
  desk.venue.record = resting
  desk.venue.open = [resting]
  assert.equal((await desk.close()).kind, 'again')
  await desk.monitor()
  const targets = (await desk.book.list('intents', { where: { positionId: POSITION } })).map(({ row }) => {
    return row.command.type === 'cancel-order' ? row.command.target : 'an order'
  })
  assert.deepEqual([targets, desk.sent], [[ENTRY], []])
})

test('G3: what still rests when the position has ended is canceled with the booking of its end', async () => {
  await using desk = await openTruthDesk()
  await desk.hold(CLOSING)
  desk.venue.fills = [BOUGHT, sold()]
  desk.venue.open = [aBrokerOrder()]
  await desk.reconcile()
  const cancels = (await desk.book.list('intents', { where: { positionId: POSITION } })).map(({ row }) => row.command)
  assert.deepEqual(
    cancels.map((command) => command.type === 'cancel-order' && command.target),
    [clientOrderIdOf(POSITION, 'stop', 0)],
  )
  assert.equal((await desk.position()).state, 'closed')
})

test('G4: with trading off no entry is routed, and one that was routed before is not sent', async () => {
  await using desk = await openTruthDesk()
  await desk.route(SIGNAL)
  await disable(desk.book)
  assert.equal(
    (await desk.route(aSignal({ ...SIGNAL, signal_id: 'two', instrument: 'ETH-PERP' }))).gate,
    'trading-enabled',
  )
  await desk.place()
  assert.deepEqual([(await desk.position()).state, desk.sent], ['canceled', []])
})

for (const [scope, id] of [
  [`account ${ACCOUNT}`, `account.${ACCOUNT}`],
  [`strategy ${SIGNAL.strategy}`, `strategy.${SIGNAL.strategy}`],
] as const) {
  test(`G4: a halt of ${scope} alone denies its entries, says so, and is looked at before the wire`, async () => {
    await using desk = await openTruthDesk()
    await desk.route(SIGNAL)
    await disable(desk.book, id)
    const denied = await desk.route(aSignal({ ...SIGNAL, signal_id: 'two', instrument: 'ETH-PERP' }))
    assert.deepEqual([denied.result, denied.gate], ['denied', 'trading-enabled'])
    assert.ok(
      denied.observed?.startsWith(`false for ${scope} since ${new Date(NOW).toISOString()} by operator: enough`),
      denied.observed,
    )
    await desk.place()
    assert.deepEqual([(await desk.position()).state, desk.sent], ['canceled', []])
  })
}

test('G4: a quarantine denies entries, holds what was not sent yet, and lets exits out', async () => {
  await using desk = await openTruthDesk()
  await desk.route(SIGNAL)
  const stored = await desk.book.load('accounts', ACCOUNT)
  assert.ok(stored !== null)
  const row = { ...stored.row, state: 'quarantined' } as const
  await desk.book.commit([{ op: 'replace', kind: 'accounts', id: ACCOUNT, row, revision: stored.revision }])
  const denied = await desk.route(aSignal({ ...SIGNAL, signal_id: 'two', instrument: 'ETH-PERP' }))
  assert.deepEqual([denied.gate, denied.observed], ['account-state', 'quarantined'])
  await desk.place()
  assert.deepEqual([(await desk.position()).state, desk.sent], ['canceled', []])
  await using other = await openTruthDesk()
  await other.hold({ ...CLOSING, orders: aPosition().orders })
  const held = await other.book.load('accounts', ACCOUNT)
  if (held !== null) {
    const quarantined = { ...held.row, state: 'quarantined' } as const
    await other.book.commit([
      { op: 'replace', kind: 'accounts', id: ACCOUNT, row: quarantined, revision: held.revision },
    ])
  }
  other.venue.held = HELD
  await other.close()
  assert.deepEqual([held !== null, other.sent.length], [true, 1])
})

test('G4: a halt of another account or strategy stops nothing here', async () => {
  await using desk = await openTruthDesk()
  await disable(desk.book, 'account.another')
  await disable(desk.book, 'strategy.another')
  assert.equal((await desk.route(SIGNAL)).result, 'done')
  await desk.place()
  assert.equal(desk.sent.length, 1)
})

test('G4: while nobody can say whether trading is on, no entry is routed or sent', async () => {
  await using desk = await openTruthDesk()
  await using blind = await openTruthDesk(silentAbout(desk.book, 'control'))
  await desk.route(SIGNAL)
  await assert.rejects(blind.place(), BookUnavailable)
  await assert.rejects(blind.route(aSignal({ ...SIGNAL, signal_id: 'two' })), BookUnavailable)
  assert.deepEqual([desk.sent, blind.sent], [[], []])
})

test('G4: exits need neither the switch nor fills, cash or orders: they go out while none of it can be read', async () => {
  await using desk = await openTruthDesk()
  await desk.hold({ ...CLOSING, orders: aPosition().orders })
  await disable(desk.book)
  await using blind = await openTruthDesk(silentAbout(silentAbout(desk.book, 'control'), 'ledger'))
  blind.venue.held = HELD
  for (const read of ['listFills', 'listCash', 'listOpenOrders', 'findOrder'] as const) blind.venue.down.add(read)
  await blind.close()
  assert.equal(blind.sent.length, 1)
})
