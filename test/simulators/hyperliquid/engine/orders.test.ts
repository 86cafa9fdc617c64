/** Placing and cancelling: legs, exact error texts, which failures leave an order record. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BTC, ETH, MASTER, OTHER, START, cloid, limit, openDesk, trigger } from './trader.ts'

test('an immediate order fills against the quotes and echoes its cloid', () => {
  const desk = openDesk()
  const leg = desk.placeOne({ ...limit(BTC, 'buy', '101000', '0.1'), c: cloid(1) })
  assert.ok(leg.kind === 'filled')
  assert.deepEqual([leg.totalSz, leg.avgPx, leg.cloid], ['0.1', '100010', cloid(1)])
  const status = desk.venue.account.orderStatus(MASTER, cloid(1))
  assert.deepEqual([status?.status, status?.order.sz, status?.order.origSz], ['filled', '0', '0.1'])
})

test('an immediate order cut short by depth is filled for what it got', () => {
  const desk = openDesk({ quotes: { levels: 1, levelUsd: '10000', jitter: '0' } })
  const leg = desk.placeOne(limit(BTC, 'buy', '101000', '0.5'))
  assert.ok(leg.kind === 'filled')
  assert.equal(leg.totalSz, '0.1')
  assert.equal(desk.venue.account.orderStatus(MASTER, leg.oid)?.status, 'filled')
  assert.equal(desk.venue.account.orderStatus(MASTER, leg.oid)?.order.sz, '0.4')
})

test('refill per step leaves eaten depth eaten until the next price step', () => {
  const desk = openDesk({ quotes: { levels: 1, levelUsd: '10000', jitter: '0', refill: 'step' } })
  assert.equal(desk.placeOne(limit(BTC, 'buy', '101000', '0.1')).kind, 'filled')
  assert.deepEqual(desk.placeOne(limit(BTC, 'buy', '101000', '0.1')), {
    kind: 'error',
    error: 'Order could not immediately match against any resting orders. asset=0',
  })
  desk.venue.operator.setMark('BTC', '100000')
  assert.equal(desk.placeOne(limit(BTC, 'buy', '101000', '0.1')).kind, 'filled')
})

test('execution failures have the documented text, an oid and a rejected status', () => {
  const cases = [
    [
      limit(BTC, 'buy', '90000', '0.1'),
      'Order could not immediately match against any resting orders. asset=0',
      'iocCancelRejected',
    ],
    [limit(BTC, 'buy', '100100', '0.00009'), 'Order must have minimum value of $10. asset=0', 'minTradeNtlRejected'],
    [limit(BTC, 'buy', '101000', '50'), 'Insufficient margin to place order. asset=0', 'perpMarginRejected'],
    [
      { ...limit(BTC, 'sell', '99000', '0.1'), r: true },
      'Reduce only order would increase position. asset=0',
      'reduceOnlyRejected',
    ],
    [
      limit(ETH, 'buy', '3600', '0.1', 'Alo'),
      'Post only order would have immediately matched, bbo was 3499.6@3500.4. asset=1',
      'badAloPxRejected',
    ],
    [
      limit(BTC, 'buy', '180001', '0.1', 'Gtc'),
      'Order price cannot be more than 80% away from the reference price asset=0',
      'oracleRejected',
    ],
    [
      limit(BTC, 'sell', '19999', '0.1', 'Gtc'),
      'Order price cannot be more than 80% away from the reference price asset=0',
      'oracleRejected',
    ],
  ] as const
  for (const [order, error, status] of cases) {
    const desk = openDesk()
    assert.deepEqual(desk.placeOne({ ...order, c: cloid(1) }), { kind: 'error', error })
    assert.equal(desk.venue.account.orderStatus(MASTER, cloid(1))?.status, status)
    assert.equal(desk.venue.account.historicalOrders(MASTER)[0]?.status, status)
  }
})

test('a market order without any liquidity says so', () => {
  const desk = openDesk()
  desk.venue.operator.setQuoting('BTC', false)
  assert.deepEqual(desk.placeOne(limit(BTC, 'buy', '101000', '0.1', 'FrontendMarket')), {
    kind: 'error',
    error: 'No liquidity available for market order. asset=0',
  })
})

test('a payload failure is one answer for the batch, executes nothing and leaves no record', () => {
  const good = { ...limit(BTC, 'buy', '101000', '0.1'), c: cloid(1) }
  const cases = [
    [limit(BTC, 'buy', '100000.55', '0.1'), 'Price must be divisible by tick size. asset=0'],
    [limit(ETH, 'buy', '3500.55', '0.1'), 'Price must be divisible by tick size. asset=1'],
    [limit(BTC, 'buy', '0', '0.1'), 'Order has invalid price.'],
    [limit(BTC, 'buy', '101000', '0.000001'), 'Order has invalid size.'],
    [limit(BTC, 'buy', '101000', '0'), 'Order has zero size.'],
    [limit(77, 'buy', '101000', '0.1'), 'Order has invalid asset. asset=77'],
    [{ ...trigger(BTC, 'sell', 'sl', '90000', '0.1'), r: false }, 'TP/SL order must be reduce only. asset=0'],
  ] as const
  for (const [bad, error] of cases) {
    const desk = openDesk()
    assert.deepEqual(desk.place([good, { ...bad, c: cloid(2) }]), [{ kind: 'error', error }])
    assert.deepEqual(desk.venue.account.fills(MASTER), [])
    assert.equal(desk.venue.account.orderStatus(MASTER, cloid(1)), undefined)
    assert.equal(desk.venue.account.orderStatus(MASTER, cloid(2)), undefined)
  }
})

test('an empty batch and an unapproved builder are refused as a whole', () => {
  const desk = openDesk()
  const empty = { type: 'order', orders: [], grouping: 'na' } as const
  assert.deepEqual(desk.submit(empty), { kind: 'err', message: 'Orders are empty.', cause: 'action' })
  const order = { ...empty, orders: [limit(BTC, 'buy', '101000', '0.1')], builder: { b: OTHER, f: 0 } }
  assert.deepEqual(desk.submit(order), {
    kind: 'err',
    message: 'Builder fee has not been approved.',
    cause: 'action',
  })
})

test('an approved builder fee is charged on top and shown', () => {
  const desk = openDesk()
  const approval = { type: 'approveBuilderFee', maxFeeRate: '0.01%', builder: OTHER, nonce: START } as const
  assert.equal(desk.submit(approval, { signer: MASTER, nonce: START }).kind, 'default')
  assert.equal(desk.venue.account.maxBuilderFee(MASTER, OTHER), 10)
  desk.submit({
    type: 'order',
    orders: [limit(BTC, 'buy', '101000', '0.1')],
    grouping: 'na',
    builder: { b: OTHER, f: 10 },
  })
  const [fill] = desk.venue.account.fills(MASTER)
  assert.deepEqual([fill?.builderFee, fill?.fee], ['1.0001', '5.50055'])
})

test('later legs execute although an earlier one failed at execution', () => {
  const desk = openDesk()
  const legs = desk.place([limit(BTC, 'buy', '90000', '0.1'), limit(BTC, 'buy', '101000', '0.1')])
  assert.deepEqual(
    legs.map(({ kind }) => kind),
    ['error', 'filled'],
  )
})

test('after the post-only switch only post-only orders are let in, and the nonce is gone', () => {
  const desk = openDesk({ rules: { postOnlyWindow: true } })
  const order = { type: 'order', orders: [limit(BTC, 'buy', '101000', '0.1')], grouping: 'na' } as const
  assert.deepEqual(desk.submit(order, { nonce: START }), {
    kind: 'err',
    message: 'Only post-only orders allowed immediately after a network upgrade',
    cause: 'action',
  })
  assert.equal(desk.submit({ type: 'noop' }, { nonce: START }).kind, 'err')
  assert.equal(desk.placeOne(limit(BTC, 'buy', '99000', '0.1', 'Alo')).kind, 'resting')
})

test('cancel works by oid and by cloid, once', () => {
  const desk = openDesk()
  const o = desk.oid(limit(BTC, 'buy', '99000', '0.1', 'Gtc'))
  desk.placeOne({ ...limit(BTC, 'buy', '98000', '0.1', 'Gtc'), c: cloid(3) })
  const gone = { kind: 'error', error: 'Order was never placed, already canceled, or filled. asset=0' }
  const byOid = { type: 'cancel', cancels: [{ a: BTC, o }] } as const
  const byCloid = { type: 'cancelByCloid', cancels: [{ asset: BTC, cloid: cloid(3) }] } as const
  assert.deepEqual(desk.submit({ type: 'cancel', cancels: [{ a: ETH, o }] }), {
    kind: 'cancel',
    legs: [{ kind: 'error', error: 'Order was never placed, already canceled, or filled. asset=1' }],
  })
  assert.deepEqual(desk.submit(byOid), { kind: 'cancel', legs: [{ kind: 'success' }] })
  assert.deepEqual(desk.submit(byOid), { kind: 'cancel', legs: [gone] })
  assert.deepEqual(desk.submit(byCloid), { kind: 'cancel', legs: [{ kind: 'success' }] })
  assert.deepEqual(desk.submit(byCloid), { kind: 'cancel', legs: [gone] })
  assert.deepEqual(desk.venue.account.openOrders(MASTER), [])
})

test('a cloid is no idempotency key: a second order with it fills too, and the latest answers by cloid', () => {
  const desk = openDesk()
  const first = desk.oid({ ...limit(BTC, 'buy', '101000', '0.1'), c: cloid(1) })
  const second = desk.oid({ ...limit(BTC, 'buy', '101000', '0.2'), c: cloid(1) })
  assert.notEqual(first, second)
  assert.equal(desk.venue.account.orderStatus(MASTER, cloid(1))?.order.oid, second)
  assert.equal(desk.venue.account.orderStatus(MASTER, first)?.order.origSz, '0.1')
  assert.equal(desk.venue.oracle.ordersByCloid(MASTER, cloid(1)).length, 2)
})

test('the switch refuses a cloid that still rests', () => {
  const desk = openDesk({ rules: { acceptRestingDuplicateCloid: false } })
  const order = { ...limit(BTC, 'buy', '99000', '0.1', 'Gtc'), c: cloid(1) }
  assert.equal(desk.placeOne(order).kind, 'resting')
  assert.equal(desk.placeOne(order).kind, 'error')
})

test('modify replaces under a new oid; without always_place it becomes post-only or is refused', () => {
  const desk = openDesk()
  const oid = desk.oid(limit(BTC, 'buy', '99000', '0.1', 'Gtc'))
  assert.deepEqual(desk.submit({ type: 'modify', oid, order: limit(BTC, 'buy', '98000', '0.2', 'Gtc') }), {
    kind: 'default',
  })
  const [open, ...none] = desk.venue.account.openOrders(MASTER)
  assert.equal(none.length, 0)
  assert.deepEqual([open?.limitPx, open?.sz, open?.tif], ['98000', '0.2', 'Alo'])
  assert.notEqual(open?.oid, oid)
  assert.equal(desk.venue.account.orderStatus(MASTER, oid)?.status, 'canceled')
  const crossing = { type: 'modify', oid: open?.oid ?? 0, order: limit(BTC, 'buy', '101000', '0.1', 'Gtc') } as const
  assert.equal(desk.submit(crossing).kind, 'err')
  assert.equal(desk.venue.account.openOrders(MASTER).length, 1)
  assert.deepEqual(desk.submit({ ...crossing, a: true }), { kind: 'default' })
  assert.equal(desk.venue.account.fills(MASTER).length, 1)
  assert.deepEqual(desk.submit(crossing), {
    kind: 'err',
    message: 'Cannot modify canceled or filled order',
    cause: 'action',
  })
})

test('scheduleCancel needs a million of volume, then cancels everything on time', () => {
  const desk = openDesk()
  const time = START + 10_000
  assert.deepEqual(desk.submit({ type: 'scheduleCancel', time }), {
    kind: 'err',
    message: 'Cannot set scheduled cancel time until enough volume traded. Required: $1000000. Traded: $0.',
    cause: 'action',
  })
  desk.venue.operator.setVolume(MASTER, '1000000')
  assert.equal(desk.submit({ type: 'scheduleCancel', time: START + 4_999 }).kind, 'err')
  assert.deepEqual(desk.submit({ type: 'scheduleCancel', time }), { kind: 'default' })
  const oid = desk.oid(limit(BTC, 'buy', '99000', '0.1', 'Gtc'))
  assert.equal(desk.venue.nextDue(), time)
  desk.advance(9_999)
  assert.equal(desk.venue.account.orderStatus(MASTER, oid)?.status, 'open')
  desk.advance(1)
  assert.equal(desk.venue.account.orderStatus(MASTER, oid)?.status, 'scheduledCancel')
})
