/** The firm's hand: the end of its day at 15:10 in Chicago, and loss limits measured with open PnL (reference C6 and E2). */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { NQ, openDesk } from './desk.ts'

const COMBINE = '50KTC-V2-DLL-645601-97590973'

describe('the firm’s end of the day', () => {
  for (const [season, flatBy, again] of [
    ['winter', '2026-01-06T21:10:00Z', '2026-01-06T23:00:00Z'],
    ['summer, after the clocks went forward', '2026-03-09T20:10:00Z', '2026-03-09T22:00:00Z'],
    ['the day the clocks went back', '2026-11-02T21:10:00Z', '2026-11-02T23:00:00Z'],
  ] as const) {
    test(`closes and cancels everything at 15:10, refuses until 17:00: ${season}`, () => {
      const desk = openDesk({}, COMBINE)
      desk.at(Date.parse(flatBy) - 60_000)
      const contractId = desk.venue.market.available().find(({ activeContract }) => activeContract)?.id ?? ''
      desk.placed({ contractId, size: 2, customTag: 'a.1' })
      const resting = desk.placed({ contractId, type: 1, limitPrice: '19000' })
      desk.at(Date.parse(flatBy) - 1)
      assert.equal(desk.held(contractId), 2)
      desk.at(Date.parse(flatBy))
      assert.equal(desk.held(contractId), 0)
      assert.equal(desk.order(resting).status, 3)
      const last = desk.venue.oracle.ledger(desk.account).orders.at(-1)
      assert.partialDeepStrictEqual(last, { origin: 'venue', order: { customTag: null, status: 2, type: 2, side: 1 } })
      assert.equal(desk.place({ contractId }).errorCode, 5)
      desk.at(Date.parse(again) - 1)
      assert.equal(desk.place({ contractId }).errorCode, 5)
      desk.at(Date.parse(again))
      assert.equal(desk.place({ contractId }).errorCode, 0)
    })
  }

  test('leaves practice accounts alone, and everyone when it is switched off', () => {
    for (const desk of [openDesk({}, 'PRAC-V2-1'), openDesk({ rules: { autoLiquidation: false } }, COMBINE)]) {
      desk.placed()
      desk.at(Date.parse('2026-01-06T21:30:00Z'))
      assert.equal(desk.held(), 1)
      assert.equal(desk.place().errorCode, 0)
    }
  })

  test('happens on time even when nobody asks until days later', () => {
    const desk = openDesk({}, COMBINE)
    desk.placed()
    desk.at(Date.parse('2026-01-09T18:00:00Z'))
    assert.equal(new Date(desk.trades()[1]?.creationTimestamp.ms ?? 0).toISOString(), '2026-01-06T21:10:00.000Z')
  })
})

describe('the daily loss limit', () => {
  test('counts open PnL, flattens, and gives the right to trade back at 17:00', () => {
    const desk = openDesk()
    desk.venue.operator.setLimits(desk.account, { dailyLoss: '1000' })
    desk.placed()
    desk.venue.operator.setMark(NQ, '19950.25')
    assert.equal(desk.held(), 1)
    desk.venue.operator.setMark(NQ, '19950')
    assert.equal(desk.held(), 0)
    assert.partialDeepStrictEqual(desk.venue.oracle.ledger(desk.account), {
      account: { canTrade: false, balance: '48996.2' },
      lock: 'day',
    })
    assert.equal(desk.place().errorCode, 4)
    desk.at(Date.parse('2026-01-06T23:00:00Z'))
    assert.equal(desk.venue.oracle.ledger(desk.account).account.canTrade, true)
    desk.placed()
    desk.venue.operator.setMark(NQ, '19901')
    assert.equal(desk.held(), 1, 'the new day counts from its own balance')
  })
})

describe('the maximum loss limit', () => {
  test('locks for good', () => {
    const desk = openDesk()
    desk.venue.operator.setLimits(desk.account, { maxLoss: '2000' })
    desk.placed()
    desk.venue.operator.setMark(NQ, '19900')
    assert.equal(desk.venue.oracle.ledger(desk.account).lock, 'final')
    desk.at(Date.parse('2026-01-08T00:00:00Z'))
    assert.equal(desk.place().errorCode, 4)
  })

  test('trails the balance of the day’s end up to what was put in', () => {
    const desk = openDesk()
    desk.venue.operator.setLimits(desk.account, { maxLoss: '2000' })
    desk.placed()
    desk.venue.operator.setMark(NQ, '20060')
    desk.placed({ side: 1 })
    desk.at(Date.parse('2026-01-06T23:00:00Z'))
    desk.placed()
    // Balance 51194.3 at the day's end: the floor is 49194.3, and 100 points lower would be 49194.3.
    desk.venue.operator.setMark(NQ, '19960.25')
    assert.equal(desk.held(), 1)
    desk.venue.operator.setMark(NQ, '19960')
    assert.equal(desk.held(), 0)
  })
})
