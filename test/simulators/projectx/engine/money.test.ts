/** Money: lots first in, first out, half-turns, costs apart, weighted averages, and trades taken back (reference C4). */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ES, NQ, openDesk, type Desk } from './desk.ts'

function at(desk: Desk, contractId: string, price: string, side: 0 | 1, size: number): void {
  desk.venue.operator.setMark(contractId, price)
  desk.placed({ contractId, side, size })
}

describe('half-turns', () => {
  test('reproduce the captured round trip: 6064.25 to 6065.25 in ES is 50.0 gross of twice 1.4', () => {
    const desk = openDesk({ products: { ES: { commissions: '0' } } })
    at(desk, ES, '6064.25', 0, 1)
    at(desk, ES, '6065.25', 1, 1)
    assert.partialDeepStrictEqual(desk.trades(), [
      { price: '6064.25', profitAndLoss: null, fees: '1.4', side: 0, size: 1, voided: false },
      { price: '6065.25', profitAndLoss: '50', fees: '1.4', side: 1, size: 1, voided: false },
    ])
    const { equity } = desk.venue.oracle.ledger(desk.account)
    assert.partialDeepStrictEqual(equity, { profitAndLoss: '50', fees: '2.8', balance: '50047.2', equity: '50047.2' })
  })

  test('match lots first in, first out: a close over two lots is two rows of one order, apart from the average', () => {
    const desk = openDesk()
    at(desk, NQ, '20000', 0, 1)
    at(desk, NQ, '20010', 0, 2)
    assert.equal(desk.venue.account.positions(desk.account)[0]?.averagePrice, '20006.666666667')
    at(desk, NQ, '20020', 1, 2)
    const closing = desk.trades().slice(2)
    assert.deepEqual(
      closing.map(({ size, profitAndLoss, fees, commissions }) => [size, profitAndLoss, fees, commissions]),
      [
        [1, '400', '1.4', '0.5'],
        [1, '200', '1.4', '0.5'],
      ],
    )
    assert.equal(new Set(closing.map(({ orderId }) => orderId)).size, 1)
    assert.equal(desk.venue.account.positions(desk.account)[0]?.averagePrice, '20006.666666667')
    const { equity } = desk.venue.oracle.ledger(desk.account)
    assert.partialDeepStrictEqual(equity, { openPnl: '200', balance: '50590.5', equity: '50790.5' })
  })

  test('split an order through zero into a closing and an opening row', () => {
    const desk = openDesk()
    at(desk, NQ, '20000', 1, 2)
    at(desk, NQ, '19990', 0, 5)
    assert.deepEqual(
      desk.trades().map(({ side, size, profitAndLoss }) => [side, size, profitAndLoss]),
      [
        [1, 2, null],
        [0, 2, '400'],
        [0, 3, null],
      ],
    )
    assert.partialDeepStrictEqual(desk.venue.account.positions(desk.account), [
      { type: 1, size: 3, averagePrice: '19990' },
    ])
  })
})

describe('a voided trade', () => {
  test('is as if it had not happened: position, balance and the lots after it', () => {
    const trade = (desk: Desk) => at(desk, NQ, '20004', 0, 1)
    const [voided, without] = [openDesk(), openDesk()]
    for (const desk of [voided, without]) {
      at(desk, NQ, '20000', 0, 1)
      if (desk === voided) trade(desk)
      at(desk, NQ, '20010', 1, 1)
      at(desk, NQ, '20020', 1, 1)
    }
    const [, mistake] = voided.trades()
    const before = voided.venue.oracle.ledger(voided.account).equity
    voided.venue.operator.voidTrade(mistake?.id ?? 0, true)
    const [after, expected] = [voided, without].map((desk) => desk.venue.oracle.ledger(desk.account))
    assert.deepEqual(after?.equity, expected?.equity)
    assert.equal(voided.held(), without.held())
    assert.deepEqual(
      voided.trades().map(({ profitAndLoss, voided: isVoided }) => [profitAndLoss, isVoided]),
      [
        [null, false],
        [null, true],
        ['200', false],
        [null, false],
      ],
    )
    assert.equal(voided.venue.oracle.netPosition(NQ), 0)
    voided.venue.operator.voidTrade(mistake?.id ?? 0, false)
    assert.deepEqual(voided.venue.oracle.ledger(voided.account).equity, before)
  })

  test('is told of, with every row that changed because of it', () => {
    const desk = openDesk()
    at(desk, NQ, '20000', 0, 1)
    at(desk, NQ, '20010', 1, 1)
    const [opening, closing] = desk.trades()
    desk.events.length = 0
    desk.venue.operator.voidTrade(opening?.id ?? 0, true)
    assert.partialDeepStrictEqual(desk.events, [
      { type: 'position', change: 1, row: { type: 2, size: 1, averagePrice: '20010' } },
      { type: 'trade', change: 1, row: { id: opening?.id, voided: true } },
      { type: 'trade', change: 1, row: { id: closing?.id, profitAndLoss: null } },
      { type: 'account', row: { balance: '49998.1' } },
    ])
  })
})
