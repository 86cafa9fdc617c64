/** The bracket lifecycle: 8 while the entry waits, 1 with absolute prices once it fills, 3 when the other leg has filled (reference C4). */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { NQ, USER, openDesk, type Desk, type OrderWords } from './desk.ts'

const BRACKET: OrderWords = {
  size: 2,
  customTag: 'a.1',
  stopLossBracket: { ticks: -10, type: 4 },
  takeProfitBracket: { ticks: 20, type: 1 },
}

function rows(desk: Desk) {
  return desk.venue.oracle.ledger(desk.account).orders.map(({ order }) => order)
}

describe('a bracket', () => {
  test('sleeps with the ids, tags and links of its entry, and no open-orders list shows it', () => {
    const desk = openDesk()
    const entry = desk.placed({ ...BRACKET, type: 1, limitPrice: '19990' })
    assert.partialDeepStrictEqual(rows(desk), [
      { id: entry, status: 1, customTag: 'a.1', parentOrderId: null },
      { id: entry + 1, status: 8, type: 4, side: 1, customTag: 'a.1-SL', parentOrderId: entry, stopPrice: null },
      {
        id: entry + 2,
        status: 8,
        type: 1,
        side: 1,
        customTag: 'a.1-TP',
        parentOrderId: entry,
        linkedOrderId: entry + 1,
      },
    ])
    const announced = desk.events.flatMap((event) => (event.type === 'order' ? [event.row.id] : []))
    assert.deepEqual(announced.slice(0, 3), [entry + 1, entry, entry + 2])
    const stamps = new Set(rows(desk).map(({ creationTimestamp }) => JSON.stringify(creationTimestamp)))
    assert.equal(stamps.size, 1)
  })

  test('wakes at prices counted from the fill; one leg fills, the other is cancelled', () => {
    const desk = openDesk()
    const entry = desk.placed({ ...BRACKET, type: 1, limitPrice: '19990' })
    desk.venue.operator.setMark(NQ, '19990')
    assert.partialDeepStrictEqual(rows(desk), [
      { status: 2, filledPrice: '19990' },
      { status: 1, stopPrice: '19987.5', size: 2 },
      { status: 1, limitPrice: '19995', size: 2 },
    ])
    desk.venue.operator.setMark(NQ, '19995')
    assert.deepEqual(
      rows(desk).map(({ status }) => status),
      [2, 3, 2],
    )
    assert.equal(desk.held(), 0)
    assert.deepEqual(
      desk.trades().map(({ orderId, profitAndLoss }) => [orderId, profitAndLoss]),
      [
        [entry, null],
        [entry + 2, '200'],
      ],
    )
  })

  test('of a short counts the other way', () => {
    const desk = openDesk()
    desk.placed({ side: 1, stopLossBracket: { ticks: 10, type: 4 }, takeProfitBracket: { ticks: -20, type: 1 } })
    assert.partialDeepStrictEqual(rows(desk), [
      { customTag: null },
      { side: 0, stopPrice: '20002.5', customTag: null },
      { side: 0, limitPrice: '19995' },
    ])
    desk.venue.operator.setMark(NQ, '20003')
    assert.deepEqual(
      rows(desk).map(({ status }) => status),
      [2, 2, 3],
    )
  })

  test('with a trailing stop follows the price from the fill on', () => {
    const desk = openDesk()
    desk.placed({ stopLossBracket: { ticks: -20, type: 5 } })
    desk.venue.operator.setMark(NQ, '20010')
    assert.partialDeepStrictEqual(rows(desk)[1], { status: 1, stopPrice: '20005', trailPrice: '5' })
    desk.venue.operator.setMark(NQ, '20004')
    assert.equal(desk.held(), 0)
  })

  test('is refused in Position Brackets mode, but the order row is there', () => {
    const desk = openDesk()
    desk.venue.operator.setAccount(desk.account, { brackets: 'position' })
    const verdict = desk.place(BRACKET)
    assert.equal(verdict.errorCode, 2)
    assert.equal(
      verdict.errorMessage,
      'Brackets cannot be used with Position Brackets. You must enable Auto OCO Brackets.',
    )
    assert.partialDeepStrictEqual(rows(desk), [{ id: verdict.orderId, status: 5 }])
    assert.equal(desk.place({ ...BRACKET, customTag: 'a.2', stopLossBracket: { ticks: -1, type: 4 } }).errorCode, 2)
    assert.equal(desk.place().errorCode, 0)
  })

  test('stays asleep when its entry is cancelled, unless told to go with it', () => {
    for (const [rules, status] of [
      [{}, 8],
      [{ entryCancelLeavesChildren: false }, 3],
    ] as const) {
      const desk = openDesk({ rules })
      const orderId = desk.placed({ ...BRACKET, type: 1, limitPrice: '19990' })
      desk.venue.trading.cancel(USER, { accountId: desk.account, orderId })
      assert.deepEqual(
        rows(desk).map((row) => row.status),
        [3, status, status],
      )
    }
  })

  test('protects what a cancelled entry has filled', () => {
    const desk = openDesk({ liquidity: { perLevel: 1, levels: 1 } })
    const orderId = desk.placed({ ...BRACKET, size: 3 })
    assert.partialDeepStrictEqual(rows(desk), [{ status: 1, fillVolume: 1 }, { status: 8 }, { status: 8 }])
    desk.venue.trading.cancel(USER, { accountId: desk.account, orderId })
    assert.partialDeepStrictEqual(rows(desk), [{ status: 3 }, { status: 1, size: 1 }, { status: 1, size: 1 }])
  })

  test('asleep has no prices to modify, only a size', () => {
    const desk = openDesk()
    const entry = desk.placed({ ...BRACKET, type: 1, limitPrice: '19990' })
    const none = { limitPrice: null, stopPrice: null, trailPrice: null }
    const request = { accountId: desk.account, orderId: entry + 1, size: 1, ...none }
    assert.equal(desk.venue.trading.modify(USER, request).errorCode, 0)
    const mark = desk.venue.operator.quote(NQ)
    assert.equal(mark.lastPrice, '20000')
  })
})
