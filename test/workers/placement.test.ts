/** Group A of the failure catalogue at the workers: an outcome that nobody knows ends on proof, and until then nothing new is sent. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StaleWrite } from '#book/errors.ts'
import type { OrderReport } from '#brokers/broker.ts'
import { placeEnvelope } from '#domain/envelopes.ts'
import { UNKNOWN_ORDERS_MAX } from '#domain/gates.ts'
import { clientOrderIdOf } from '#domain/ids.ts'
import { newIntent } from '#domain/new-intent.ts'
import type { IntentRow } from '#domain/order.ts'
import { NOW, POSITION, aBrokerOrder, aSignal, d } from '#test/domain/samples.ts'
import { placeOrder } from '#workers/place.ts'
import { ACCOUNT, BOUGHT, ENTRY, ENTRY_ORDER, EXIT, type TruthDesk, openTruthDesk } from './truth-desk.ts'

const SIGNAL = aSignal({ size: { type: 'contracts', value: '1' }, stop_loss: { price: '95' } })
const HELD = { 'BTC-PERP': '1' }
const FILLED: OrderReport = {
  result: 'accepted',
  clientOrderId: ENTRY,
  venueOrderId: '1',
  status: 'filled',
  filledSize: d('1'),
  averagePrice: d('100'),
}
const ENTERED = [{ clientOrderId: ENTRY, event: 'entry', leg: 0 }] as const
const CLOSING = { state: 'closing', exit: { reason: 'signal', requestedAt: NOW, leg: 0 } } as const

async function intent({ book }: TruthDesk, intentId = ENTRY): Promise<IntentRow> {
  return (await book.load('intents', intentId))?.row ?? assert.fail('an intent')
}

/** A long whose exit is asked for; the venue holds it and answers nothing. */
async function openClosing(): Promise<TruthDesk> {
  const desk = await openTruthDesk()
  await desk.hold(CLOSING)
  desk.venue.held = HELD
  desk.venue.fills = [BOUGHT]
  desk.venue.open = [aBrokerOrder()]
  return desk
}

test('A1, A2: an entry without an answer stays unknown and keeps its slot; no other entry goes to its instrument', async () => {
  await using desk = await openTruthDesk()
  await desk.route(SIGNAL)
  const verdict = await desk.place()
  assert.equal(verdict.kind, 'again')
  assert.deepEqual([(await intent(desk)).state, (await desk.position()).state], ['unknown', 'pending'])
  assert.deepEqual(await desk.alerts(), ['critical unknown-order'])
  const second = await desk.route(aSignal({ ...SIGNAL, signal_id: 'two' }))
  assert.deepEqual([second.result, second.gate], ['denied', 'one-position-per-instrument'])
  assert.equal(desk.sent.length, 1)
})

test('A1, A23: however often an unknown entry is tried again, only its own request is looked after', async () => {
  await using desk = await openTruthDesk()
  await desk.route(SIGNAL)
  for (let attempt = 0; attempt < 4; attempt++) await desk.place()
  assert.equal(desk.sent.length, 1)
  assert.deepEqual(
    desk.resolved.map(({ command, resend }) => [command.type === 'new-order' && command.clientOrderId, resend]),
    Array.from({ length: 4 }, () => [ENTRY, true]),
  )
})

test('A2, A4: what is found a week later belongs to the first intent, and only then is the alarm over', async () => {
  await using desk = await openTruthDesk()
  await desk.route(SIGNAL)
  await desk.place()
  desk.clock.now += 7 * 86_400_000
  assert.equal((await desk.place()).kind, 'again')
  assert.deepEqual([(await intent(desk)).state, await desk.alerts()], ['unknown', ['critical unknown-order']])
  const evidence = { kind: 'fill', at: desk.clock.now, detail: 'fill 1' } as const
  desk.venue.fenced = { kind: 'admitted', evidence: { kind: 'nonce-fence', at: desk.clock.now, detail: 'duplicate' } }
  desk.venue.resolution = { kind: 'accepted', reports: [FILLED], evidence }
  assert.equal((await desk.place()).kind, 'done')
  const settled = await intent(desk)
  assert.deepEqual([settled.state, settled.evidence, await desk.alerts()], ['accepted', [evidence], []])
  assert.deepEqual([(await desk.position()).state, desk.sent.length], ['entering', 1])
})

test('A3: a close without an answer is the only close: its job and the monitor wait for proof', async () => {
  await using desk = await openClosing()
  assert.equal((await desk.close()).kind, 'again')
  assert.equal((await intent(desk, EXIT)).state, 'unknown')
  for (let again = 0; again < 3; again++) {
    assert.equal((await desk.close()).kind, 'again')
    const look = await desk.monitor()
    assert.deepEqual(look.kind === 'again' && look.next?.map(({ stage }) => stage), [])
  }
  assert.deepEqual(
    desk.sent.map((order) => order.type === 'new-order' && [order.clientOrderId, order.reduceOnly, order.size]),
    [[EXIT, true, '1']],
  )
})

test('A9: no answer, however often and however late, is a terminal state: the book has one only with its evidence', async () => {
  await using desk = await openTruthDesk()
  await desk.route(SIGNAL)
  for (const days of [0, 1, 30]) {
    desk.clock.now += days * 86_400_000
    await desk.place()
    const { state, settled, evidence } = await intent(desk)
    assert.deepEqual([state, settled, evidence], ['unknown', false, []])
  }
  const proof = { kind: 'deadline-passed', at: NOW, detail: 'venue time 2 is past the deadline 1' } as const
  desk.venue.fenced = { kind: 'absent', evidence: proof }
  await desk.place()
  const { state, settled, evidence } = await intent(desk)
  assert.deepEqual([state, settled, evidence], ['rejected', true, [proof]])
})

test('A10, A18: a venue that loses answers gets no more entries: unknown orders of the account close a gate', async () => {
  await using desk = await openTruthDesk()
  for (let index = 0; index < UNKNOWN_ORDERS_MAX - 1; index++) await unknownStop(desk, index)
  assert.equal((await desk.route(SIGNAL)).result, 'done')
  await unknownStop(desk, UNKNOWN_ORDERS_MAX - 1)
  const denied = await desk.route(aSignal({ ...SIGNAL, signal_id: 'two', instrument: 'ETH-PERP' }))
  assert.deepEqual([denied.result, denied.gate, denied.observed], ['denied', 'unknown-orders', '3'])
})

async function unknownStop({ book }: TruthDesk, leg: number): Promise<void> {
  const intentId = clientOrderIdOf(POSITION, 'stop', leg)
  const about = { positionId: POSITION, account: ACCOUNT, instrument: 'BTC-PERP' }
  const terms = { intentId, event: 'stop', leg, command: ENTRY_ORDER, sendBefore: null } as const
  const row: IntentRow = { ...newIntent(about, terms, NOW), state: 'unknown' }
  await book.commit([{ op: 'create', kind: 'intents', id: intentId, row }])
}

test('A13: an entry that went out with its stop goes out once, whatever its job is told afterwards', async () => {
  await using desk = await openTruthDesk()
  await desk.route(SIGNAL)
  const evidence = { kind: 'acknowledgement', at: NOW, detail: 'ok' } as const
  desk.venue.answer = { kind: 'accepted', reports: [FILLED], evidence }
  for (let again = 0; again < 3; again++) assert.equal((await desk.place()).kind, 'done')
  assert.deepEqual([desk.sent.length, desk.resolved.length], [1, 0])
})

test('A14: an entry that provably never landed ends with an alert, gives its slot back and is not placed again', async () => {
  await using desk = await openTruthDesk()
  await desk.route(SIGNAL)
  await desk.place()
  const evidence = { kind: 'deadline-passed', at: NOW, detail: 'venue time 2 is past the deadline 1' } as const
  desk.venue.resolution = { kind: 'absent', evidence }
  const verdict = await desk.place()
  assert.deepEqual(verdict.kind === 'done' && verdict.next.map(({ stage }) => stage), ['alerts'])
  assert.match((await desk.alert('entry-rejected')).detail, /never to have landed.*deadline-passed/)
  const { state, open } = await desk.position()
  assert.deepEqual([state, open], ['canceled', false])
  assert.deepEqual((await desk.book.load('accounts', ACCOUNT))?.row.exposures, {})
  await desk.place()
  assert.equal(desk.sent.length, 1)
})

test('A20: while the outcome of a stop is unknown no second one is placed; what is found becomes the stop', async () => {
  await using desk = await openTruthDesk()
  await desk.hold({ nativeStop: null, orders: ENTERED })
  desk.venue.held = HELD
  desk.venue.fills = [BOUGHT]
  await desk.monitor()
  const stop = clientOrderIdOf(POSITION, 'stop', 0)
  await desk.place(stop)
  assert.equal((await intent(desk, stop)).state, 'unknown')
  for (let look = 0; look < 3; look++) {
    desk.clock.now += 60_000
    await desk.monitor()
  }
  const intents = await desk.book.list('intents', { where: { positionId: POSITION } })
  assert.deepEqual(
    intents.map(({ id }) => id),
    [stop],
  )
  const report: OrderReport = {
    ...FILLED,
    clientOrderId: stop,
    venueOrderId: '9',
    status: 'working',
    filledSize: d('0'),
  }
  const evidence = { kind: 'order-record', at: NOW, detail: 'order 9' } as const
  desk.venue.resolution = { kind: 'accepted', reports: [report], evidence }
  await desk.place(stop)
  assert.equal((await desk.book.load('orders', stop))?.row.venueOrderId, '9')
  assert.equal((await desk.position()).nativeStop?.clientOrderId, stop)
})

test('A21: an entry that the venue calls filled is no position before fills and position show it', async () => {
  await using desk = await openTruthDesk()
  await desk.hold({ state: 'entering', entrySettled: false, size: d('0'), nativeStop: null, orders: ENTERED })
  desk.venue.record = aBrokerOrder({ clientOrderId: ENTRY, side: 'buy', leavesSize: d('0'), status: 'filled' })
  for (const [held, fills] of [
    [{}, []],
    [HELD, []],
    [{}, [BOUGHT]],
  ] as const) {
    desk.venue.held = held
    desk.venue.fills = [...fills]
    desk.clock.now += 1_000
    await desk.monitor()
    const { state, entrySettled } = await desk.position()
    assert.deepEqual([state, entrySettled], ['entering', false])
  }
  desk.venue.held = HELD
  desk.clock.now += 1_000
  await desk.monitor()
  const { state, size } = await desk.position()
  assert.deepEqual([state, size], ['open', '1'])
})

for (const event of ['entry', 'stop'] as const) {
  test(`I1: workers that run the job of one ${event} at once send once: the book takes one SENDING`, async () => {
    await using desk = await openTruthDesk()
    await desk.route(SIGNAL)
    const intentId = event === 'entry' ? ENTRY : await freshStop(desk)
    const job = placeEnvelope({ positionId: POSITION, account: ACCOUNT }, intentId, 'test', NOW)
    await Promise.all(Array.from({ length: 3 }, async () => await placeOrder(job, desk.tools)))
    assert.equal(desk.sent.length, 1)
  })
}

async function freshStop({ book }: TruthDesk): Promise<IntentRow['intentId']> {
  const intentId = clientOrderIdOf(POSITION, 'stop', 1)
  const about = { positionId: POSITION, account: ACCOUNT, instrument: 'BTC-PERP' }
  const terms = { intentId, event: 'stop', leg: 1, command: ENTRY_ORDER, sendBefore: null } as const
  await book.commit([{ op: 'create', kind: 'intents', id: intentId, row: newIntent(about, terms, NOW) }])
  return intentId
}

test('I1: a worker that wakes after another one settled its intent writes nothing', async () => {
  await using desk = await openTruthDesk()
  await desk.route(SIGNAL)
  await desk.place()
  const stored = await desk.book.load('intents', ENTRY)
  assert.ok(stored !== null)
  const evidence = { kind: 'fill', at: NOW, detail: 'fill 1' } as const
  desk.venue.resolution = { kind: 'accepted', reports: [FILLED], evidence }
  await desk.place()
  const late = { op: 'replace', kind: 'intents', id: ENTRY, revision: stored.revision, row: stored.row } as const
  await assert.rejects(desk.book.commit([late]), StaleWrite)
  assert.equal((await intent(desk)).state, 'accepted')
})

test('I6: a process that starts again, or a second one, never sends what may have been sent: it resolves', async () => {
  await using desk = await openTruthDesk()
  await desk.route(SIGNAL)
  const stored = await desk.book.load('intents', ENTRY)
  assert.ok(stored !== null)
  const request = { signer: 'key', nonce: 1, deadline: null, body: '{}', preparedAt: NOW }
  const row: IntentRow = { ...stored.row, state: 'sending', request, sentAt: NOW }
  await desk.book.commit([{ op: 'replace', kind: 'intents', id: ENTRY, revision: stored.revision, row }])
  await using second = await openTruthDesk(desk.book)
  await desk.place()
  await second.place()
  assert.deepEqual([desk.sent, second.sent], [[], []])
  assert.deepEqual([desk.resolved.length, second.resolved.length], [1, 1])
})
