/** Orders: each type's way to its fill, what is refused and what that leaves behind, changes and closes (reference C4). */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Decimal } from '#domain/decimal.ts'
import { ES, NQ, START, USER, openDesk, type Desk, type OrderWords } from './desk.ts'

function mark(desk: Desk, price: string): void {
  desk.venue.operator.setMark(NQ, price)
}

function statuses(desk: Desk, id: number): readonly number[] {
  const history = desk.venue.oracle.ledger(desk.account).orders.find(({ order }) => order.id === id)
  return history?.statuses.map(({ status }) => status) ?? []
}

describe('an order', () => {
  test('at market fills at once, across the spread, rounded outwards to the tick', () => {
    const desk = openDesk({ liquidity: { halfSpreadTicks: 0.5 } })
    const buy = desk.placed({ side: 0 })
    const sell = desk.placed({ side: 1, size: 2 })
    assert.deepEqual([desk.order(buy).filledPrice, desk.order(sell).filledPrice], ['20000.25', '19999.75'])
    assert.equal(desk.held(), -1, 'there is no reduce-only: it went through zero')
    assert.deepEqual(statuses(desk, buy), [6, 1, 2])
  })

  test('at a limit takes what is better, else rests and fills at its price once the price reaches it', () => {
    const desk = openDesk()
    const crossing = desk.placed({ type: 1, limitPrice: '20010' })
    assert.equal(desk.order(crossing).filledPrice, '20000')
    const resting = desk.placed({ type: 1, limitPrice: '19990' })
    mark(desk, '19990.25')
    assert.equal(desk.order(resting).status, 1)
    mark(desk, '19980')
    assert.partialDeepStrictEqual(desk.order(resting), { status: 2, filledPrice: '19990' })
  })

  test('at a limit is touched by the last price even where the spread is wider', () => {
    const desk = openDesk({ liquidity: { halfSpreadTicks: 2 } })
    const resting = desk.placed({ type: 1, limitPrice: '20000' })
    desk.placed()
    assert.equal(desk.order(resting).status, 1, 'at the last price, not at the ask, whoever else trades')
    mark(desk, '20000')
    assert.equal(desk.order(resting).filledPrice, '20000')
  })

  test('joins the bid or the ask', () => {
    const desk = openDesk({ liquidity: { halfSpreadTicks: 1 } })
    assert.equal(desk.order(desk.placed({ type: 6 })).limitPrice, '19999.75')
    assert.equal(desk.order(desk.placed({ type: 7, side: 1 })).limitPrice, '20000.25')
  })

  test('with a stop fires when the last price reaches it and fills where the market then is', () => {
    const desk = openDesk()
    const stop = desk.placed({ type: 4, side: 1, stopPrice: '19990' })
    mark(desk, '19990.25')
    assert.equal(desk.order(stop).status, 1)
    mark(desk, '19970')
    assert.partialDeepStrictEqual(desk.order(stop), { status: 2, filledPrice: '19970' })
    const buyStop = desk.placed({ type: 4, side: 0, stopPrice: '19980' })
    mark(desk, '19980')
    assert.partialDeepStrictEqual(desk.order(buyStop), { status: 2, filledPrice: '19980' })
  })

  test('with a stop and a limit waits, once fired, for its limit', () => {
    const desk = openDesk()
    const order = desk.placed({ type: 3, side: 1, stopPrice: '19990', limitPrice: '19988' })
    mark(desk, '19980')
    assert.equal(desk.order(order).status, 1)
    mark(desk, '19988')
    assert.equal(desk.order(order).filledPrice, '19988')
  })

  test('that trails keeps its distance from the best price, and reads back as a distance', () => {
    const desk = openDesk()
    const trail = desk.placed({ type: 5, side: 1, trailPrice: '19995' })
    assert.partialDeepStrictEqual(desk.order(trail), { stopPrice: '19995', trailPrice: '5', trailDistance: 20 })
    mark(desk, '20020')
    mark(desk, '20016')
    assert.equal(desk.order(trail).stopPrice, '20015')
    mark(desk, '20015')
    assert.partialDeepStrictEqual(desk.order(trail), { status: 2, filledPrice: '20015' })
  })

  test('fills in parts when depth is thin: open with a fill volume, whole after the next price steps', () => {
    const desk = openDesk({ liquidity: { perLevel: 2, levels: 2 } })
    const order = desk.placed({ size: 7 })
    assert.partialDeepStrictEqual(desk.order(order), { status: 1, fillVolume: 4, filledPrice: '20000.125' })
    assert.equal(desk.held(), 4)
    mark(desk, '20000')
    assert.partialDeepStrictEqual(desk.order(order), { status: 2, fillVolume: 7 })
  })
})

describe('a placement', () => {
  const refused: readonly (readonly [words: OrderWords, code: number, text: RegExp])[] = [
    [{ type: 0 }, 2, /Invalid order type \(0\)/],
    [{ side: 2 }, 2, /Invalid order side \(2\)/],
    [{ size: 0 }, 2, /Invalid order size \(0\)/],
    [{ type: 1 }, 2, /limit price/],
    [{ type: 1, limitPrice: '20000.1' }, 2, /multiple of the tick size/],
    [{ type: 4, side: 1, stopPrice: '20001' }, 2, /below the last price/],
    [{ type: 4, side: 0 }, 2, /stop price/],
    [{ type: 5, side: 1, trailPrice: '19749.75' }, 2, /at most 1000 ticks/],
    [
      { side: 1, stopLossBracket: { ticks: 10, type: 4 }, takeProfitBracket: { ticks: 30, type: 1 } },
      2,
      /^Invalid take profit ticks \(30\)\. Ticks should be less than zero when going short\.$/,
    ],
    [{ stopLossBracket: { ticks: 10, type: 4 } }, 2, /^Invalid stop loss ticks \(10\).*less than zero when going long/],
    [{ stopLossBracket: { ticks: -10, type: 1 } }, 2, /Invalid stop loss type/],
    [{ takeProfitBracket: { ticks: 10, type: 2 } }, 2, /Invalid take profit type/],
  ]
  for (const [words, code, text] of refused) {
    test(`${JSON.stringify(words)} is refused, leaves a rejected row with its id, and burns its tag`, () => {
      const desk = openDesk()
      const verdict = desk.place({ ...words, customTag: 'a.1' })
      assert.equal(verdict.errorCode, code)
      assert.match(verdict.errorMessage ?? '', text)
      const [history] = desk.venue.oracle.ordersByTag(desk.account, 'a.1')
      assert.partialDeepStrictEqual(history, { order: { id: verdict.orderId, status: 5, fillVolume: 0 } })
      assert.match(desk.place({ customTag: 'a.1' }).errorMessage ?? '', /custom tag already in use/)
      assert.equal(desk.held(), 0)
    })
  }

  test('with a tag used before is refused for all time and leaves nothing', () => {
    const desk = openDesk()
    desk.placed({ customTag: 'a.1' })
    desk.at(START + 365 * 86_400_000)
    const repeat = desk.place({ customTag: 'a.1', contractId: 'CON.F.US.ENQ.H27' })
    assert.equal(repeat.errorCode, 2)
    assert.match(repeat.errorMessage ?? '', /custom tag already in use/)
    assert.equal(repeat.orderId, null)
    assert.equal(desk.venue.oracle.ordersByTag(desk.account, 'a.1').length, 1)
  })

  test('for another user’s account finds none', () => {
    const desk = openDesk()
    const other = desk.venue.operator.createAccount({ name: 'PRAC-V2-2', userName: 'else', balance: '1' })
    assert.equal(desk.place({ accountId: other.id }).errorCode, 1)
  })

  test('outside Globex hours gets code 5 and a rejected row', () => {
    const desk = openDesk()
    desk.at(Date.parse('2026-01-06T22:30:00Z'))
    const verdict = desk.place({ customTag: 'a.1' })
    assert.equal(verdict.errorCode, 5)
    assert.equal(desk.order(verdict.orderId ?? 0).status, 5)
    desk.at(Date.parse('2026-01-06T23:00:00Z'))
    assert.equal(desk.place().errorCode, 0)
  })

  test('for a follower, a live or a locked account is refused in the account’s terms', () => {
    const desk = openDesk()
    const order = desk.placed({ type: 1, limitPrice: '19000' })
    const request = { accountId: desk.account, orderId: order }
    const modify = { ...request, size: 2, limitPrice: null, stopPrice: null, trailPrice: null }
    desk.venue.operator.setAccount(desk.account, { follower: true })
    assert.deepEqual(desk.venue.trading.cancel(USER, request), {
      errorCode: 6,
      errorMessage: 'Follower accounts cannot cancel orders',
    })
    assert.equal(desk.place().errorCode, 10)
    desk.venue.operator.setAccount(desk.account, { follower: false, simulated: false })
    assert.deepEqual(desk.venue.trading.modify(USER, modify), {
      errorCode: 6,
      errorMessage: 'Live accounts not supported',
    })
    assert.equal(desk.venue.trading.close(USER, { accountId: desk.account, contractId: NQ }).errorCode, 8)
    assert.equal(desk.venue.trading.close(USER, { accountId: desk.account, contractId: NQ, size: 1 }).errorCode, 9)
    desk.venue.operator.setAccount(desk.account, { simulated: true, canTrade: false })
    assert.equal(desk.place().errorCode, 4)
    assert.equal(desk.venue.trading.cancel(USER, request).errorCode, 0)
  })
})

describe('changes', () => {
  const none = { size: null, limitPrice: null, stopPrice: null, trailPrice: null }

  test('a modified limit that crosses fills at once; what is null stays', () => {
    const desk = openDesk()
    const orderId = desk.placed({ type: 1, limitPrice: '19000' })
    const modify = (terms: object) =>
      desk.venue.trading.modify(USER, { accountId: desk.account, orderId, ...none, ...terms })
    assert.equal(modify({ size: 3 }).errorCode, 0)
    assert.partialDeepStrictEqual(desk.order(orderId), { size: 3, limitPrice: '19000' })
    assert.equal(modify({ limitPrice: new Decimal('19000.1') }).errorCode, 3)
    assert.equal(modify({ limitPrice: new Decimal('20001') }).errorCode, 0)
    assert.partialDeepStrictEqual(desk.order(orderId), { status: 2, fillVolume: 3, filledPrice: '20000' })
    assert.equal(modify({ size: 4 }).errorCode, 3)
  })

  test('stops and trails move, but not to the wrong side of the market', () => {
    const desk = openDesk()
    const stop = desk.placed({ type: 4, side: 1, stopPrice: '19990' })
    const trail = desk.placed({ type: 5, side: 1, trailPrice: '19990' })
    const modify = (orderId: number, terms: object) =>
      desk.venue.trading.modify(USER, { accountId: desk.account, orderId, ...none, ...terms }).errorCode
    assert.equal(modify(stop, { stopPrice: new Decimal('20001') }), 3)
    assert.equal(modify(stop, { stopPrice: new Decimal('19995') }), 0)
    assert.equal(desk.order(stop).stopPrice, '19995')
    assert.equal(modify(trail, { trailPrice: new Decimal('19999') }), 0)
    assert.partialDeepStrictEqual(desk.order(trail), { stopPrice: '19999', trailPrice: '1' })
    assert.equal(modify(stop, { size: 0 }), 3)
  })

  test('what is not there is not found; what has ended is rejected', () => {
    const desk = openDesk()
    const orderId = desk.placed()
    const cancel = (accountId: number, id: number) =>
      desk.venue.trading.cancel(USER, { accountId, orderId: id }).errorCode
    assert.deepEqual([cancel(1, orderId), cancel(desk.account, 1), cancel(desk.account, orderId)], [1, 2, 3])
  })
})

describe('closing a contract', () => {
  const close = (desk: Desk, words: object = {}) =>
    desk.venue.trading.close(USER, { accountId: desk.account, contractId: NQ, ...words })

  test('sells out without a tag and leaves stops and targets behind', () => {
    const desk = openDesk()
    desk.placed({
      size: 3,
      customTag: 'a.1',
      stopLossBracket: { ticks: -40, type: 4 },
      takeProfitBracket: { ticks: 40, type: 1 },
    })
    assert.deepEqual(close(desk, { size: 2 }), { errorCode: 0, errorMessage: null })
    assert.equal(desk.held(), 1)
    assert.deepEqual(close(desk), { errorCode: 0, errorMessage: null })
    assert.equal(desk.held(), 0)
    const { orders } = desk.venue.oracle.ledger(desk.account)
    assert.equal(orders.filter(({ order }) => order.status === 1).length, 2, 'orphans')
    assert.equal(orders.at(-1)?.order.customTag, null)
    mark(desk, '19980')
    assert.equal(desk.held(), -3, 'an orphan stop opens the other side')
  })

  test('refuses with codes that differ between whole and part', () => {
    const desk = openDesk()
    assert.equal(close(desk).errorCode, 2)
    assert.equal(close(desk, { contractId: 'nothing' }).errorCode, 3)
    assert.equal(close(desk, { contractId: 'CON.F.US.ENQ.H25' }).errorCode, 4)
    assert.equal(close(desk, { accountId: 1 }).errorCode, 1)
    desk.placed()
    assert.equal(close(desk, { size: 2 }).errorCode, 5)
    assert.equal(close(desk, { size: 0 }).errorCode, 5)
    desk.at(Date.parse('2026-01-06T22:30:00Z'))
    assert.deepEqual(close(desk, { size: 1 }), { errorCode: 6, errorMessage: null })
    assert.deepEqual(close(desk), { errorCode: 5, errorMessage: null })
  })
})

test('prices that move while the market is closed meet the orders when it opens', () => {
  const desk = openDesk()
  const stop = desk.placed({ type: 4, side: 1, stopPrice: '19990' })
  const elsewhere = desk.placed({ contractId: ES, type: 1, limitPrice: '5000' })
  desk.at(Date.parse('2026-01-06T22:30:00Z'))
  mark(desk, '19900')
  assert.equal(desk.order(stop).status, 1)
  desk.at(Date.parse('2026-01-06T23:00:00Z'))
  assert.partialDeepStrictEqual(desk.order(stop), { status: 2, filledPrice: '19900' })
  assert.equal(desk.order(elsewhere).status, 1)
})
