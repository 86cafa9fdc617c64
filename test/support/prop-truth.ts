/** What must hold at a prop account whatever happened: the book says what the venue's own ledger says, and nothing is left there. */
import assert from 'node:assert/strict'
import { Decimal, ZERO } from '#domain/decimal.ts'
import type { PositionRow } from '#domain/position.ts'
import type { TrueFill } from '#simulators/venue/simulated-venue.ts'
import { eventually } from './eventually.ts'
import type { PropDesk, Seat } from './prop-desk.ts'

/** The result is final and the venue's own, to the last digit. */
export function assertTrue(seat: Seat, row: PositionRow): void {
  assert.equal(row.realised?.provisional, false)
  assert.equal(row.realised.net, seat.netOf(row))
}

/** Equity is the venue's and every term of the identity explains it. */
export async function assertExplained({ truebook }: PropDesk, seat: Seat): Promise<void> {
  await eventually(
    async () => {
      const row = (await truebook.book.load('equity', seat.account))?.row
      return row?.unexplained === '0' && row.brokerEquity === seat.truth().equity
    },
    { what: `equity of ${seat.account} to be that of the venue with nothing unexplained` },
  )
}

/** How many orders of the account work at the venue. */
export function working(seat: Seat): number {
  return seat.truth().orders.filter((order) => order.working).length
}

/** No order works at the venue and nothing is held. */
export async function assertGone(seat: Seat): Promise<void> {
  await eventually(() => working(seat) === 0, {
    what: `no order of ${seat.account} to be left at the venue`,
  })
  assert.deepEqual(seat.truth().positions, [])
}

/** Every trade in the order of the venue: the tests that ask hold only long positions. */
export function assertNeverShort(seat: Seat): void {
  const held = new Map<string, Decimal>()
  for (const fill of seat.truth().fills) {
    const stands = (held.get(fill.symbol) ?? ZERO).plus(signed(fill))
    assert.ok(stands.gte(0), `${fill.symbol} stood at ${stands.toFixed()} after ${fill.side} ${fill.size}`)
    held.set(fill.symbol, stands)
  }
}

function signed({ side, size }: TrueFill): Decimal {
  return side === 'buy' ? new Decimal(size) : new Decimal(size).negated()
}
