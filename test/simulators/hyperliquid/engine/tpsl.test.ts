/** Stops and take-profits, alone and grouped. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BTC, MASTER, OTHER, cloid, limit, openDesk, trigger, type Desk } from './trader.ts'

function statuses(desk: Desk, id: number | string): readonly string[] {
  const found = desk.venue.oracle.ledger(MASTER).orders.find(({ order }) => order.oid === id || order.cloid === id)
  return found?.statuses.map(({ status }) => status) ?? []
}

function holding(desk: Desk): string {
  return desk.venue.oracle.ledger(MASTER).positions[0]?.szi ?? '0'
}

function openLong(desk: Desk, sz = '0.1'): void {
  assert.equal(desk.placeOne(limit(BTC, 'buy', '101000', sz)).kind, 'filled')
}

test('a stop rests untriggered, fires at its price and closes reduce-only under its own oid', () => {
  const desk = openDesk()
  openLong(desk)
  const oid = desk.oid(trigger(BTC, 'sell', 'sl', '98000', '0.1'))
  const [shown] = desk.venue.account.openOrders(MASTER)
  assert.deepEqual(
    [shown?.orderType, shown?.isTrigger, shown?.triggerPx, shown?.triggerCondition, shown?.tif, shown?.reduceOnly],
    ['Stop Market', true, '98000', 'Price below 98000', null, true],
  )
  desk.venue.operator.setMark('BTC', '98001')
  assert.equal(holding(desk), '0.1')
  desk.venue.operator.setMark('BTC', '98000')
  assert.equal(holding(desk), '0')
  assert.deepEqual(statuses(desk, oid), ['open', 'triggered', 'filled'])
  const [fill] = desk.venue.account.fills(MASTER)
  assert.deepEqual([fill?.oid, fill?.dir, fill?.crossed], [oid, 'Close Long', true])
})

test('each kind of trigger fires on its own side', () => {
  const cases = [
    ['buy', 'sl', '102000', '101999'],
    ['buy', 'tp', '98000', '98001'],
    ['sell', 'sl', '98000', '98001'],
    ['sell', 'tp', '102000', '101999'],
  ] as const
  for (const [side, tpsl, at, before] of cases) {
    const desk = openDesk()
    desk.placeOne(side === 'sell' ? limit(BTC, 'buy', '101000', '0.1') : limit(BTC, 'sell', '99000', '0.1'))
    const oid = desk.oid(trigger(BTC, side, tpsl, at, '0.1'))
    desk.venue.operator.setMark('BTC', before)
    assert.deepEqual(statuses(desk, oid), ['open'])
    desk.venue.operator.setMark('BTC', at)
    assert.deepEqual(statuses(desk, oid), ['open', 'triggered', 'filled'])
  }
})

test('a trigger price that is already met is refused', () => {
  const desk = openDesk()
  openLong(desk)
  const order = { ...trigger(BTC, 'sell', 'sl', '100000', '0.1'), c: cloid(1) }
  assert.deepEqual(desk.placeOne(order), { kind: 'error', error: 'Invalid TP/SL price. asset=0' })
  assert.equal(desk.venue.account.orderStatus(MASTER, cloid(1))?.status, 'badTriggerPxRejected')
})

test('a lone trigger without a position is refused, or rests by the switch', () => {
  const order = trigger(BTC, 'sell', 'sl', '98000', '0.1')
  assert.deepEqual(openDesk().placeOne(order), {
    kind: 'error',
    error: 'Reduce only order would increase position. asset=0',
  })
  assert.equal(openDesk({ rules: { triggerNeedsPosition: false } }).placeOne(order).kind, 'resting')
})

test('closing by other means cancels the stop', () => {
  const desk = openDesk()
  openLong(desk)
  const oid = desk.oid(trigger(BTC, 'sell', 'sl', '98000', '0.1'))
  desk.venue.operator.closeByHand(MASTER, 'BTC')
  assert.equal(statuses(desk, oid).at(-1), 'reduceOnlyCanceled')
})

test('a stop larger than the position closes the position and no more', () => {
  const desk = openDesk()
  openLong(desk, '0.2')
  const oid = desk.oid(trigger(BTC, 'sell', 'sl', '98000', '0.2'))
  desk.placeOne(limit(BTC, 'sell', '99000', '0.15'))
  desk.venue.operator.setMark('BTC', '97000')
  assert.equal(holding(desk), '0')
  assert.equal(statuses(desk, oid).at(-1), 'filled')
  assert.equal(desk.venue.account.fills(MASTER)[0]?.sz, '0.05')
})

test('a triggered stop without liquidity within its price leaves the position naked', () => {
  const desk = openDesk()
  openLong(desk)
  const oid = desk.oid({ ...trigger(BTC, 'sell', 'sl', '98000', '0.1'), p: '97000' })
  desk.venue.operator.setMark('BTC', '90000')
  assert.deepEqual(statuses(desk, oid), ['open', 'triggered', 'iocCancelRejected'])
  assert.equal(holding(desk), '0.1')
})

test('a trigger limit order rests at its price once triggered', () => {
  const desk = openDesk()
  openLong(desk)
  const wire = trigger(BTC, 'sell', 'tp', '102000', '0.1')
  const oid = desk.oid({ ...wire, p: '103000', t: { trigger: { isMarket: false, triggerPx: '102000', tpsl: 'tp' } } })
  desk.venue.operator.setMark('BTC', '102000')
  assert.deepEqual(statuses(desk, oid), ['open', 'triggered', 'open'])
  desk.venue.operator.setMark('BTC', '103100')
  assert.deepEqual(statuses(desk, oid), ['open', 'triggered', 'open', 'filled'])
})

function bracket(parent: ReturnType<typeof limit>) {
  return [
    { ...parent, c: cloid(1) },
    { ...trigger(BTC, 'sell', 'tp', '105000', parent.s), c: cloid(2) },
    { ...trigger(BTC, 'sell', 'sl', '95000', parent.s), c: cloid(3) },
  ]
}

test('children of a filled parent wait for their trigger; the one that fills cancels the other', () => {
  const desk = openDesk()
  const legs = desk.place(bracket(limit(BTC, 'buy', '101000', '0.1')), 'normalTpsl')
  assert.deepEqual(
    legs.map(({ kind }) => kind),
    ['filled', 'waitingForTrigger', 'waitingForTrigger'],
  )
  desk.venue.operator.setMark('BTC', '105000')
  assert.deepEqual(statuses(desk, cloid(2)), ['open', 'triggered', 'filled'])
  assert.deepEqual(statuses(desk, cloid(3)), ['open', 'siblingFilledCanceled'])
  assert.equal(holding(desk), '0')
})

test('children of a resting parent wait for its fill, are shown under it, and cannot fire before', () => {
  const desk = openDesk()
  const legs = desk.place(bracket(limit(BTC, 'buy', '99000', '0.1', 'Gtc')), 'normalTpsl')
  assert.deepEqual(
    legs.map(({ kind }) => kind),
    ['resting', 'waitingForFill', 'waitingForFill'],
  )
  const parent = desk.venue.account.openOrders(MASTER).find(({ cloid: id }) => id === cloid(1))
  assert.deepEqual(
    parent?.children.map(({ cloid: id }) => id),
    [cloid(2), cloid(3)],
  )
  assert.equal(desk.venue.account.openOrders(MASTER).length, 3)
  desk.venue.operator.setMark('BTC', '106000')
  assert.deepEqual(statuses(desk, cloid(2)), ['open'])
  desk.venue.operator.setMark('BTC', '98900')
  assert.equal(holding(desk), '0.1')
  desk.venue.operator.setMark('BTC', '94900')
  assert.deepEqual(statuses(desk, cloid(3)), ['open', 'triggered', 'filled'])
  assert.equal(holding(desk), '0')
})

test('cancelling an unfilled parent cancels its children', () => {
  const desk = openDesk()
  desk.place(bracket(limit(BTC, 'buy', '99000', '0.1', 'Gtc')), 'normalTpsl')
  desk.submit({ type: 'cancelByCloid', cancels: [{ asset: BTC, cloid: cloid(1) }] })
  assert.deepEqual(
    [2, 3].map((n) => statuses(desk, cloid(n)).at(-1)),
    ['canceled', 'canceled'],
  )
  assert.deepEqual(desk.venue.account.openOrders(MASTER), [])
})

test('cancelling a partly filled parent cancels the children, or lets them cover what filled by the switch', () => {
  for (const rule of ['cancel', 'resize'] as const) {
    const desk = openDesk({ rules: { childrenOnPartialCancel: rule } })
    desk.place(bracket(limit(BTC, 'buy', '99995', '0.3', 'Gtc')), 'normalTpsl')
    desk.placeOne(limit(BTC, 'sell', '99995', '0.1'), OTHER)
    desk.submit({ type: 'cancelByCloid', cancels: [{ asset: BTC, cloid: cloid(1) }] })
    const stop = desk.venue.account.orderStatus(MASTER, cloid(3))
    assert.deepEqual([stop?.status, stop?.order.sz], rule === 'cancel' ? ['canceled', '0.3'] : ['open', '0.1'])
  }
})

test('an immediate parent cut short wakes its children for what filled', () => {
  const desk = openDesk({ quotes: { levels: 1, levelUsd: '10000', jitter: '0' } })
  const legs = desk.place(bracket(limit(BTC, 'buy', '101000', '0.3')), 'normalTpsl')
  assert.deepEqual(
    legs.slice(1).map(({ kind }) => kind),
    ['waitingForTrigger', 'waitingForTrigger'],
  )
  assert.equal(desk.venue.account.orderStatus(MASTER, cloid(3))?.order.sz, '0.1')
})

test('a parent that fails takes its children with it, without a record of them', () => {
  const desk = openDesk()
  const legs = desk.place(bracket(limit(BTC, 'buy', '90000', '0.1')), 'normalTpsl')
  assert.deepEqual(new Set(legs.map(({ kind }) => kind)), new Set(['error']))
  assert.equal(desk.venue.account.orderStatus(MASTER, cloid(3)), undefined)
})

test('positionTpsl of size zero closes whatever the position is by then', () => {
  const desk = openDesk()
  openLong(desk)
  const legs = desk.place([{ ...trigger(BTC, 'sell', 'sl', '98000', '0'), c: cloid(9) }], 'positionTpsl')
  assert.equal(legs[0]?.kind, 'resting')
  assert.equal(desk.venue.account.openOrders(MASTER)[0]?.isPositionTpsl, true)
  openLong(desk, '0.25')
  desk.venue.operator.setMark('BTC', '97000')
  assert.equal(holding(desk), '0')
  assert.equal(desk.venue.account.orderStatus(MASTER, cloid(9))?.order.origSz, '0.35')
  assert.equal(
    desk.venue.account
      .fills(MASTER)
      .filter((fill) => fill.cloid === cloid(9))
      .reduce((sum, { sz }) => sum + Number(sz), 0),
    0.35,
  )
})

test('tripping a stop moves the price through it and back', () => {
  const desk = openDesk()
  openLong(desk)
  const oid = desk.oid(trigger(BTC, 'sell', 'sl', '98000', '0.1'))
  assert.deepEqual(desk.venue.operator.tripStop(MASTER, 'BTC'), [oid])
  assert.equal(desk.venue.market.context('BTC')?.markPx, '100000')
  assert.equal(holding(desk), '0')
  assert.throws(
    () => desk.venue.operator.tripStop(MASTER, 'BTC'),
    /Expected .* to have a live stop in BTC, it has none/,
  )
})

test('modifying a stop keeps it one of its pair', () => {
  const desk = openDesk()
  desk.place(bracket(limit(BTC, 'buy', '101000', '0.1')), 'normalTpsl')
  const moved = { ...trigger(BTC, 'sell', 'sl', '97000', '0.1'), c: cloid(4) }
  assert.deepEqual(desk.submit({ type: 'modify', oid: cloid(3), order: moved, a: true }), { kind: 'default' })
  desk.venue.operator.setMark('BTC', '97000')
  assert.deepEqual(statuses(desk, cloid(4)), ['open', 'triggered', 'filled'])
  assert.equal(statuses(desk, cloid(2)).at(-1), 'siblingFilledCanceled')
})

test('a take-profit that rests and fills as maker cancels its sibling', () => {
  const desk = openDesk()
  const [parent, profit, stop] = bracket(limit(BTC, 'buy', '101000', '0.1'))
  assert.ok(parent !== undefined && profit !== undefined && stop !== undefined)
  const resting = {
    ...profit,
    p: '106000',
    t: { trigger: { isMarket: false, triggerPx: '105000', tpsl: 'tp' } },
  } as const
  desk.place([parent, resting, stop], 'normalTpsl')
  desk.venue.operator.setMark('BTC', '105000')
  assert.equal(statuses(desk, cloid(3)).at(-1), 'open', 'triggered is not filled')
  desk.venue.operator.setMark('BTC', '106100')
  assert.equal(statuses(desk, cloid(2)).at(-1), 'filled')
  assert.equal(statuses(desk, cloid(3)).at(-1), 'siblingFilledCanceled')
})

test('a resting order that closes the position as maker takes the stop with it', () => {
  const desk = openDesk()
  openLong(desk)
  const stop = desk.oid(trigger(BTC, 'sell', 'sl', '98000', '0.1'))
  desk.oid(limit(BTC, 'sell', '101000', '0.1', 'Gtc'))
  desk.venue.operator.setMark('BTC', '101100')
  assert.equal(holding(desk), '0')
  assert.equal(statuses(desk, stop).at(-1), 'reduceOnlyCanceled')
})

test('a child is judged against its resting parent, and fires at once when it is due as the parent fills', () => {
  const desk = openDesk()
  desk.venue.operator.setQuoting('BTC', false)
  const parent = { ...limit(BTC, 'buy', '98000', '0.1', 'Gtc'), c: cloid(1) }
  const profit = { ...trigger(BTC, 'sell', 'tp', '99000', '0.1'), c: cloid(2) }
  assert.deepEqual(
    desk.place([parent, profit], 'normalTpsl').map(({ kind }) => kind),
    ['resting', 'waitingForFill'],
  )
  desk.placeOne(limit(BTC, 'sell', '98000', '0.1'), OTHER)
  const fired = desk.events.some((event) => event.type === 'orderUpdate' && event.state.status === 'triggered')
  assert.ok(fired, 'within the same action, before anybody asks')
  assert.equal(statuses(desk, cloid(1)).at(-1), 'filled')
  assert.deepEqual(statuses(desk, cloid(2)), ['open', 'triggered', 'marketOrderNoLiquidityRejected'])
})

test('the same when a hand fills the parent', () => {
  const desk = openDesk()
  desk.venue.operator.setQuoting('BTC', false)
  const parent = { ...limit(BTC, 'buy', '98000', '0.1', 'Gtc'), c: cloid(1) }
  desk.place([parent, { ...trigger(BTC, 'sell', 'tp', '99000', '0.1'), c: cloid(2) }], 'normalTpsl')
  desk.venue.operator.trade({ user: OTHER, coin: 'BTC', side: 'A', sz: '0.1' })
  assert.equal(statuses(desk, cloid(2)).includes('triggered'), true)
})
