/** CME's equity index sessions: the regular week, every exception of the data, and what holds at any instant. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { addDays, isWeekday, weekdayOf } from '#domain/session/civil-date.ts'
import { CME_EQUITY_INDEX as CME } from '#domain/session/cme-equity-index.ts'
import { horizonOf, isPastHorizon, sessionAfter, sessionAt, sessionBegunBy } from '#domain/session/session.ts'
import { instantOf, localOf } from '#domain/session/zone.ts'

const at = (date: string, time: string): number => instantOf(CME.zone, date, time)
const local = (instant: number): string => Object.values(localOf(CME.zone, instant)).join(' ')

/** What the calendar says at a local time of Chicago, in few words. */
function said(date: string, time: string): string {
  const session = sessionAt(CME, at(date, time))
  return session.state === 'open'
    ? `open for ${session.tradeDate} until ${local(session.closesAt)}`
    : `closed (${session.reason}) until ${local(session.reopensAt)}`
}

test('a regular week: Sunday 17:00 to Friday 16:00, an hour of break each day, the evening belongs to the next day', () => {
  for (const [date, time, expected] of [
    ['2026-09-20', '16:59', 'closed (weekend) until 2026-09-20 17:00'],
    ['2026-09-20', '17:00', 'open for 2026-09-21 until 2026-09-21 16:00'],
    ['2026-09-21', '15:59', 'open for 2026-09-21 until 2026-09-21 16:00'],
    ['2026-09-21', '16:00', 'closed (daily break) until 2026-09-21 17:00'],
    ['2026-09-21', '17:00', 'open for 2026-09-22 until 2026-09-22 16:00'],
    ['2026-09-25', '15:59', 'open for 2026-09-25 until 2026-09-25 16:00'],
    ['2026-09-25', '16:00', 'closed (weekend) until 2026-09-27 17:00'],
    ['2026-09-26', '12:00', 'closed (weekend) until 2026-09-27 17:00'],
  ] as const)
    assert.equal(said(date, time), expected, `${date} ${time}`)
})

for (const [spring, autumn] of [
  ['2025-03-09', '2025-11-02'],
  ['2026-03-08', '2026-11-01'],
  ['2027-03-14', '2027-11-07'],
] as const) {
  test(`the weeks around ${spring} and ${autumn} keep Chicago's clock`, () => {
    for (const sunday of [spring, autumn]) {
      assert.equal(said(sunday, '16:59'), `closed (weekend) until ${sunday} 17:00`)
      const monday = addDays(sunday, 1)
      assert.equal(said(sunday, '17:00'), `open for ${monday} until ${monday} 16:00`)
      const friday = addDays(sunday, -2)
      assert.equal(said(friday, '16:00'), `closed (weekend) until ${sunday} 17:00`)
    }
    const weekend = (sunday: string): number => at(sunday, '17:00') - at(addDays(sunday, -2), '16:00')
    assert.deepEqual([weekend(spring), weekend(autumn)], [48 * 3_600_000, 50 * 3_600_000])
  })
}

/** Independent of the data's own form: day, what is said one minute before and at its end, and on a day without session at noon. */
const DAYS: readonly (readonly [date: string, time: string, expected: string])[] = [
  ['2025-01-01', '12:00', "closed (New Year's Day) until 2025-01-01 17:00"],
  ['2025-01-09', '08:29', 'open for 2025-01-09 until 2025-01-09 08:30'],
  ['2025-01-20', '11:59', 'open for 2025-01-21 until 2025-01-20 12:00'],
  ['2025-02-17', '12:00', "closed (Presidents' Day) until 2025-02-17 17:00"],
  ['2025-04-18', '09:00', 'closed (Good Friday) until 2025-04-20 17:00'],
  ['2025-05-26', '11:59', 'open for 2025-05-27 until 2025-05-26 12:00'],
  ['2025-06-19', '12:00', 'closed (Juneteenth) until 2025-06-19 17:00'],
  ['2025-07-03', '12:14', 'open for 2025-07-03 until 2025-07-03 12:15'],
  ['2025-07-03', '17:00', 'open for 2025-07-07 until 2025-07-04 12:00'],
  ['2025-07-04', '12:00', 'closed (Independence Day) until 2025-07-06 17:00'],
  ['2025-09-01', '11:59', 'open for 2025-09-02 until 2025-09-01 12:00'],
  ['2025-11-27', '17:00', 'open for 2025-11-28 until 2025-11-28 12:15'],
  ['2025-11-28', '12:15', 'closed (the day after Thanksgiving) until 2025-11-30 17:00'],
  ['2025-12-24', '12:15', 'closed (Christmas Eve) until 2025-12-25 17:00'],
  ['2025-12-25', '12:00', 'closed (Christmas Day) until 2025-12-25 17:00'],
  ['2025-12-31', '15:59', 'open for 2025-12-31 until 2025-12-31 16:00'],
  ['2026-01-01', '10:00', "closed (New Year's Day) until 2026-01-01 17:00"],
  ['2026-01-19', '12:00', 'closed (Martin Luther King Jr. Day) until 2026-01-19 17:00'],
  ['2026-02-16', '12:00', "closed (Presidents' Day) until 2026-02-16 17:00"],
  ['2026-04-03', '08:14', 'open for 2026-04-03 until 2026-04-03 08:15'],
  ['2026-05-25', '12:00', 'closed (Memorial Day) until 2026-05-25 17:00'],
  ['2026-06-19', '12:00', 'closed (Juneteenth) until 2026-06-21 17:00'],
  ['2026-07-02', '15:59', 'open for 2026-07-02 until 2026-07-02 16:00'],
  ['2026-07-03', '12:00', 'closed (Independence Day (observed)) until 2026-07-05 17:00'],
  ['2026-09-07', '12:00', 'closed (Labor Day) until 2026-09-07 17:00'],
  ['2026-11-26', '12:00', 'closed (Thanksgiving Day) until 2026-11-26 17:00'],
  ['2026-11-27', '12:15', 'closed (the day after Thanksgiving) until 2026-11-29 17:00'],
  ['2026-12-24', '12:15', 'closed (Christmas Eve) until 2026-12-27 17:00'],
  ['2026-12-25', '12:00', 'closed (Christmas Day) until 2026-12-27 17:00'],
  ['2027-01-01', '12:00', "closed (New Year's Day) until 2027-01-03 17:00"],
  ['2027-01-18', '12:00', 'closed (Martin Luther King Jr. Day) until 2027-01-18 17:00'],
  ['2027-02-15', '12:00', "closed (Presidents' Day) until 2027-02-15 17:00"],
  ['2027-03-26', '12:00', 'closed (Good Friday) until 2027-03-28 17:00'],
  ['2027-05-31', '12:00', 'closed (Memorial Day) until 2027-05-31 17:00'],
  ['2027-06-18', '12:00', 'closed (Juneteenth (observed)) until 2027-06-20 17:00'],
  ['2027-07-05', '12:00', 'closed (Independence Day (observed)) until 2027-07-05 17:00'],
  ['2027-09-06', '12:00', 'closed (Labor Day) until 2027-09-06 17:00'],
  ['2027-11-25', '12:00', 'closed (Thanksgiving Day) until 2027-11-25 17:00'],
  ['2027-11-26', '12:15', 'closed (the day after Thanksgiving) until 2027-11-28 17:00'],
  ['2027-12-24', '12:00', 'closed (Christmas Day (observed)) until 2027-12-26 17:00'],
]
for (const [date, time, expected] of DAYS) {
  test(`H6: ${date} ${time} Chicago: ${expected}`, () => assert.equal(said(date, time), expected))
}

test('every exception of the data has been looked at here, falls on a weekday and stands in order before the horizon', () => {
  assert.deepEqual(
    CME.exceptions.map(({ date }) => date).filter((date) => !DAYS.some(([day]) => day === date)),
    [],
  )
  const dates = CME.exceptions.map(({ date }) => date)
  assert.deepEqual(dates, [...new Set(dates)].toSorted())
  for (const { date, kind, until } of CME.exceptions) {
    assert.ok(isWeekday(date) && date <= CME.horizon, date)
    assert.equal(until === null, kind === 'closed', date)
  }
})

/** US holidays by their rule: the nth (or last, 0) such weekday of a month. */
const nth = (year: number, month: string, weekday: number, n: number): string => {
  const days = Array.from({ length: 31 }, (_, day) => addDays(`${year}-${month}-01`, day))
  const fitting = days.filter((date) => date.slice(5, 7) === month && weekdayOf(date) === weekday)
  return fitting.at(n === 0 ? -1 : n - 1) ?? assert.fail('a day')
}
for (const year of [2025, 2026, 2027]) {
  test(`H6: the movable holidays of ${year} stand on the days that their rules give`, () => {
    const named = (name: string) =>
      CME.exceptions.find((row) => row.date.startsWith(`${year}`) && row.name === name)?.date
    assert.equal(named('Martin Luther King Jr. Day'), nth(year, '01', 1, 3))
    assert.equal(named("Presidents' Day"), nth(year, '02', 1, 3))
    const may = nth(year, '05', 1, 0)
    assert.equal(named('Memorial Day'), may)
    assert.equal(named('Labor Day'), nth(year, '09', 1, 1))
    assert.equal(named('Thanksgiving Day'), nth(year, '11', 4, 4))
    assert.equal(named('the day after Thanksgiving'), addDays(nth(year, '11', 4, 4), 1))
    assert.equal(named('Good Friday'), { 2025: '2025-04-18', 2026: '2026-04-03', 2027: '2027-03-26' }[year])
  })
}

const instants = fc.integer({ min: at('2025-01-02', '17:00'), max: at('2028-03-01', '00:00') })

test('at any instant it is open with a close ahead, or closed with an opening ahead; both meet without gap or overlap', () => {
  fc.assert(
    fc.property(instants, (now) => {
      const session = sessionAt(CME, now)
      if (session.state === 'open') {
        assert.ok(session.opensAt <= now && now < session.closesAt)
        assert.equal(sessionAt(CME, session.closesAt - 1).state, 'open')
        assert.equal(sessionAt(CME, session.closesAt).state, 'closed')
        return
      }
      assert.ok(session.reopensAt > now)
      assert.equal(sessionAt(CME, session.reopensAt - 1).state, 'closed')
      const next = sessionAt(CME, session.reopensAt)
      assert.ok(next.state === 'open' && next.opensAt === session.reopensAt)
      assert.ok(session.reopensAt - now < 4 * 86_400_000)
    }),
    { numRuns: 400 },
  )
})

test('sessions follow each other without overlap, and trade dates never go back', () => {
  fc.assert(
    fc.property(instants, (now) => {
      const [begun, next] = [sessionBegunBy(CME, now), sessionAfter(CME, now)]
      assert.ok(begun.opensAt <= now && begun.opensAt < begun.closesAt && begun.closesAt < next.opensAt)
      assert.equal(sessionBegunBy(CME, next.opensAt).date, next.date)
      const dates = [begun, next].map(({ opensAt }) => {
        const session = sessionAt(CME, opensAt)
        return session.state === 'open' ? session.tradeDate : assert.fail('open at its opening')
      })
      assert.deepEqual(dates, dates.toSorted())
      assert.ok((dates[0] ?? '') >= begun.date && isWeekday(dates[0] ?? ''))
    }),
    { numRuns: 400 },
  )
})

test('H6: only regular hours and published days are certain; a pattern is not', () => {
  const certain = (date: string, time: string) => {
    const session = sessionAt(CME, at(date, time))
    return session.state === 'closed' ? session.certain : assert.fail('closed')
  }
  assert.deepEqual([certain('2026-09-26', '12:00'), certain('2026-09-21', '16:30')], [true, true])
  assert.deepEqual([certain('2026-01-19', '13:00'), certain('2026-11-26', '13:00')], [true, false])
  // The hour of the daily break is certain on a holiday too, and the weekend after one.
  assert.deepEqual([certain('2026-11-26', '16:00'), certain('2026-11-27', '16:00')], [true, true])
})

test('past its horizon the calendar says so and answers the regular week', () => {
  const horizon = horizonOf(CME)
  assert.equal(local(horizon), '2027-12-31 16:00')
  assert.deepEqual([isPastHorizon(CME, horizon - 1), isPastHorizon(CME, horizon)], [false, true])
  assert.equal(said('2028-01-17', '13:00'), 'open for 2028-01-17 until 2028-01-17 16:00')
})

test('data that closes the market for days on end is refused instead of searched for ever', () => {
  const closed = Array.from({ length: 15 }, (_, day) => addDays('2026-09-14', day)).map(
    (date) => ({ date, kind: 'closed', until: null, name: 'war', certainty: 'pattern' }) as const,
  )
  const calendar = { ...CME, exceptions: closed }
  assert.throws(
    () => sessionAt(calendar, at('2026-09-16', '12:00')),
    /Expected a session of cme-equity-index within 10 days/,
  )
})
