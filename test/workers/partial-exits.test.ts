/** Group E of the failure catalogue at the workers: an exit takes what the broker holds, to the last lot and never more. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SendOutcome } from '#brokers/broker.ts'
import { placeEnvelope } from '#domain/envelopes.ts'
import { clientOrderIdOf } from '#domain/ids.ts'
import type { IntentRow, OrderCommand } from '#domain/order.ts'
import type { PositionRow } from '#domain/position.ts'
import { BTC, NOW, PACE, POSITION, aBrokerOrder, aPosition, d } from '#test/domain/samples.ts'
import { placeOrder } from '#workers/place.ts'
import { BOUGHT, EXIT, openTruthDesk, sold } from './truth-desk.ts'

const STOP = clientOrderIdOf(POSITION, 'stop', 0)
const CLOSING: Partial<PositionRow> = { state: 'closing', exit: { reason: 'signal', requestedAt: NOW, leg: 0 } }

/** An immediate exit of which the venue filled a part and ended the rest. */
function partlyFilled(filledSize: string): SendOutcome {
  const report = { result: 'accepted', clientOrderId: EXIT, venueOrderId: '9', averagePrice: d('110') } as const
  return {
    kind: 'accepted',
    reports: [{ ...report, status: 'canceled', filledSize: d(filledSize) }],
    evidence: { kind: 'acknowledgement', at: NOW, detail: 'part filled' },
  }
}

const sizesOf = (sent: readonly OrderCommand[]): string[] =>
  sent.flatMap((command) => (command.type === 'new-order' ? [command.size] : []))

test('E1: a position worth less than the smallest order is exited whole, not left', async () => {
  assert.equal(BTC.minNotional, '10')
  await using desk = await openTruthDesk()
  await desk.hold({ ...CLOSING, size: d('0.05') })
  desk.venue.held = { 'BTC-PERP': '0.05' }
  await desk.close()
  assert.deepEqual(sizesOf(desk.sent), ['0.05'])
})

test('E2: after an exit that filled in part the next leg takes exactly what the broker still holds', async () => {
  await using desk = await openTruthDesk()
  await desk.hold(CLOSING)
  desk.venue.held = { 'BTC-PERP': '1' }
  desk.venue.answer = partlyFilled('0.4')
  await desk.close()
  desk.venue.held = { 'BTC-PERP': '0.6' }
  desk.venue.fills = [BOUGHT, { ...sold(), size: d('0.4') }]
  const settled = await desk.close()
  assert.deepEqual(
    settled.next?.map(({ idempotency_key: key }) => key.endsWith('.close.1')),
    [true],
  )
  await desk.close(1)
  assert.deepEqual(sizesOf(desk.sent), ['1', '0.6'])
  await desk.monitor()
  const { size, state, open } = await desk.position()
  assert.deepEqual([size, state, open], ['0.6', 'closing', true])
})

test('E3: an exit takes every whole lot; dust below one lot is said once and waited for, not tried again and again', async () => {
  await using desk = await openTruthDesk()
  await desk.hold(CLOSING)
  assert.equal(BTC.lot, '0.00001')
  desk.venue.held = { 'BTC-PERP': '1.000004' }
  desk.venue.answer = partlyFilled('1')
  await desk.close()
  desk.venue.held = { 'BTC-PERP': '0.000004' }
  await desk.close()
  for (let again = 0; again < 3; again++) {
    const verdict = await desk.close(1)
    assert.equal(verdict.kind === 'again' && verdict.afterMs, 60_000)
    assert.match(verdict.detail, /^dust: 0.000004 of BTC-PERP, less than one lot of 0.00001$/)
  }
  assert.deepEqual([sizesOf(desk.sent), await desk.alerts()], [['1'], ['warning dust']])
  desk.venue.held = {}
  assert.match((await desk.close(1)).detail, /broker is flat/)
})

for (const [what, held, sent] of [
  ['less than the book', '0.4', ['0.4']],
  ['the other side', '-1', []],
  ['nothing', '0', []],
] as const) {
  test(`E4: when the broker holds ${what}, an exit ${sent[0] === undefined ? 'sends nothing' : `is of ${sent[0]}, reduce-only`}`, async () => {
    await using desk = await openTruthDesk()
    await desk.hold(CLOSING)
    desk.venue.held = { 'BTC-PERP': held }
    await desk.close()
    assert.deepEqual(sizesOf(desk.sent), sent)
    assert.ok(
      desk.sent.every((command) => command.type === 'new-order' && command.reduceOnly && command.side === 'sell'),
    )
  })
}

test('E5: a stop is moved by an order of its own id; the old one is canceled by its id, once the new one is seen', async () => {
  await using desk = await openTruthDesk()
  await desk.hold({ discipline: { ...aPosition().discipline, stopLoss: d('97') } })
  Object.assign(desk.venue, { held: { 'BTC-PERP': '1' }, fills: [BOUGHT], open: [aBrokerOrder()] })
  const intents = async (): Promise<IntentRow[]> =>
    (await desk.book.list('intents', { where: { positionId: POSITION } })).map(({ row }) => row)
  await desk.monitor()
  const [stop, ...others] = await intents()
  assert.ok(stop?.command.type === 'new-order')
  assert.deepEqual([stop.event, stop.leg, stop.command.trigger?.triggerPrice, others], ['stop', 1, '97', []])
  const report = {
    result: 'accepted',
    venueOrderId: '8',
    status: 'working',
    filledSize: d('0'),
    averagePrice: null,
  } as const
  desk.venue.answer = {
    kind: 'accepted',
    reports: [{ ...report, clientOrderId: stop.intentId }],
    evidence: { kind: 'acknowledgement', at: NOW, detail: 'resting' },
  }
  await placeOrder(placeEnvelope(stop, stop.intentId, 'test', NOW), desk.tools)
  await desk.monitor()
  assert.equal((await intents()).length, 1, 'the old stop stands until its successor is seen')
  const trigger = { kind: 'stop', triggerPrice: d('97') } as const
  desk.venue.open = [aBrokerOrder(), aBrokerOrder({ clientOrderId: stop.intentId, venueOrderId: '8', trigger })]
  desk.clock.now += 100
  await desk.monitor()
  const cancel = (await intents()).find(({ event }) => event === 'cancel')
  assert.ok(cancel?.command.type === 'cancel-order')
  assert.deepEqual([cancel.command.target, cancel.command.targetVenueOrderId], [STOP, '7'])
})

test('E6: the time without a stop is counted, and alarmed once it is too long until a stop works again', async () => {
  await using desk = await openTruthDesk()
  await desk.hold({ nakedSince: NOW - 500 })
  desk.venue.held = { 'BTC-PERP': '1' }
  desk.venue.fills = [BOUGHT]
  await desk.monitor()
  assert.deepEqual(await desk.alerts(), [])
  desk.clock.now = NOW - 500 + PACE.nakedAlertMs
  await desk.monitor()
  assert.deepEqual(await desk.alerts(), ['critical naked-position'])
  desk.venue.open = [aBrokerOrder()]
  desk.clock.now += 1000
  await desk.monitor()
  const { nakedSince, nakedMs } = await desk.position()
  assert.equal(nakedSince, null)
  assert.ok(nakedMs >= PACE.nakedAlertMs + 1000 && nakedMs < PACE.nakedAlertMs + 1100, String(nakedMs))
  assert.deepEqual(await desk.alerts(), [])
  desk.venue.open = []
  desk.clock.now += 1000
  await desk.monitor()
  desk.clock.now += PACE.nakedAlertMs
  await desk.monitor()
  assert.deepEqual(await desk.alerts(), ['critical naked-position'], 'another time without a stop is another alert')
})
