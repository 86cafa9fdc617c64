/** An account's days in the book of a server under test. */
import { type EquityReading, equityDayIdOf, equityDayOf, equityRowOf } from '#domain/equity.ts'
import type { EquityRow } from '#domain/equity-row.ts'
import { d } from '#test/domain/samples.ts'
import { type HttpFixture, START } from './http-fixture.ts'

const DAY = 86_400_000

/** So many days of 1,000 USD on which nothing happens; `last` changes the last reading. */
export async function keepDays(
  http: HttpFixture,
  account: string,
  count: number,
  last: Partial<EquityReading> = {},
): Promise<void> {
  const sums = { closedPnl: d('0'), fees: d('0'), funding: d('0'), transfers: d('0') }
  const cursor = { account, fillsThrough: 0, fundingThrough: 0, since: 0, missing: null, sums, updatedAt: 0 }
  const flat = { account, equity: d('1000'), unrealised: d('0'), cursor, itemisesCash: true, cashGap: null }
  let before: EquityRow | null = null
  for (let index = 0; index < count; index += 1) {
    const reading = { ...flat, now: START + index * DAY, ...(index === count - 1 && last) }
    const after = equityRowOf(before, reading)
    const row = equityDayOf(null, { before, after }, reading)
    await http.book.commit([
      { op: 'put', kind: 'equity', id: account, row: after },
      { op: 'create', kind: 'equityDays', id: equityDayIdOf(account, row.day), row },
    ])
    before = after
  }
}
