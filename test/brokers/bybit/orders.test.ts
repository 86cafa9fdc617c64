/** Orders on the simulator: what acknowledgements leave open, children of entries, triggers, and ids met twice. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decimalString } from '#domain/decimal.ts'
import type { BrokerOrder, NewOrder, OrderCommand, PreparedRequest } from '#domain/order.ts'
import type { SendOutcome } from '#brokers/broker.ts'
import { type FaultRuleInput, faultRule } from '#simulators/bybit/faults/fault.ts'
import { cancelOf, entryOf, idOf, protectedEntryOf, refOf } from '#test/brokers/orders.ts'
import { openSimulatedAccount, type SimulatedAccount, TRADER } from './simulated-account.ts'

const AGGRESSIVE = decimalString('100900')
const buy = (name: string, change: Partial<NewOrder> = {}): NewOrder =>
  entryOf(name, { limitPrice: AGGRESSIVE, ...change })
const resting = (name: string): NewOrder => buy(name, { limitPrice: decimalString('90000'), timeInForce: 'gtc' })

async function place(
  { broker, venue }: SimulatedAccount,
  command: OrderCommand,
): Promise<{ readonly request: PreparedRequest; readonly outcome: SendOutcome }> {
  const request = await broker.prepare(command, { nonce: 1, now: venue.clock.now() })
  return { request, outcome: await broker.send(request, command) }
}

function resolve(
  { broker, venue }: SimulatedAccount,
  request: PreparedRequest,
  command: OrderCommand,
  resend: boolean,
) {
  return broker.resolve(request, command, { now: venue.clock.now(), resend })
}

function arm({ venue }: SimulatedAccount, rule: FaultRuleInput): number {
  return venue.faults.add(faultRule.parse(rule))
}

/** Half of the accounts' receive window: time for what comes before the order is acted on, and for what comes after it. */
const ACK_DELAY_MS = 7_500

test('A11: an order that the venue has acknowledged and not acted on yet is working, and found once it has', async (t) => {
  const account = await openSimulatedAccount(t)
  account.venue.engine.operator.setAckDelay(ACK_DELAY_MS)
  const entry = buy('a')
  const { request, outcome } = await place(account, entry)
  assert.ok(outcome.kind === 'accepted' && outcome.reports[0]?.result === 'accepted')
  assert.deepEqual([outcome.reports[0].status, outcome.reports[0].filledSize], ['working', '0'])
  account.venue.clock.advance(ACK_DELAY_MS)
  const resolution = await resolve(account, request, entry, false)
  assert.ok(resolution.kind === 'accepted' && resolution.reports[0]?.result === 'accepted')
  assert.equal(resolution.reports[0].status, 'filled')
})

test('A5, gotcha 2: a cancel right after the order meets nothing to cancel and stays unknown until its target shows', async (t) => {
  const account = await openSimulatedAccount(t)
  account.venue.engine.operator.setAckDelay(ACK_DELAY_MS)
  await place(account, resting('a'))
  const cancel = cancelOf('a')
  const { request, outcome } = await place(account, cancel)
  assert.ok(outcome.kind === 'unknown' && outcome.observed.includes('110001'), JSON.stringify(outcome))
  account.venue.clock.advance(ACK_DELAY_MS)
  account.venue.engine.operator.setAckDelay(0)
  const resolution = await resolve(account, request, cancel, true)
  assert.ok(resolution.kind === 'accepted' && resolution.reports[0]?.result === 'accepted', JSON.stringify(resolution))
  assert.equal(resolution.reports[0].status, 'canceled')
})

test('E2: an immediate order that filled in part reports the part, and is over', async (t) => {
  const account = await openSimulatedAccount(t)
  account.venue.engine.operator.setDepth('BTCUSDT', { levels: 1, qty: '0.004' })
  const { outcome } = await place(account, buy('a'))
  assert.ok(outcome.kind === 'accepted' && outcome.reports[0]?.result === 'accepted')
  assert.deepEqual([outcome.reports[0].status, outcome.reports[0].filledSize], ['canceled', '0.004'])
  const record = await account.broker.findOrder(refOf('a'))
  assert.deepEqual([record?.status, record?.originalSize, record?.leavesSize], ['canceled', '0.01', '0.006'])
})

test('a post-only order that would take is rejected in the words of its record', async (t) => {
  const account = await openSimulatedAccount(t)
  const { outcome } = await place(account, buy('a', { timeInForce: 'alo' }))
  assert.ok(outcome.kind === 'rejected')
  assert.match(outcome.reason, /EC_PostOnlyWillTakeLiquidity/)
})

test('A13: an exit of nothing is refused and opens nothing', async (t) => {
  const account = await openSimulatedAccount(t)
  const exit = buy('x', { side: 'sell', limitPrice: decimalString('99100'), reduceOnly: true })
  const { outcome } = await place(account, exit)
  assert.ok(outcome.kind === 'rejected' && outcome.reason.includes('110017'), JSON.stringify(outcome))
  assert.deepEqual((await account.broker.readAccount()).positions, [])
})

test('an exit whose worst price lies beyond the band that the venue takes limits in gets out all the same', async (t) => {
  const account = await openSimulatedAccount(t)
  await place(account, buy('a'))
  const exit = entryOf('x', { side: 'sell', reduceOnly: true, limitPrice: decimalString('90000') })
  const { outcome } = await place(account, exit)
  assert.ok(outcome.kind === 'accepted', JSON.stringify(outcome))
  assert.deepEqual((await account.broker.readAccount()).positions, [])
})

test('E4: an exit larger than the position closes it and no more', async (t) => {
  const account = await openSimulatedAccount(t)
  await place(account, buy('a'))
  const exit = buy('x', {
    side: 'sell',
    size: decimalString('0.03'),
    limitPrice: decimalString('99100'),
    reduceOnly: true,
  })
  const { outcome } = await place(account, exit)
  assert.ok(outcome.kind === 'accepted' && outcome.reports[0]?.result === 'accepted', JSON.stringify(outcome))
  assert.deepEqual((await account.broker.readAccount()).positions, [])
})

test('A8: the id of an order that was lost and sent again belongs to the first', async (t) => {
  const account = await openSimulatedAccount(t)
  arm(account, { match: { path: '/v5/order/create' }, fault: { kind: 'lose-response' } })
  const entry = buy('a')
  const { request, outcome } = await place(account, entry)
  assert.equal(outcome.kind, 'unknown')
  const again = await account.broker.send(request, entry)
  assert.ok(again.kind === 'admitted' && again.evidence.kind === 'duplicate-id')
  assert.equal((await resolve(account, request, entry, true)).kind, 'accepted')
  assert.equal(account.venue.engine.oracle.ordersByLinkId(TRADER, entry.clientOrderId).length, 1)
})

test('A16: an id that another size went out under is unknown, loudly', async (t) => {
  const account = await openSimulatedAccount(t)
  await place(account, buy('a'))
  const other = buy('a', { size: decimalString('0.02') })
  const { request, outcome } = await place(account, other)
  assert.equal(outcome.kind, 'admitted')
  const resolution = await resolve(account, request, other, true)
  assert.ok(resolution.kind === 'unknown' && resolution.observed.includes('CRITICAL'), JSON.stringify(resolution))
})

test('A8: an id that is taken while no record shows stays unknown, whatever time passes', async (t) => {
  const account = await openSimulatedAccount(t)
  const entry = buy('a')
  const { request } = await place(account, entry)
  arm(account, { fault: { kind: 'hide-order' }, count: null })
  arm(account, { match: { path: '/v5/execution/list' }, fault: { kind: 'truncate', rows: 0 }, count: null })
  arm(account, { match: { path: '/v5/account/transaction-log' }, fault: { kind: 'truncate', rows: 0 }, count: null })
  const resolution = await resolve(account, request, entry, true)
  assert.ok(resolution.kind === 'unknown' && resolution.observed.includes('110072'), JSON.stringify(resolution))
})

test('A2, A4: an order held up in the network beyond its window never lands', async (t) => {
  const account = await openSimulatedAccount(t, {
    broker: { recvWindowMs: 3_000, timeouts: { readMs: 5_000, sendMs: 300 } },
  })
  arm(account, { match: { path: '/v5/order/create' }, fault: { kind: 'delay', when: 'before', ms: 800 } })
  const entry = buy('a')
  const { request, outcome } = await place(account, entry)
  assert.equal(outcome.kind, 'unknown')
  account.venue.clock.advance(10_000)
  const resolution = await resolve(account, request, entry, true)
  assert.ok(resolution.kind === 'absent' && resolution.evidence.kind === 'deadline-passed', JSON.stringify(resolution))
  const held = () => account.venue.faults.list()[0]?.hits === 1
  assert.ok(held())
  const late = await account.broker.send(request, entry)
  assert.ok(late.kind === 'rejected' && late.evidence.kind === 'deadline-passed', JSON.stringify(late))
  assert.equal(account.venue.engine.oracle.ordersByLinkId(TRADER, entry.clientOrderId).length, 0)
})

const childOf = (orders: readonly BrokerOrder[], name: string): BrokerOrder | undefined =>
  orders.find((order) => order.attachedTo === idOf(name))

test('E6: the stop that rode along follows the position and is found by its entry', async (t) => {
  const account = await openSimulatedAccount(t)
  const { broker, venue } = account
  await place(account, protectedEntryOf('a', { limitPrice: AGGRESSIVE }))
  const stop = childOf(await broker.listOpenOrders(), 'a')
  assert.deepEqual(
    [stop?.clientOrderId, stop?.leavesSize, stop?.reduceOnly, stop?.trigger],
    [null, '0.01', true, { kind: 'stop', triggerPrice: '90000' }],
  )
  venue.engine.operator.tradeByHand(TRADER, 'BTCUSDT', 'Buy', '0.02')
  assert.equal(childOf(await broker.listOpenOrders(), 'a')?.leavesSize, '0.03')
  const ref = { ...refOf('a-stop'), attachedTo: idOf('a') }
  assert.equal((await broker.findOrder(ref))?.venueOrderId, stop?.venueOrderId)
})

test('E6: the stop that rode along can be cancelled by the id that the venue gave it', async (t) => {
  const account = await openSimulatedAccount(t)
  const { broker } = account
  await place(account, protectedEntryOf('a', { limitPrice: AGGRESSIVE }))
  const ref = { ...refOf('a-stop'), attachedTo: idOf('a') }
  const stop = await broker.findOrder(ref)
  const cancel = { ...cancelOf('a-stop'), targetVenueOrderId: stop?.venueOrderId ?? null }
  const { outcome } = await place(account, cancel)
  assert.ok(outcome.kind === 'accepted' && outcome.reports[0]?.result === 'accepted', JSON.stringify(outcome))
  assert.deepEqual([outcome.reports[0].clientOrderId, outcome.reports[0].status], [idOf('a-stop'), 'canceled'])
  assert.deepEqual(await broker.listOpenOrders(), [])
  assert.equal((await broker.findOrder(ref))?.status, 'canceled')
})

test('D2: a stop that fired is found by its entry, also after the venue restarted', async (t) => {
  const account = await openSimulatedAccount(t)
  await place(account, protectedEntryOf('a', { limitPrice: AGGRESSIVE }))
  account.venue.engine.operator.tripStop(TRADER, 'BTCUSDT')
  account.venue.engine.operator.restart()
  const record = await account.broker.findOrder({ ...refOf('a-stop'), attachedTo: idOf('a') })
  assert.deepEqual([record?.status, record?.attachedTo], ['filled', idOf('a')])
})

test('a stop and a target of their own sleep, each on its side of the market', async (t) => {
  const account = await openSimulatedAccount(t)
  await place(account, buy('a'))
  const exits = [
    ['stop', '95000'],
    ['take-profit', '105000'],
  ] as const
  for (const [kind, price] of exits) {
    const triggerPrice = decimalString(price)
    const exit = buy(kind, {
      side: 'sell',
      limitPrice: decimalString('90000'),
      timeInForce: 'gtc',
      reduceOnly: true,
      trigger: { kind, triggerPrice },
    })
    assert.equal((await place(account, exit)).outcome.kind, 'accepted')
  }
  assert.deepEqual(
    new Map((await account.broker.listOpenOrders()).map((order) => [order.trigger?.kind, order.clientOrderId])),
    new Map([
      ['take-profit', idOf('take-profit')],
      ['stop', idOf('stop')],
    ]),
  )
  const { orders } = account.venue.engine.oracle.ledger(TRADER)
  assert.ok(
    orders.filter(({ triggerPrice }) => triggerPrice !== null).every(({ triggerBy }) => triggerBy === 'MarkPrice'),
  )
  account.venue.engine.operator.tripStop(TRADER, 'BTCUSDT')
  assert.deepEqual((await account.broker.readAccount()).positions, [])
})

test('an order that could only reduce makes the account say that it is restricted', async (t) => {
  const account = await openSimulatedAccount(t)
  await place(account, buy('a'))
  assert.equal((await account.broker.readAccount()).restriction, null)
  account.venue.engine.operator.setReduceOnly(TRADER, 'BTCUSDT', true)
  assert.equal((await account.broker.readAccount()).restriction, 'BTCUSDT isReduceOnly')
})

test('H1: the limits that the venue states are kept: reads beyond them wait, and none is refused', async (t) => {
  const account = await openSimulatedAccount(t, { venue: { rateLimits: 0.2 } })
  for (let count = 0; count < 15; count += 1) assert.deepEqual(await account.broker.listOpenOrders(), [])
})
