/** The equity identity of days: they chain, each explains itself to the last digit, and what is not known is said to be unknown. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Decimal, toDecimalString } from '#domain/decimal.ts'
import { type EquityReading, equityDayOf, equityRowOf } from '#domain/equity.ts'
import type { EquityDayRow, EquityRow } from '#domain/equity-row.ts'
import { d } from '#test/domain/samples.ts'

const MIDNIGHT = Date.UTC(2026, 10, 22)
const HOUR = 3_600_000

/** Reads an account again and again as the sweep does. */
class Diary {
  readonly days = new Map<string, EquityDayRow>()
  row: EquityRow | null = null

  read(change: Partial<EquityReading> & { readonly now: number }): EquityDayRow {
    const reading = { ...FLAT, ...change }
    const before = this.row
    const after = equityRowOf(before, reading)
    const day = new Date(Math.max(before?.asOf ?? 0, after.asOf)).toISOString().slice(0, 10)
    const made = equityDayOf(this.days.get(day) ?? null, { before, after }, reading)
    this.days.set(made.day, made)
    this.row = after
    return made
  }
}

const sums = (change: Partial<Record<'closedPnl' | 'fees' | 'funding' | 'transfers', string>> = {}) =>
  Object.fromEntries(
    (['closedPnl', 'fees', 'funding', 'transfers'] as const).map((term) => [term, d(change[term] ?? '0')]),
  ) as unknown as EquityReading['cursor']['sums']

const cursor = (change: Partial<EquityReading['cursor']> = {}): EquityReading['cursor'] => ({
  account: 'a',
  fillsThrough: 0,
  fundingThrough: 0,
  since: 0,
  missing: null,
  gap: null,
  sums: sums(),
  updatedAt: 0,
  ...change,
})

const FLAT: Omit<EquityReading, 'now'> = {
  account: 'a',
  equity: d('1000'),
  unrealised: d('0'),
  cursor: cursor(),
  itemisesCash: true,
  cashGap: null,
}

const cents = fc.integer({ min: -1_000_000, max: 1_000_000 }).map((n) => new Decimal(n).div(100))
const step = fc.record({
  hours: fc.integer({ min: 1, max: 30 }),
  closedPnl: cents,
  fees: cents,
  funding: cents,
  transfers: cents,
  unrealised: cents,
  missing: cents,
})

test('days chain, and every cent falls into exactly one of them, explained or not', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 20 }), (steps) => {
      const diary = new Diary()
      const total = {
        closedPnl: new Decimal(0),
        fees: new Decimal(0),
        funding: new Decimal(0),
        transfers: new Decimal(0),
      }
      let [now, cash, unexplained] = [MIDNIGHT, new Decimal(1000), new Decimal(0)]
      diary.read({ now })
      for (const { hours, unrealised, missing, ...terms } of steps) {
        now += hours * HOUR
        for (const term of ['closedPnl', 'fees', 'funding', 'transfers'] as const)
          total[term] = total[term].plus(terms[term])
        cash = cash.plus(terms.closedPnl).minus(terms.fees).plus(terms.funding).plus(terms.transfers).plus(missing)
        unexplained = unexplained.plus(missing)
        const text = Object.fromEntries(Object.entries(total).map(([term, value]) => [term, toDecimalString(value)]))
        const equity = toDecimalString(cash.plus(unrealised))
        diary.read({ now, equity, unrealised: toDecimalString(unrealised), cursor: cursor({ sums: sums(text) }) })
      }
      const days = [...diary.days.values()]
      for (const [index, day] of days.entries()) {
        const before = days[index - 1]
        if (before === undefined) continue
        assert.deepEqual([day.openingEquity, day.openedAt], [before.closingEquity, before.closedAt])
        assert.ok(before.day < day.day)
      }
      const sumOf = (term: 'unexplained' | 'closedPnl') =>
        toDecimalString(days.reduce((sum, day) => sum.plus(day[term] ?? NaN), new Decimal(0)))
      assert.equal(sumOf('unexplained'), toDecimalString(unexplained))
      assert.equal(sumOf('closedPnl'), toDecimalString(total.closedPnl))
      assert.equal(diary.row?.unexplained, toDecimalString(unexplained))
    }),
  )
})

test('a day on which a reading lacked fills is known again once they are there, the one that opened with such a reading is not', () => {
  const diary = new Diary()
  diary.read({ now: MIDNIGHT })
  const lag = cursor({ gap: 'log-lag: no log row of execution 1' })
  const lacking = diary.read({ now: MIDNIGHT + HOUR, equity: d('1010'), cursor: lag })
  assert.deepEqual([lacking.remainder, lacking.unexplained], ['10', null])
  assert.match(lacking.unknown ?? '', /fills are incomplete: log-lag/)
  const healed = cursor({ sums: sums({ closedPnl: '10' }) })
  assert.equal(diary.read({ now: MIDNIGHT + 2 * HOUR, equity: d('1010'), cursor: healed }).unexplained, '0')
  const late = cursor({ sums: sums({ closedPnl: '10' }), gap: 'log-lag: no log row of execution 2' })
  assert.equal(diary.read({ now: MIDNIGHT + 23 * HOUR, equity: d('1015'), cursor: late }).unexplained, null)
  const all = cursor({ sums: sums({ closedPnl: '15' }) })
  const next = diary.read({ now: MIDNIGHT + 25 * HOUR, equity: d('1015'), cursor: all })
  assert.deepEqual([next.unexplained, next.remainder], [null, '-5'], 'what the day before lacked')
  assert.equal(diary.row?.unexplained, '0', 'since the baseline all is explained')
  assert.equal(diary.read({ now: MIDNIGHT + 49 * HOUR, equity: d('1015'), cursor: all }).unexplained, '0')
})

test('B1: a day in which fills were lost for good is unknown, and the running row from then on; later days are known', () => {
  const diary = new Diary()
  diary.read({ now: MIDNIGHT })
  const lost = cursor({ since: MIDNIGHT + HOUR, missing: 'retention' })
  const day = diary.read({ now: MIDNIGHT + 2 * HOUR, cursor: lost })
  assert.deepEqual([day.remainder, day.unexplained], ['0', null], 'nothing left over is no proof here')
  assert.match(day.unknown ?? '', /no longer serves fills before 2026-11-22T01:00:00\.000Z: retention/)
  diary.read({ now: MIDNIGHT + 26 * HOUR, cursor: lost })
  assert.equal(diary.days.get('2026-11-23')?.unexplained, '0')
  assert.equal(diary.row?.unexplained, null)
})

test('without readable cash, or where the venue lists none, a remainder is unknown and never 0', () => {
  const diary = new Diary()
  diary.read({ now: MIDNIGHT })
  const blind = diary.read({ now: MIDNIGHT + HOUR, cashGap: 'HTTP 502' })
  assert.deepEqual([blind.unexplained, diary.row?.unexplained], [null, null])
  assert.match(blind.unknown ?? '', /funding and transfers could not be read: HTTP 502/)
  const prop = new Diary()
  prop.read({ now: MIDNIGHT, itemisesCash: false })
  const traded = { itemisesCash: false, cursor: cursor({ sums: sums({ closedPnl: '5' }) }) }
  assert.equal(
    prop.read({ now: MIDNIGHT + HOUR, ...traded, equity: d('1005') }).unexplained,
    '0',
    'trades explain all of it',
  )
  const paidOut = prop.read({ now: MIDNIGHT + 2 * HOUR, ...traded, equity: d('505') })
  assert.deepEqual([paidOut.remainder, paidOut.unexplained], ['-500', null])
  assert.match(paidOut.unknown ?? '', /lists no deposits, withdrawals and payouts: -500 USD may be one of them/)
  assert.equal(prop.read({ now: MIDNIGHT + 25 * HOUR, ...traded, equity: d('505') }).unexplained, '0', 'the next day')
})

test('a reading that a clock dates back counts for the day of the one before it', () => {
  const diary = new Diary()
  diary.read({ now: MIDNIGHT + HOUR })
  assert.equal(diary.read({ now: MIDNIGHT - HOUR, equity: d('1001') }).day, '2026-11-22')
  assert.equal(diary.days.size, 1)
})
