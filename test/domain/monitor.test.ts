/** In-trade discipline as data: what one look at a position asks for. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Decimal, decimal, decimalString } from '#domain/decimal.ts'
import { clientOrderIdOf } from '#domain/ids.ts'
import { newIntent } from '#domain/new-intent.ts'
import type { IntentRow } from '#domain/order.ts'
import { EXPIRY_LEAD_MS, type MonitorInputs, decideMonitor } from '#domain/monitor.ts'
import type { PositionRow } from '#domain/position.ts'
import { bestMarkOf, planProtection, wantedStopOf } from '#domain/protection.ts'
import { anEpisode } from './entry-episode.ts'
import { BTC, NOW, NQ, PACE, POSITION, aBrokerOrder, aPosition, d } from './samples.ts'

const ENTRY = clientOrderIdOf(POSITION, 'entry', 0)

function look(change: Partial<MonitorInputs> = {}) {
  return decideMonitor({
    position: aPosition(),
    instrument: BTC,
    pace: PACE,
    intents: [],
    openOrders: [aBrokerOrder()],
    entryRecord: null,
    stopRecord: null,
    stopsStack: true,
    episode: anEpisode('1'),
    entered: new Decimal(0),
    brokerSize: decimal(d('1')),
    left: decimal(d('0')),
    mark: decimal(d('100')),
    now: NOW,
    ...change,
  })
}

test('a protected position at rest asks for nothing and changes nothing', () => {
  const position = aPosition()
  const decision = look({ position })
  assert.equal(decision.position.updatedAt, position.updatedAt)
  assert.deepEqual([decision.exit, decision.placeStop, decision.reconcile, decision.cancel], [null, null, false, []])
})

test('while an exit is on its way without a stop, a look writes nothing a second time', () => {
  const exit = { reason: 'signal', requestedAt: NOW - 100, leg: 0 } as const
  const stopRecord = aBrokerOrder({ status: 'canceled' })
  const first = look({ position: aPosition({ exit, state: 'closing' }), openOrders: [], stopRecord }).position
  assert.equal(first.nakedSince, NOW, 'naked from now on: it was protected before')
  const second = look({ position: first, openOrders: [], stopRecord, now: NOW + 50 })
  assert.equal(second.position, first)
  assert.equal(second.placeStop, null)
})

test('D4: a flat broker is handed to the fills; nothing is booked and no exit is asked for', () => {
  const decision = look({ brokerSize: decimal(d('0')), openOrders: [] })
  assert.equal(decision.reconcile, true)
  assert.equal(decision.exit, null)
  assert.equal(decision.position.open, true)
})

test('E2: size moves only with fills, and sizes that disagree are not acted on', () => {
  const part = look({ episode: anEpisode('1', '0.4'), brokerSize: decimal(d('0.6')) })
  assert.equal(part.position.size, '0.6')
  assert.notEqual(part.placeStop, null, 'the stop is placed again in the right size')
  const lagging = look({ brokerSize: decimal(d('0.6')) })
  assert.equal(lagging.placeStop, null)
  assert.equal(lagging.position.size, '1')
})

test('hold time and target end a position once; an exit under way is not asked for again', () => {
  const held = { ...aPosition().discipline, maxHoldMs: 900 }
  assert.equal(look({ position: aPosition({ discipline: held }) }).exit, 'timeout')
  const target = { ...aPosition().discipline, takeProfit: d('110') }
  assert.equal(look({ position: aPosition({ discipline: target }), mark: decimal(d('110')) }).exit, 'take_profit')
  const exiting = aPosition({
    discipline: target,
    state: 'closing',
    exit: { reason: 'signal', requestedAt: NOW, leg: 0 },
  })
  const decision = look({ position: exiting, mark: decimal(d('120')) })
  assert.equal(decision.exit, null)
  assert.equal(decision.exitDue, true, 'but another leg is due while the broker still holds it')
})

test('a stop that cannot stand because the mark is beyond it exits at once', () => {
  const position = aPosition({ nativeStop: null, nakedSince: NOW - 5000 })
  assert.equal(look({ position, openOrders: [], mark: decimal(d('94')) }).exit, 'stop_loss')
})

test('A12, E6: naked time is measured from the opening and alarmed after its limit', () => {
  const naked = look({ position: aPosition({ nativeStop: null }), openOrders: [] })
  assert.equal(naked.position.nakedSince, NOW - 900)
  assert.notEqual(naked.placeStop, null)
  const long = look({ position: aPosition({ nativeStop: null, nakedSince: NOW - 10_000 }), openOrders: [] })
  assert.equal(long.nakedAlert, true)
  const protectedAgain = look({ position: aPosition({ nakedSince: NOW - 400 }) })
  assert.equal(protectedAgain.position.nakedMs, 400)
  assert.equal(protectedAgain.position.nakedSince, null)
})

test('E5: where no order is reduce-only, two stops never stand at once: the old one comes down before the next goes up', () => {
  const position = aPosition()
  const moved = aPosition({ discipline: { ...position.discipline, stopLoss: d('97') } })
  const stacking = look({ position: moved })
  assert.deepEqual([stacking.placeStop?.price, stacking.cancel], ['97', []])
  const stop = position.nativeStop?.clientOrderId
  const first = look({ position: moved, stopsStack: false })
  assert.deepEqual([first.placeStop, first.cancel], [null, [stop]])
  const stopRecord = aBrokerOrder({ status: 'canceled' })
  const second = look({ position: moved, stopsStack: false, openOrders: [], stopRecord })
  assert.equal(second.placeStop?.price, '97')
  const near = aPosition({ discipline: { ...position.discipline, stopLoss: d('95.01') } })
  const kept = look({ position: near, stopsStack: false })
  assert.deepEqual([kept.placeStop, kept.cancel], [null, []], 'a stop that stands a hair off is worth no naked moment')
})

test('E1: a partial entry worth less than the smallest order of the venue is protected and closed as any other', () => {
  // 0.05 contracts at 100 USD: half of the 10 USD that an entry must be worth.
  const part = { episode: anEpisode('0.05'), brokerSize: decimal(d('0.05')) }
  const entered = aBrokerOrder({
    clientOrderId: ENTRY,
    status: 'canceled',
    originalSize: d('1'),
    leavesSize: d('0.95'),
    trigger: null,
  })
  const entering = aPosition({ state: 'entering', entrySettled: false, size: d('0'), nativeStop: null })
  const settled = look({ ...part, position: entering, entryRecord: entered, openOrders: [] })
  assert.deepEqual(
    [settled.position.state, settled.position.size, settled.placeStop?.price, settled.neverFilled],
    ['open', '0.05', '95', false],
  )
  const leaving = { ...settled.position, exit: { reason: 'signal', requestedAt: NOW, leg: 0 } as const }
  assert.equal(look({ ...part, position: leaving, openOrders: [] }).exitDue, true)
})

test('H1: a stop that is refused again and again is tried ever more rarely; one that stood starts anew', () => {
  const stop = (leg: number, state: IntentRow['state'], updatedAt: number): IntentRow => ({
    ...newIntent(
      aPosition(),
      { intentId: clientOrderIdOf(POSITION, 'stop', leg), event: 'stop', leg, command, sendBefore: null },
      NOW,
    ),
    state,
    settled: true,
    updatedAt,
  })
  const command = { type: 'cancel-order', instrument: 'BTC-PERP', target: ENTRY, targetVenueOrderId: null } as const
  const position = aPosition({ nativeStop: null, nakedSince: NOW - 900_000 })
  const pauseAfter = (...states: IntentRow['state'][]): number => {
    const intents = states.map((state, leg) => stop(leg, state, NOW))
    const places = (afterMs: number) =>
      look({ position, intents, openOrders: [], now: NOW + afterMs }).placeStop !== null
    const pause = [0, 2000, 4000, 8000, 16_000, 32_000, 60_000].find(places) ?? assert.fail('it is tried again')
    assert.ok(pause === 0 || !places(pause - 1), `not before ${pause} ms`)
    return pause
  }
  const refused = (times: number) => Array.from({ length: times }, () => 'rejected' as const)
  assert.deepEqual(
    [0, 1, 2, 3, 6, 50].map((times) => pauseAfter(...refused(times))),
    [0, 2000, 4000, 8000, 60_000, 60_000],
  )
  assert.equal(pauseAfter(...refused(5), 'accepted'), 0)
  assert.equal(pauseAfter(...refused(5), 'accepted', 'rejected'), 2000)
})

test('H1: a trail moves its stop only by a step that is worth an order', () => {
  const trail = { distanceBps: 500, activateBps: 0 }
  const position = aPosition({ discipline: { ...aPosition().discipline, stopLoss: d('94'), trail } })
  const pace = { ...PACE, trailStepBps: 20 }
  const at = (mark: string) => look({ position, pace, mark: decimal(d(mark)) }).placeStop?.price ?? null
  // The stop stands at 95; a step is 20 basis points of it, 0.19.
  assert.deepEqual([at('100'), at('100.04'), at('100.2')], [null, null, '95.2'])
})

test('A22: a stop missing once is not stacked upon; one that is pending is waited for', () => {
  assert.equal(look({ openOrders: [] }).placeStop, null)
  const missed = aPosition({ nakedSince: NOW - 2000 })
  assert.notEqual(look({ position: missed, openOrders: [] }).placeStop, null)
  const inputs = {
    position: missed,
    instrument: BTC,
    pace: PACE,
    wanted: { price: d('95'), byTrail: false },
    mark: decimal(d('100')),
    openOrders: [],
    stopRecord: null,
    stopRetryAt: null,
    stopsStack: true,
    cancelPending: new Set<never>(),
    now: NOW,
  }
  assert.equal(planProtection({ ...inputs, stopPending: true }).place, null)
  assert.equal(
    planProtection({ ...inputs, stopPending: false, stopRetryAt: NOW + 1 }).place,
    null,
    'a refused stop waits',
  )
})

test('E5: an outdated stop stays until its successor is seen at the venue', () => {
  const newer = clientOrderIdOf(POSITION, 'stop', 1)
  const position = aPosition({
    orders: [...aPosition().orders, { clientOrderId: newer, event: 'stop', leg: 1 }],
    nativeStop: { clientOrderId: newer, leg: 1, triggerPrice: d('97'), size: d('1'), confirmedAt: null },
    discipline: { ...aPosition().discipline, stopLoss: d('97') },
  })
  assert.deepEqual(look({ position, openOrders: [aBrokerOrder()] }).cancel, [])
  const both = [
    aBrokerOrder(),
    aBrokerOrder({ clientOrderId: newer, trigger: { kind: 'stop', triggerPrice: d('97') } }),
  ]
  assert.deepEqual(look({ position, openOrders: both }).cancel, [clientOrderIdOf(POSITION, 'stop', 0)])
})

test('the trail only ever tightens, whatever the marks do', () => {
  const trail = { distanceBps: 100, activateBps: 0 }
  fc.assert(
    fc.property(
      fc.constantFrom('long' as const, 'short' as const),
      fc.array(fc.integer({ min: 5000, max: 20_000 }), { minLength: 2, maxLength: 40 }),
      (side, marks) => {
        let position: PositionRow = aPosition({
          side,
          bestMark: null,
          discipline: { ...aPosition().discipline, stopLoss: null, trail },
        })
        let last: Decimal | null = null
        for (const cents of marks) {
          const best = bestMarkOf(position, new Decimal(cents).div(100))
          position = { ...position, bestMark: decimalString(best.toFixed()) }
          const wanted = wantedStopOf(position, best, BTC)
          if (wanted === null) continue
          const price = decimal(wanted.price)
          if (last !== null) assert.ok(side === 'long' ? price.gte(last) : price.lte(last))
          last = price
        }
      },
    ),
  )
})

test('C19: an entry ends as never filled only with a terminal record, no fill and a flat broker', () => {
  const entering = aPosition({ state: 'entering', entrySettled: false, size: d('0') })
  const canceled = aBrokerOrder({ clientOrderId: ENTRY, status: 'canceled', trigger: null })
  const base = { position: entering, episode: null, brokerSize: decimal(d('0')) }
  assert.equal(look({ ...base, entryRecord: canceled }).neverFilled, true)
  assert.equal(look({ ...base, entryRecord: null }).neverFilled, false)
  assert.equal(look({ ...base, entryRecord: { ...canceled, status: 'working' } }).neverFilled, false)
  assert.equal(look({ ...base, entryRecord: canceled, brokerSize: decimal(d('1')) }).neverFilled, false)
  const refused = { ...canceled, status: 'rejected' } as const
  assert.equal(look({ ...base, entryRecord: refused, brokerSize: decimal(d('-1')) }).neverFilled, false)
})

test('H7: a position leaves its contract half an hour before the last trading instant, and not earlier', () => {
  const expiring = (expiresAt: number, change: Partial<MonitorInputs> = {}) =>
    look({ instrument: { ...NQ, expiresAt, rollsAt: null }, ...change }).exit
  assert.equal(EXPIRY_LEAD_MS, 1_800_000)
  assert.equal(expiring(NOW + EXPIRY_LEAD_MS), 'expiry')
  assert.equal(expiring(NOW - 1), 'expiry')
  assert.equal(expiring(NOW + EXPIRY_LEAD_MS + 1), null)
  const exiting = aPosition({ state: 'closing', exit: { reason: 'signal', requestedAt: NOW, leg: 0 } })
  assert.equal(expiring(NOW, { position: exiting }), null, 'the first reason stands')
  const breached = { position: aPosition({ nativeStop: null }), openOrders: [], mark: decimal(d('94')) }
  assert.equal(expiring(NOW, breached), 'stop_loss')
})

test('H7: from the roll on a position is said to stand in an old contract, and is protected as before', () => {
  const rolling = (rollsAt: number | null) => look({ instrument: { ...NQ, rollsAt } })
  assert.deepEqual(
    [NOW, NOW + 1, null].map((at) => rolling(at).contract),
    ['rolled', null, null],
  )
  assert.deepEqual(
    [rolling(NOW).exit, rolling(NOW).cancel, rolling(NOW).position.nativeStop !== null],
    [null, [], true],
  )
})

test('H7: a contract that is listed or priced no more is watched: held it is said, gone it is handed to the fills', () => {
  const unlisted = { instrument: null, mark: null }
  for (const change of [unlisted, { instrument: null }, { mark: null }]) {
    const held = look(change)
    assert.deepEqual([held.contract, held.exit, held.placeStop, held.cancel], ['unlisted', null, null, []])
    const gone = look({ ...change, brokerSize: decimal(d('0')), openOrders: [] })
    assert.deepEqual([gone.contract, gone.reconcile], [null, true])
  }
  assert.equal(look({ mark: null, instrument: { ...NQ, expiresAt: NOW } }).exit, 'expiry')
  const held = { ...aPosition().discipline, takeProfit: d('1'), maxHoldMs: 900 }
  assert.equal(look({ ...unlisted, position: aPosition({ discipline: held }) }).exit, 'timeout')
})
