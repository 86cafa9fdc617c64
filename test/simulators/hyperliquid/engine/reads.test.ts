/** Reads: page limits, retention, order, market data, unknown addresses. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BTC, MASTER, START, limit, openDesk, type Desk } from './trader.ts'

/** `n` fills, two in every millisecond, sizes 0.001, 0.002, …; tids identify them. */
function manyFills(desk: Desk, n: number): readonly number[] {
  for (let index = 0; index < n; index++) {
    desk.placeOne(limit(BTC, 'buy', '101000', '0.001'))
    if (index % 2 === 1) desk.advance(1)
  }
  return desk.venue.oracle.ledger(MASTER).fills.map(({ tid }) => tid)
}

const tidsOf = (fills: readonly { readonly tid: number }[]): readonly number[] => fills.map(({ tid }) => tid)

test('fills by time come oldest first, inclusive at both ends, capped at the oldest', () => {
  const desk = openDesk({ limits: { fillsPerAnswer: 5 } })
  const all = manyFills(desk, 12)
  const { account } = desk.venue
  assert.deepEqual(tidsOf(account.fillsByTime(MASTER, { startTime: START })), all.slice(0, 5))
  assert.deepEqual(tidsOf(account.fillsByTime(MASTER, { startTime: START + 2 })), all.slice(4, 9))
  assert.deepEqual(tidsOf(account.fillsByTime(MASTER, { startTime: START + 1, endTime: START + 2 })), all.slice(2, 6))
  const reversed = account.fillsByTime(MASTER, { startTime: START, reversed: true })
  assert.deepEqual(tidsOf(reversed), all.slice(-5).toReversed())
})

test('paging from the last time with duplicates dropped finds every fill; one millisecond more skips siblings', () => {
  const desk = openDesk({ limits: { fillsPerAnswer: 5 } })
  const all = manyFills(desk, 23)
  const collect = (step: number): readonly number[] => {
    const seen = new Set<number>()
    for (let startTime = START; ;) {
      const page = desk.venue.account.fillsByTime(MASTER, { startTime })
      const before = seen.size
      for (const { tid } of page) seen.add(tid)
      const last = page.at(-1)
      if (last === undefined || seen.size === before) return [...seen]
      startTime = last.time + step
    }
  }
  assert.deepEqual(collect(0), all)
  assert.ok(collect(1).length < all.length)
})

test('userFills is newest first and capped; only the newest are retained', () => {
  const desk = openDesk({ limits: { fillsPerAnswer: 4, fillsRetained: 6 } })
  const all = manyFills(desk, 10)
  assert.deepEqual(tidsOf(desk.venue.account.fills(MASTER)), all.slice(-4).toReversed())
  assert.deepEqual(tidsOf(desk.venue.account.fillsByTime(MASTER, { startTime: 0 })), all.slice(4, 8))
  assert.equal(desk.venue.oracle.ledger(MASTER).fills.length, 10, 'the oracle forgets nothing')
})

test('historical orders are newest first and capped', () => {
  const desk = openDesk({ limits: { ordersPerAnswer: 3 } })
  const oids = [1, 2, 3, 4].map(() => desk.oid(limit(BTC, 'buy', '101000', '0.001')))
  assert.deepEqual(
    desk.venue.account.historicalOrders(MASTER).map(({ order }) => order.oid),
    oids.slice(1).toReversed(),
  )
})

test('the open order cap lets nothing restricted in at the base limit', () => {
  const desk = openDesk({ limits: { openOrders: 2 } })
  desk.placeOne(limit(BTC, 'buy', '101000', '0.1'))
  desk.oid(limit(BTC, 'buy', '99000', '0.1', 'Gtc'))
  desk.oid(limit(BTC, 'buy', '99000', '0.1', 'Gtc'))
  const leg = desk.placeOne({ ...limit(BTC, 'sell', '110000', '0.1', 'Gtc'), r: true })
  assert.equal(leg.kind, 'error')
  assert.equal(desk.venue.account.historicalOrders(MASTER)[0]?.status, 'tooManyOpenOrdersRejected')
  assert.equal(desk.placeOne(limit(BTC, 'buy', '99000', '0.1', 'Gtc')).kind, 'resting')
})

test('an unknown address answers as an empty account', () => {
  const { account } = openDesk().venue
  const nobody = `0x${'00'.repeat(20)}`
  assert.equal(account.clearinghouse(nobody).marginSummary.accountValue, '0')
  assert.deepEqual([account.fills(nobody), account.openOrders(nobody), account.agents(nobody)], [[], [], []])
  assert.equal(account.orderStatus(nobody, 1), undefined)
})

test('the book shows levels best first around the mark, with real orders in them', () => {
  const desk = openDesk({ quotes: { jitter: '0' } })
  const book = desk.venue.market.book('BTC')
  assert.deepEqual(
    book?.bids.map(({ px }) => px),
    ['99990', '99970', '99950', '99930', '99910'],
  )
  assert.deepEqual(
    book?.asks.map(({ px }) => px),
    ['100010', '100030', '100050', '100070', '100090'],
  )
  desk.placeOne(limit(BTC, 'buy', '99990', '0.5', 'Gtc'))
  assert.deepEqual(desk.venue.market.book('BTC', 1)?.bids, [{ px: '99990', sz: '1', n: 2 }])
  assert.equal(desk.venue.market.book('XYZ'), undefined)
  assert.equal(desk.venue.market.mids().get('BTC'), '100000')
})

test('prices of every instrument keep to their ticks', () => {
  const desk = openDesk()
  for (const { name, szDecimals } of desk.venue.market.perps()) {
    for (const mark of ['0.98765', '12.345', '987.65', '34567']) {
      desk.venue.operator.setMark(name, mark)
      const book = desk.venue.market.book(name)
      for (const { px } of [...(book?.bids ?? []), ...(book?.asks ?? [])]) {
        const digits = px.replace('.', '').replace(/^0+/, '')
        assert.ok(!px.includes('.') || digits.length <= 5, `${name} ${px}`)
        assert.ok((px.split('.')[1] ?? '').length <= 6 - szDecimals, `${name} ${px}`)
      }
    }
  }
})

test('open interest is what is held long', () => {
  const desk = openDesk()
  desk.placeOne(limit(BTC, 'buy', '101000', '0.3'))
  assert.equal(desk.venue.market.context('BTC')?.openInterest, '0.3')
})
