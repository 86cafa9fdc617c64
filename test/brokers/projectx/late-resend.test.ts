/** Sending again what was to reduce: only while there is something to reduce, because no order is reduce-only here. */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import type { Broker } from '#brokers/broker.ts'
import { tagOf } from '#brokers/projectx/tags.ts'
import { decimalString } from '#domain/decimal.ts'
import type { NewOrder, PreparedRequest } from '#domain/order.ts'
import { faultRule } from '#simulators/projectx/faults/fault.ts'
import { entryOf, idOf } from '#test/brokers/orders.ts'
import { NOW, openScriptedVenue } from './scripted-venue.ts'
import { ACCOUNT_NAME, FRONT, openSimulatedAccount } from './simulated-account.ts'

const exit = entryOf('exit', {
  instrument: 'NQZ6',
  side: 'sell',
  size: decimalString('2'),
  limitPrice: decimalString('19900'),
  reduceOnly: true,
})
const stop: NewOrder = {
  ...exit,
  clientOrderId: idOf('stop'),
  timeInForce: 'gtc',
  trigger: { kind: 'stop', triggerPrice: decimalString('19950') },
}

async function lostWhileHolding(t: TestContext, command: NewOrder) {
  const { venue, broker } = await openSimulatedAccount(t)
  const { operator, oracle } = venue.engine
  operator.trade({ account: ACCOUNT_NAME, contract: FRONT, side: 'buy', size: 2 })
  const request = await broker.prepare(command, { nonce: 1, now: venue.clock.now() })
  venue.faults.add(faultRule.parse({ match: { path: '/api/Order/place' }, fault: { kind: 'lose-request' } }))
  assert.equal((await broker.send(request, command)).kind, 'unknown')
  const resolve = () => broker.resolve(request, command, { now: venue.clock.now(), resend: true })
  return { operator, broker, request, resolve, positions: () => oracle.ledger(ACCOUNT_NAME).positions }
}

async function assertNeverLands(broker: Broker, request: PreparedRequest, command: NewOrder): Promise<void> {
  assert.equal((await broker.send(request, command)).kind, 'admitted')
  assert.deepEqual(await broker.listOpenOrders(), [])
}

test('a lost exit goes out again while the position stands', async (t) => {
  const { resolve, positions } = await lostWhileHolding(t, exit)
  assert.equal((await resolve()).kind, 'accepted')
  assert.deepEqual(positions(), [])
})

for (const [name, command] of [
  ['exit', exit],
  ['stop', stop],
] as const) {
  test(`a lost ${name} whose position was closed meanwhile is made impossible, never sent`, async (t) => {
    const { operator, broker, request, resolve, positions } = await lostWhileHolding(t, command)
    operator.closeByHand(ACCOUNT_NAME, FRONT)
    const resolution = await resolve()
    assert.ok(resolution.kind === 'absent' && resolution.evidence.kind === 'duplicate-id', JSON.stringify(resolution))
    await assertNeverLands(broker, request, command)
    assert.deepEqual(positions(), [])
  })
  test(`a lost ${name} over more than is left, or on the other side, is made impossible`, async (t) => {
    for (const size of [1, 4]) {
      const { operator, broker, request, resolve, positions } = await lostWhileHolding(t, command)
      operator.trade({ account: ACCOUNT_NAME, contract: FRONT, side: 'sell', size })
      assert.equal((await resolve()).kind, 'absent')
      await assertNeverLands(broker, request, command)
      assert.deepEqual(
        positions().map(({ type, size: held }) => (type === 1 ? held : -held)),
        [2 - size],
      )
    }
  })
}

test('A16: our tag on an order that we never asked for is unknown, and nothing is sent again', async (t) => {
  const row = {
    id: 8,
    accountId: 7,
    contractId: FRONT,
    creationTimestamp: '2026-09-30T14:59:59.0000001+00:00',
    status: 1,
    type: 2,
    side: 0,
    size: 2,
    limitPrice: null,
    stopPrice: null,
    fillVolume: 0,
    filledPrice: null,
    customTag: tagOf(exit.clientOrderId, 0),
  }
  const { broker, asked } = await openScriptedVenue(t, {
    '/api/Order/search': { orders: [row] },
    '/api/Order/v2/query': { orders: [], totalCount: 0 },
  })
  const request = await broker.prepare(exit, { nonce: 1, now: NOW })
  const resolution = await broker.resolve(request, exit, { now: NOW, resend: true })
  assert.ok(resolution.kind === 'unknown' && /order 8 carries our id but is buy/.test(resolution.observed))
  assert.ok(!asked.some(({ path }) => path === '/api/Order/place'))
})
