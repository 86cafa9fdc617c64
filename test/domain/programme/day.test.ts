/** Programme days follow the clocks of their zone: they tile time, begin at the boundary and last 23 to 25 hours. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { dayOf } from '#domain/programme/day.ts'

const HOUR = 3_600_000
const BOUNDARIES = [
  { time: '17:00', zone: 'America/Chicago' },
  { time: '16:59', zone: 'America/New_York' },
  { time: '02:30', zone: 'America/New_York' },
  { time: '00:00', zone: 'UTC' },
  { time: '00:30', zone: 'Europe/London' },
]
const CHANGES = ['2026-03-08T08:00:00Z', '2026-11-01T06:00:00Z', '2026-03-29T01:00:00Z', '2026-10-25T01:00:00Z']

/** What clocks show, by another road than the code under test. */
function clock(zone: string, at: number): string {
  return new Date(at).toLocaleTimeString('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit' })
}

for (const boundary of BOUNDARIES) {
  test(`days of ${boundary.time} ${boundary.zone} tile time across every change of clocks`, () => {
    fc.assert(
      fc.property(fc.constantFrom(...CHANGES), fc.integer({ min: -72 * HOUR, max: 72 * HOUR }), (change, offset) => {
        const now = Date.parse(change) + offset
        const day = dayOf(boundary, now)
        assert.ok(day.startsAt <= now && now < day.endsAt)
        assert.deepEqual(dayOf(boundary, day.startsAt), day)
        assert.equal(dayOf(boundary, day.endsAt).startsAt, day.endsAt)
        assert.equal(dayOf(boundary, day.startsAt - 1).endsAt, day.startsAt)
        const hours = (day.endsAt - day.startsAt) / HOUR
        assert.ok([22.5, 23, 23.5, 24, 24.5, 25].includes(hours), `${hours} hours`)
        if (boundary.time !== '02:30') assert.equal(clock(boundary.zone, day.startsAt), boundary.time)
      }),
      { numRuns: 300 },
    )
  })
}

test('the day of 17:00 Chicago begins at 22:00 UTC in summer and 23:00 UTC in winter', () => {
  const chicago = { time: '17:00', zone: 'America/Chicago' }
  const start = (iso: string): string => new Date(dayOf(chicago, Date.parse(iso)).startsAt).toISOString()
  assert.equal(start('2026-10-30T23:00:00Z'), '2026-10-30T22:00:00.000Z')
  assert.equal(start('2026-11-02T22:30:00Z'), '2026-11-01T23:00:00.000Z')
  assert.equal(start('2026-03-09T22:30:00Z'), '2026-03-09T22:00:00.000Z')
})
