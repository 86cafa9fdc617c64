/** Group D of the failure catalogue at the workers: what ends or changes at the venue without us is found, said and left alone. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Capabilities } from '#brokers/broker.ts'
import { placeEnvelope } from '#domain/envelopes.ts'
import { clientOrderIdOf } from '#domain/ids.ts'
import { newIntent } from '#domain/new-intent.ts'
import type { NewOrder } from '#domain/order.ts'
import type { PositionRow } from '#domain/position.ts'
import { trade } from '#test/domain/fill-row.ts'
import { GATES, NOW, POSITION, aBrokerOrder, d } from '#test/domain/samples.ts'
import { placeOrder } from '#workers/place.ts'
import { ACCOUNT, BOUGHT, ENTRY, type TruthDesk, openTruthDesk, sold } from './truth-desk.ts'

const STOP = clientOrderIdOf(POSITION, 'stop', 0)
const HELD = { 'BTC-PERP': '1' }
const CLOSING: Partial<PositionRow> = { state: 'closing', exit: { reason: 'signal', requestedAt: NOW, leg: 0 } }
/** A resting buy that no order of the book made. */
const FOREIGN = aBrokerOrder({
  clientOrderId: null,
  venueOrderId: '4711',
  side: 'buy',
  reduceOnly: false,
  trigger: null,
})

function declare(desk: TruthDesk, change: Partial<Capabilities>): void {
  Object.assign(desk.tools.account(ACCOUNT).broker.capabilities, change)
}

test('D1: a liquidation that nobody saw is found by the sweep and booked from its fills, with one critical alert', async () => {
  await using desk = await openTruthDesk()
  await desk.hold()
  const liquidation = { method: 'backstop', markPrice: d('60') }
  desk.venue.fills = [BOUGHT, sold({ clientOrderId: null, price: d('60'), closedPnl: d('-40'), liquidation })]
  const { findings } = await desk.sweep()
  assert.deepEqual(
    findings.map(({ kind, instrument, positionId }) => [kind, instrument, positionId]),
    [['orphan', 'BTC-PERP', POSITION]],
  )
  assert.notEqual(await desk.book.load('outbox', `${POSITION}.reconcile`), null)
  await desk.reconcile('sweep')
  const { state, exitReason, orphaned, realised } = await desk.position()
  assert.deepEqual([state, exitReason, orphaned, realised?.net], ['closed', 'liquidation', true, '-40.2'])
  assert.deepEqual([await desk.alerts(), desk.sent], [['critical orphan'], []])
})

test('D2: a native stop that fired while nobody watched is found at the next start, and said; one seen at once is not', async () => {
  for (const [foundBy, afterMs, said] of [
    ['sweep', 0, ['critical orphan']],
    ['monitor', 3_600_000, ['critical orphan']],
    ['monitor', 0, []],
  ] as const) {
    await using desk = await openTruthDesk()
    await desk.hold()
    desk.venue.fills = [BOUGHT, sold({ clientOrderId: STOP, price: d('95'), closedPnl: d('-5'), time: desk.clock.now })]
    desk.clock.now += afterMs
    if (foundBy === 'sweep') assert.equal((await desk.sweep()).findings[0]?.kind, 'orphan')
    await desk.reconcile(foundBy)
    const { exitReason, orphaned, realised } = await desk.position()
    assert.deepEqual([exitReason, orphaned, realised?.net], ['native_stop', said.length > 0, '-5.2'])
    assert.deepEqual(await desk.alerts(), said, foundBy)
  }
})

test('D3: the sweep looks at what book and broker hold, whatever strategies and instruments the configuration names', async () => {
  await using desk = await openTruthDesk()
  Object.assign(desk.tools.account(ACCOUNT).policy, {
    strategies: ['trend'],
    gates: { ...GATES, instruments: ['BTC-PERP'] },
  })
  await desk.hold({ instrument: 'SOL-PERP', strategy: 'retired' })
  desk.venue.held = { 'ETH-PERP': '-2', 'DOGE-PERP': '1000' }
  desk.venue.open = [{ ...FOREIGN, instrument: 'XRP-PERP' }]
  const { findings } = await desk.sweep()
  assert.deepEqual(
    findings.map(({ kind, instrument }) => `${kind} ${instrument}`),
    ['unexpected-position DOGE-PERP', 'unexpected-position ETH-PERP', 'orphan SOL-PERP', 'foreign-order XRP-PERP'],
  )
})

test('D4: a position closed by hand while we run is handed to the fills by the next look, and booked as the operator’s', async () => {
  await using desk = await openTruthDesk()
  await desk.hold()
  desk.venue.fills = [BOUGHT, sold({ clientOrderId: null })]
  const { next } = await desk.monitor()
  assert.deepEqual(
    next?.map(({ stage }) => stage),
    ['reconcile'],
  )
  await desk.reconcile()
  const { exitReason, orphaned, realised } = await desk.position()
  assert.deepEqual([exitReason, orphaned, realised?.net], ['operator', true, '9.8'])
  assert.deepEqual(desk.sent, [])
})

test('D5: an order of nobody is alerted and locks entries beside it until it is gone; nothing is sent', async () => {
  await using desk = await openTruthDesk()
  desk.venue.open = [FOREIGN]
  for (let again = 0; again < 2; again++) {
    await desk.sweep()
    assert.deepEqual([await desk.alerts(), await desk.locks()], [['warning foreign-order'], ['BTC-PERP']])
  }
  desk.venue.open = []
  await desk.sweep()
  assert.deepEqual([await desk.alerts(), await desk.locks(), desk.sent], [[], [], []])
})

test('D5: a trade of nobody, by whatever names, is read like any other; the position it made is alerted and locked', async () => {
  await using desk = await openTruthDesk()
  const byHand = trade({ side: 'buy', size: '3', start: '0', clientOrderId: null, n: 7 })
  desk.venue.fills = [{ ...byHand, venueOrderId: 'manual', tradeId: '', direction: 'Transfer In', fillId: 'x|y|0||' }]
  desk.venue.held = { 'BTC-PERP': '3' }
  const { complete } = await desk.sweep()
  assert.equal(complete, true)
  assert.equal((await desk.fills()).length, 1)
  assert.deepEqual([await desk.alerts(), await desk.locks()], [['critical unexpected-position'], ['BTC-PERP']])
})

test('D6: an order of nobody is never canceled and never holds an exit up', async () => {
  await using desk = await openTruthDesk()
  declare(desk, { reduceOnly: false })
  await desk.hold(CLOSING)
  desk.venue.held = HELD
  desk.venue.fills = [BOUGHT]
  desk.venue.open = [
    FOREIGN,
    aBrokerOrder({ clientOrderId: clientOrderIdOf(POSITION, 'entry', 99), venueOrderId: '8' }),
  ]
  await desk.close()
  assert.deepEqual(
    desk.sent.map(({ type }) => type),
    ['new-order'],
  )
})

test('D6: when a position has ended its own orders are canceled, those of others are not', async () => {
  await using desk = await openTruthDesk()
  await desk.hold()
  desk.venue.fills = [BOUGHT, sold({ clientOrderId: null })]
  const theirs = aBrokerOrder({ clientOrderId: clientOrderIdOf(POSITION, 'entry', 99), venueOrderId: '8' })
  desk.venue.open = [aBrokerOrder(), FOREIGN, theirs]
  await desk.reconcile()
  const intents = await desk.book.list('intents', { where: { positionId: POSITION } })
  assert.deepEqual(
    intents.map(({ row: { command } }) => command.type === 'cancel-order' && command.target),
    [STOP],
  )
})

const STOP_ORDER: NewOrder = {
  type: 'new-order',
  clientOrderId: STOP,
  instrument: 'BTC-PERP',
  side: 'sell',
  size: d('1'),
  limitPrice: d('94'),
  timeInForce: 'gtc',
  reduceOnly: true,
  trigger: { kind: 'stop', triggerPrice: d('95') },
  attachedStop: null,
}

for (const [what, position, held, goes] of [
  ['the broker holds the position', {}, { 'BTC-PERP': '1' }, true],
  ['the broker is flat', {}, {}, false],
  ['the broker stands on the other side', {}, { 'BTC-PERP': '-1' }, false],
  ['an exit was asked for', CLOSING, { 'BTC-PERP': '1' }, false],
  ['the position has ended', { state: 'closed', open: false }, { 'BTC-PERP': '1' }, false],
] as const) {
  test(`D7: where no order is reduce-only, a stop ${goes ? 'goes out' : 'stays here'} when ${what}`, async () => {
    await using desk = await openTruthDesk()
    declare(desk, { reduceOnly: false })
    await desk.hold(position)
    desk.venue.held = held
    const about = { positionId: POSITION, account: ACCOUNT, instrument: 'BTC-PERP' }
    const terms = { intentId: STOP, event: 'stop', leg: 0, command: STOP_ORDER, sendBefore: null } as const
    await desk.book.commit([{ op: 'create', kind: 'intents', id: STOP, row: newIntent(about, terms, NOW) }])
    await placeOrder(placeEnvelope(about, STOP, 'test', desk.clock.now), desk.tools)
    assert.equal(desk.sent.length, goes ? 1 : 0)
    const { state, evidence } = (await desk.book.load('intents', STOP))?.row ?? assert.fail('the intent')
    assert.deepEqual([state, evidence.map(({ kind }) => kind)], goes ? ['unknown', []] : ['rejected', ['not-sent']])
  })
}

test('D8: an exit asked for again and again after the position ended at the venue sends nothing and asks the fills', async () => {
  await using desk = await openTruthDesk()
  await desk.hold(CLOSING)
  const stopped = sold({ clientOrderId: STOP, price: d('95'), closedPnl: d('-5') })
  // The position is gone before the fill shows, and after.
  for (const fills of [[BOUGHT], [BOUGHT], [BOUGHT, stopped]]) {
    desk.venue.fills = fills
    const verdict = await desk.close()
    assert.equal(verdict.kind, 'done')
    assert.deepEqual(
      verdict.next?.map(({ stage }) => stage),
      ['reconcile'],
    )
  }
  await desk.reconcile('close')
  assert.equal((await desk.close()).detail, 'position not open')
  assert.deepEqual([(await desk.position()).exitReason, desk.sent], ['native_stop', []])
})

test('D8: an exit that the venue refuses again and again is paced, and one alert until an exit is taken', async () => {
  await using desk = await openTruthDesk()
  await desk.hold(CLOSING)
  desk.venue.held = HELD
  const evidence = { kind: 'definitive-rejection', at: NOW, detail: 'no' } as const
  desk.venue.answer = { kind: 'rejected', reason: 'no', evidence }
  for (let leg = 0; leg < 8; leg++) {
    await desk.close(leg)
    const { kind, detail } = await desk.close(leg + 1)
    assert.deepEqual([kind, detail], ['again', `leg ${leg + 1} waits after the refusal of the one before`])
    desk.clock.now += 5000
  }
  assert.deepEqual([desk.sent.length, await desk.alerts()], [8, ['warning exit-rejected']])
  const report = {
    result: 'accepted',
    venueOrderId: '9',
    status: 'filled',
    filledSize: d('1'),
    averagePrice: null,
  } as const
  const clientOrderId = clientOrderIdOf(POSITION, 'exit', 8)
  desk.venue.answer = { kind: 'accepted', reports: [{ ...report, clientOrderId }], evidence }
  await desk.close(8)
  assert.deepEqual([desk.sent.length, await desk.alerts()], [9, []])
})

test('D8: an entry that already filled is not placed once more: the precheck finds its position and ends it', async () => {
  await using desk = await openTruthDesk()
  await desk.hold({ state: 'pending', entrySettled: false, size: d('0'), nativeStop: null, openedAt: null })
  await desk.intend()
  desk.venue.held = HELD
  const verdict = await desk.precheck()
  assert.ok(verdict.kind === 'done' && verdict.next.every(({ stage }) => stage !== 'place'))
  const { state, evidence } = (await desk.book.load('intents', ENTRY))?.row ?? assert.fail('the intent')
  assert.deepEqual([state, evidence[0]?.kind, desk.sent], ['rejected', 'not-sent', []])
  assert.ok((await desk.alerts()).includes('critical unexpected-position'))
})

test('D9: every way a position can end has a reason of its own in the book', async () => {
  const reasons: string[] = []
  for (const change of [
    { clientOrderId: STOP },
    { clientOrderId: null },
    { clientOrderId: null, liquidation: { method: 'market', markPrice: d('90') } },
    { clientOrderId: null, direction: 'Auto-Deleveraging' },
    { clientOrderId: null, direction: 'Settlement' },
    { clientOrderId: null, forced: 'programme' as const },
  ]) {
    await using desk = await openTruthDesk()
    await desk.hold()
    desk.venue.fills = [BOUGHT, sold(change)]
    await desk.reconcile()
    reasons.push((await desk.position()).exitReason ?? 'none')
  }
  assert.deepEqual(reasons, ['native_stop', 'operator', 'liquidation', 'adl', 'expiry', 'programme_flatten'])
})
