/** Matching and the rows it makes: priority, self-trade, fees, chains, flips, what moving prices do to resting orders. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AGENT, BTC, ETH, MASTER, OTHER, START, THIRD, cloid, limit, newestFill, openDesk } from './trader.ts'

test('a real resting order trades before worse quotes, at its own price, as maker', () => {
  const desk = openDesk()
  const maker = desk.oid(limit(BTC, 'sell', '100005', '0.1', 'Gtc'), OTHER)
  const leg = desk.placeOne({ ...limit(BTC, 'buy', '101000', '0.2'), c: cloid(5) })
  assert.ok(leg.kind === 'filled')
  assert.equal(leg.avgPx, '100007.5')
  const made = newestFill(desk, OTHER)
  assert.deepEqual(
    [made.oid, made.px, made.crossed, made.fee, made.dir],
    [maker, '100005', false, '1.500075', 'Open Short'],
  )
  assert.equal('cloid' in made, false)
  const taken = desk.venue.account.fillsByTime(MASTER, { startTime: START })
  assert.deepEqual(
    taken.map(({ px, startPosition }) => [px, startPosition]),
    [
      ['100005', '0'],
      ['100010', '0.1'],
    ],
  )
  assert.equal(taken[0]?.tid, made.tid, 'both sides of a trade share its id')
  assert.deepEqual(new Set(taken.map(({ hash }) => hash)), new Set([made.hash]), 'one action, one hash')
  assert.equal(taken[0]?.cloid, cloid(5))
})

test('equal prices trade in order of arrival', () => {
  const desk = openDesk()
  desk.oid(limit(BTC, 'buy', '99999', '0.1', 'Gtc'), OTHER)
  desk.oid(limit(BTC, 'buy', '99999', '0.1', 'Gtc'), THIRD)
  desk.placeOne(limit(BTC, 'sell', '99999', '0.15'))
  assert.deepEqual(
    [OTHER, THIRD].map((user) => desk.venue.account.fills(user).map(({ sz }) => sz)),
    [['0.1'], ['0.05']],
  )
  assert.equal(desk.venue.account.openOrders(THIRD)[0]?.sz, '0.05')
})

test('meeting an own resting order cancels the resting one and goes on', () => {
  const desk = openDesk()
  const resting = desk.oid(limit(BTC, 'sell', '100005', '0.1', 'Gtc'))
  assert.equal(desk.placeOne(limit(BTC, 'buy', '101000', '0.1')).kind, 'filled')
  assert.equal(desk.venue.account.orderStatus(MASTER, resting)?.status, 'selfTradeCanceled')
  assert.equal(desk.venue.account.fills(MASTER).length, 1)
  assert.ok(desk.events.some((event) => event.type === 'nonUserCancel' && event.oid === resting))
})

test('a resting order fills as maker when the price comes to it', () => {
  const desk = openDesk()
  const oid = desk.oid(limit(BTC, 'buy', '99000', '0.1', 'Gtc'))
  desk.venue.operator.setMark('BTC', '99500')
  assert.equal(desk.venue.account.orderStatus(MASTER, oid)?.status, 'open')
  desk.venue.operator.setMark('BTC', '98900')
  assert.equal(desk.venue.account.orderStatus(MASTER, oid)?.status, 'filled')
  const [fill] = desk.venue.account.fills(MASTER)
  assert.deepEqual([fill?.px, fill?.crossed], ['99000', false])
})

test('a resting order met by thin quotes fills partly and stays open', () => {
  const desk = openDesk({ quotes: { levels: 1, levelUsd: '9890', jitter: '0' } })
  const oid = desk.oid(limit(BTC, 'buy', '99000', '0.3', 'Gtc'))
  desk.venue.operator.setMark('BTC', '98900')
  const state = desk.venue.account.orderStatus(MASTER, oid)
  assert.deepEqual([state?.status, state?.order.sz, state?.order.origSz], ['open', '0.2', '0.3'])
  const updates = desk.events.filter((event) => event.type === 'orderUpdate' && event.state.order.oid === oid)
  assert.deepEqual(
    updates.map((event) => event.type === 'orderUpdate' && event.state.order.sz),
    ['0.3', '0.2'],
  )
  const [history] = desk.venue.oracle.ledger(MASTER).orders
  assert.deepEqual(
    history?.statuses.map(({ status }) => status),
    ['open'],
  )
})

test('a maker that can no longer carry its order is cancelled for margin', () => {
  const desk = openDesk({ quotes: { levelUsd: '2000000' } })
  const oid = desk.oid(limit(BTC, 'buy', '99000', '15', 'Gtc'))
  desk.venue.operator.trade({ user: MASTER, coin: 'ETH', side: 'B', sz: '300' })
  desk.venue.operator.setMark('BTC', '98000')
  assert.equal(desk.venue.account.orderStatus(MASTER, oid)?.status, 'marginCanceled')
  assert.equal(
    desk.venue.account.fills(MASTER).some(({ coin }) => coin === 'BTC'),
    false,
  )
})

test('a flip is one row that closes and opens', () => {
  const desk = openDesk()
  desk.placeOne(limit(BTC, 'buy', '101000', '0.1'))
  desk.placeOne(limit(BTC, 'sell', '99000', '0.3'))
  const [flip] = desk.venue.account.fills(MASTER)
  assert.deepEqual(
    [flip?.dir, flip?.startPosition, flip?.sz, flip?.closedPnl, flip?.fee],
    ['Long > Short', '0.1', '0.3', '-2', '13.49865'],
  )
  assert.deepEqual(desk.venue.oracle.ledger(MASTER).positions, [{ coin: 'BTC', szi: '-0.2', entryPx: '99990' }])
})

test('the side of a fill says which way it went, and opening pays no result', () => {
  const desk = openDesk()
  desk.placeOne(limit(ETH, 'sell', '3400', '1'))
  desk.placeOne(limit(ETH, 'buy', '3600', '1'))
  const [close, open] = desk.venue.account.fills(MASTER)
  assert.deepEqual([open?.side, open?.dir, open?.closedPnl], ['A', 'Open Short', '0'])
  assert.deepEqual([close?.side, close?.dir, close?.closedPnl, close?.feeToken], ['B', 'Close Short', '-0.8', 'USDC'])
})

test('a reduce-only order never trades more than the position, and goes when it is gone', () => {
  const desk = openDesk()
  desk.placeOne(limit(BTC, 'buy', '101000', '0.2'))
  const oid = desk.oid({ ...limit(BTC, 'sell', '100500', '0.2', 'Gtc'), r: true })
  desk.placeOne(limit(BTC, 'sell', '99000', '0.15'))
  desk.venue.operator.setMark('BTC', '101000')
  const state = desk.venue.account.orderStatus(MASTER, oid)
  assert.deepEqual([state?.status, state?.order.sz], ['reduceOnlyCanceled', '0.15'])
  assert.deepEqual(desk.venue.oracle.ledger(MASTER).positions, [])
})

test('closing the position cancels its reduce-only orders', () => {
  const desk = openDesk()
  desk.placeOne(limit(BTC, 'buy', '101000', '0.2'))
  const oid = desk.oid({ ...limit(BTC, 'sell', '110000', '0.1', 'Gtc'), r: true })
  desk.placeOne(limit(BTC, 'sell', '99000', '0.2'))
  assert.equal(desk.venue.account.orderStatus(MASTER, oid)?.status, 'reduceOnlyCanceled')
})

test('a reduce-only order larger than the position is refused, or clamped by the switch', () => {
  for (const rule of ['reject', 'clamp'] as const) {
    const desk = openDesk({ rules: { reduceOnlyOversize: rule } })
    desk.placeOne(limit(BTC, 'buy', '101000', '0.1'))
    const leg = desk.placeOne({ ...limit(BTC, 'sell', '99000', '0.3'), r: true })
    if (rule === 'reject') assert.equal(leg.kind, 'error')
    else assert.equal(leg.kind === 'filled' && leg.totalSz, '0.1')
    assert.equal(desk.venue.oracle.ledger(MASTER).positions.length, rule === 'reject' ? 1 : 0)
  }
})

test('reduce-only orders are exempt from the minimum, or not by the switch', () => {
  for (const exempt of [true, false]) {
    const desk = openDesk({ rules: { reduceOnlyExemptFromMinimum: exempt } })
    desk.placeOne(limit(BTC, 'buy', '101000', '0.1'))
    const leg = desk.placeOne({ ...limit(BTC, 'sell', '99000', '0.00005'), r: true })
    assert.equal(leg.kind, exempt ? 'filled' : 'error')
  }
})

test('one trade is one public print naming buyer and seller', () => {
  const desk = openDesk()
  desk.oid(limit(BTC, 'sell', '100005', '0.1', 'Gtc'), OTHER)
  desk.placeOne(limit(BTC, 'buy', '100005', '0.1'))
  const [print] = desk.venue.market.trades('BTC')
  assert.deepEqual(
    [print?.side, print?.px, print?.sz, print?.time, print?.users],
    ['B', '100005', '0.1', START, [MASTER, OTHER]],
  )
  assert.ok(Number.isSafeInteger(print?.tid) && (print?.tid ?? 0) < 2 ** 50)
})

test('events of one action come as one batch, fills before nothing else is told twice', () => {
  const desk = openDesk()
  desk.events.length = 0
  desk.placeOne(limit(BTC, 'buy', '101000', '0.1'), AGENT)
  assert.deepEqual(
    desk.events.map(({ type }) => type),
    ['fill', 'trade', 'orderUpdate', 'book', 'account'],
  )
})

test('two actions have two hashes', () => {
  const desk = openDesk()
  desk.placeOne(limit(BTC, 'buy', '101000', '0.1'))
  desk.placeOne(limit(BTC, 'buy', '101000', '0.1'))
  assert.equal(new Set(desk.venue.account.fills(MASTER).map(({ hash }) => hash)).size, 2)
})

test('what a clamped reduce-only order cannot trade never rests', () => {
  const desk = openDesk({ rules: { reduceOnlyOversize: 'clamp' } })
  desk.placeOne(limit(BTC, 'buy', '101000', '0.1'))
  desk.placeOne({ ...limit(BTC, 'sell', '99000', '0.3', 'Gtc'), r: true })
  const history = desk.venue.oracle.ledger(MASTER).orders.at(-1)
  assert.deepEqual([history?.filledSz, history?.statuses.map(({ status }) => status)], ['0.1', ['reduceOnlyCanceled']])
})
