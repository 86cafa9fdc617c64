/** What must hold whatever happens: money adds up, positions are the sum of trades, the market holds the other side, voiding undoes. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Decimal, decimal } from '#domain/decimal.ts'
import type { AccountLedger } from '#simulators/projectx/engine/ledger-oracle.ts'
import { ES, NQ, USER, openDesk, type Desk } from './desk.ts'

const CONTRACTS = [NQ, ES]
const BASE: Readonly<Record<string, number>> = { [NQ]: 20_000, [ES]: 6_000 }
type Step = (desk: Desk) => void

const contractId = fc.constantFrom(...CONTRACTS)
const side = fc.constantFrom(0 as const, 1 as const)
const ticks = fc.integer({ min: -60, max: 60 })

function price(contract: string, away: number): string {
  return new Decimal(BASE[contract] ?? 0).plus(new Decimal(away).div(4)).toFixed()
}

const order: fc.Arbitrary<Step> = fc
  .record({ contractId, side, size: fc.integer({ min: 1, max: 6 }), type: fc.constantFrom(1, 2, 3, 4, 5, 6, 7), ticks })
  .map(({ ticks: away, ...pick }) => (desk) => {
    const level = price(pick.contractId, away)
    desk.place({ ...pick, limitPrice: level, stopPrice: level, trailPrice: level })
  })

const bracket: fc.Arbitrary<Step> = fc
  .record({ contractId, side, ticks: fc.integer({ min: 1, max: 40 }) })
  .map((pick) => (desk) => {
    const sign = pick.side === 0 ? 1 : -1
    desk.place({
      contractId: pick.contractId,
      side: pick.side,
      stopLossBracket: { ticks: -sign * pick.ticks, type: pick.ticks % 2 === 0 ? 4 : 5 },
      takeProfitBracket: { ticks: sign * pick.ticks, type: 1 },
    })
  })

const move: fc.Arbitrary<Step> = fc.record({ contractId, ticks }).map((pick) => (desk) => {
  desk.venue.operator.setMark(pick.contractId, price(pick.contractId, pick.ticks))
})

const cancel: fc.Arbitrary<Step> = fc.nat(20).map((nth) => (desk) => {
  const alive = desk.venue.account.orders(desk.account).filter(({ status }) => status === 1 || status === 8)
  const target = alive[nth % Math.max(1, alive.length)]
  if (target !== undefined) desk.venue.trading.cancel(USER, { accountId: desk.account, orderId: target.id })
})

const close: fc.Arbitrary<Step> = fc
  .record({ contractId, size: fc.option(fc.integer({ min: 1, max: 3 })) })
  .map((pick) => (desk) => {
    const size = pick.size === null ? {} : { size: pick.size }
    desk.venue.trading.close(USER, { accountId: desk.account, contractId: pick.contractId, ...size })
  })

const flatten: fc.Arbitrary<Step> = fc.constant((desk: Desk) => {
  desk.venue.operator.liquidate(desk.account)
})

const trading = fc.oneof(
  { weight: 6, arbitrary: order },
  { weight: 2, arbitrary: bracket },
  { weight: 5, arbitrary: move },
  { weight: 1, arbitrary: cancel },
  { weight: 1, arbitrary: close },
  { weight: 1, arbitrary: flatten },
)

const voiding: fc.Arbitrary<Step> = fc.record({ nth: fc.nat(100), voided: fc.boolean() }).map((pick) => (desk) => {
  const trades = desk.trades()
  const trade = trades[pick.nth % Math.max(1, trades.length)]
  if (trade !== undefined) desk.venue.operator.voidTrade(trade.id, pick.voided)
})

/** Position and balance, told from the trades alone. */
function check(desk: Desk): void {
  const ledger = desk.venue.oracle.ledger(desk.account)
  for (const contract of CONTRACTS) {
    const signed = ledger.trades
      .filter((trade) => trade.contractId === contract && !trade.voided)
      .reduce((sum, trade) => sum + (trade.side === 0 ? trade.size : -trade.size), 0)
    assert.equal(desk.held(contract), signed, `position in ${contract}`)
    assert.equal(desk.venue.oracle.netPosition(contract), 0, `net of ${contract}`)
  }
  const { equity } = ledger
  const realised = decimal(equity.deposits).plus(equity.profitAndLoss).minus(equity.fees).minus(equity.commissions)
  assert.equal(realised.toFixed(), equity.balance)
  assert.equal(realised.plus(equity.openPnl).toFixed(), equity.equity)
  checkOrders(ledger)
}

/** Each order was filled by as much as its trades say, and only ended orders have no business left. */
function checkOrders({ orders, trades }: AccountLedger): void {
  const filled = new Map<number, number>()
  for (const { orderId, size } of trades) filled.set(orderId, (filled.get(orderId) ?? 0) + size)
  for (const { order: row } of orders) {
    assert.equal(row.fillVolume, filled.get(row.id) ?? 0, `fill volume of ${row.id}`)
    if (row.status === 2) assert.equal(row.fillVolume, row.size)
  }
}

const thin = fc.constantFrom(null, 1, 3)

test('after any sequence positions are the sum of trades and money adds up', () => {
  fc.assert(
    fc.property(thin, fc.array(fc.oneof(trading, voiding), { maxLength: 40 }), (perLevel, steps) => {
      const desk = openDesk({ liquidity: { perLevel, halfSpreadTicks: 0.5 } })
      for (const step of steps) {
        step(desk)
        check(desk)
      }
    }),
    { numRuns: 150 },
  )
})

test('voiding a trade agrees with never having made it', () => {
  const turn = fc.record({ contractId, side, size: fc.integer({ min: 1, max: 5 }), ticks })
  fc.assert(
    fc.property(fc.array(turn, { minLength: 1, maxLength: 15 }), fc.nat(), (turns, nth) => {
      const gone = nth % turns.length
      const [voided, without] = [openDesk(), openDesk()]
      const trade = (desk: Desk, index: number) => {
        const { ticks: away, ...words } = turns[index]!
        desk.venue.operator.setMark(words.contractId, price(words.contractId, away))
        return desk.placed(words)
      }
      const mistake = turns.map((_, index) => trade(voided, index))[gone]
      for (const index of turns.keys()) if (index !== gone) trade(without, index)
      for (const { orderId, id } of voided.trades()) {
        if (orderId === mistake) voided.venue.operator.voidTrade(id, true)
      }
      // The price of the voided trade moved the mark of its contract; open PnL is compared at the same one.
      for (const contract of CONTRACTS) {
        for (const desk of [voided, without]) desk.venue.operator.setMark(contract, price(contract, 0))
        assert.equal(voided.held(contract), without.held(contract))
      }
      const [after, expected] = [voided, without].map((desk) => desk.venue.oracle.ledger(desk.account))
      assert.deepEqual(after?.equity, expected?.equity)
      assert.deepEqual(
        after?.positions.map(({ contractId: id, size, averagePrice }) => [id, size, averagePrice]).toSorted(),
        expected?.positions.map(({ contractId: id, size, averagePrice }) => [id, size, averagePrice]).toSorted(),
      )
    }),
    { numRuns: 200 },
  )
})

test('the same run is the same, to the byte', () => {
  fc.assert(
    fc.property(fc.array(trading, { maxLength: 30 }), (steps) => {
      const told = [openDesk(), openDesk()].map((desk) => {
        for (const step of steps) step(desk)
        return JSON.stringify([desk.events, desk.venue.oracle.ledger(desk.account)])
      })
      assert.equal(told[0], told[1])
    }),
    { numRuns: 40 },
  )
})
