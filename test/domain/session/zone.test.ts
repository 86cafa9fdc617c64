/** Local time of zones through every change of daylight saving of 2025 to 2027: nothing is an hour off for half of the year. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { addDays, isWeekday, weekdayOf } from '#domain/session/civil-date.ts'
import { instantOf, isZone, localOf } from '#domain/session/zone.ts'

const iso = (instant: number): string => new Date(instant).toISOString().slice(0, 16)

/** Days on which clocks jump from 02:00 to 03:00, and back from 02:00 to 01:00. */
const CHICAGO = [
  ['2025-03-09', '2025-11-02'],
  ['2026-03-08', '2026-11-01'],
  ['2027-03-14', '2027-11-07'],
] as const

for (const [spring, autumn] of CHICAGO) {
  test(`Chicago ${spring.slice(0, 4)}: 17:00 is 23:00 UTC in winter and 22:00 in summer, from the very day on`, () => {
    const open = (date: string) => iso(instantOf('America/Chicago', date, '17:00')).slice(11)
    assert.deepEqual(
      [open(addDays(spring, -1)), open(spring), open(addDays(autumn, -1)), open(autumn)],
      ['23:00', '22:00', '22:00', '23:00'],
    )
  })

  test(`Chicago ${spring}: a time that clocks skip is the instant of the jump`, () => {
    for (const time of ['02:00', '02:30', '02:59', '03:00'])
      assert.equal(iso(instantOf('America/Chicago', spring, time)), `${spring}T08:00`, time)
    assert.equal(iso(instantOf('America/Chicago', spring, '01:59')), `${spring}T07:59`)
    assert.equal(iso(instantOf('America/Chicago', spring, '03:01')), `${spring}T08:01`)
  })

  test(`Chicago ${autumn}: of a time that clocks show twice it is the first`, () => {
    assert.equal(iso(instantOf('America/Chicago', autumn, '01:30')), `${autumn}T06:30`)
    assert.equal(iso(instantOf('America/Chicago', autumn, '00:59')), `${autumn}T05:59`)
    assert.equal(iso(instantOf('America/Chicago', autumn, '02:00')), `${autumn}T08:00`)
    assert.deepEqual(localOf('America/Chicago', Date.parse(`${autumn}T06:30Z`)), { date: autumn, time: '01:30' })
    assert.deepEqual(localOf('America/Chicago', Date.parse(`${autumn}T07:30Z`)), { date: autumn, time: '01:30' })
  })
}

test('America and Europe change on different days: weeks in which programmes and exchange drift apart', () => {
  const apart = (date: string) =>
    (instantOf('America/Chicago', date, '12:00') - instantOf('Europe/Prague', date, '12:00')) / 3_600_000
  assert.deepEqual(['2026-03-07', '2026-03-09', '2026-03-30', '2026-10-26', '2026-11-02'].map(apart), [7, 6, 7, 6, 7])
})

const ZONES = ['America/Chicago', 'America/New_York', 'Europe/Prague', 'Australia/Lord_Howe', 'Asia/Kolkata', 'UTC']
const MINUTE = 60_000
const minutes = fc
  .integer({ min: Date.parse('2025-01-01T00:00Z') / MINUTE, max: Date.parse('2028-01-01T00:00Z') / MINUTE })
  .map((minute) => minute * MINUTE)
const zones = fc.constantFrom(...ZONES)
const text = ({ date, time }: { date: string; time: string }): string => `${date} ${time}`

test('the instant of a local time is the first at which clocks show it or later', () => {
  const date = fc.integer({ min: 0, max: 1094 }).map((day) => addDays('2025-01-01', day))
  const time = fc
    .integer({ min: 0, max: 1439 })
    .map((of) => `${String(Math.floor(of / 60)).padStart(2, '0')}:${String(of % 60).padStart(2, '0')}`)
  fc.assert(
    fc.property(zones, date, time, (zone, day, clock) => {
      const instant = instantOf(zone, day, clock)
      assert.ok(text(localOf(zone, instant)) >= `${day} ${clock}`)
      // An hour that is shown twice was shown before as later: look at what had never been reached.
      assert.ok(text(localOf(zone, instant - MINUTE)) < `${day} ${clock}`)
    }),
  )
})

test('an instant comes back from its local time, or is the second showing of it', () => {
  fc.assert(
    fc.property(zones, minutes, (zone, instant) => {
      const local = localOf(zone, instant)
      const back = instantOf(zone, local.date, local.time)
      assert.deepEqual(localOf(zone, back), local)
      assert.ok(back === instant || instant - back === 3_600_000 || instant - back === 1_800_000)
    }),
  )
})

test('seconds and ms do not change the minute that clocks show', () => {
  const local = localOf('America/Chicago', Date.parse('2026-11-26T21:59:59.999Z'))
  assert.deepEqual(local, { date: '2026-11-26', time: '15:59' })
})

test('what is no zone, day or time is refused with what was expected', () => {
  assert.deepEqual([isZone('America/Chicago'), isZone('America/Chicgo')], [true, false])
  assert.throws(() => localOf('America/Chicgo', 0), RangeError)
  for (const [date, time] of [
    ['2026-11-26', '24:00'],
    ['2026-11-26', '9:00'],
    ['2026-13-01', '09:00'],
  ] as const)
    assert.throws(() => instantOf('UTC', date, time), /Expected a day and a time such as/)
})

test('days count and are refused when there is no such day', () => {
  assert.equal(addDays('2026-02-28', 1), '2026-03-01')
  assert.equal(addDays('2026-01-01', -1), '2025-12-31')
  assert.deepEqual([weekdayOf('2026-11-26'), isWeekday('2026-11-27'), isWeekday('2026-11-28')], [4, true, false])
  for (const date of ['2026-02-30', '26-1-1', 'today']) assert.throws(() => addDays(date, 0), /Expected a day such as/)
})
