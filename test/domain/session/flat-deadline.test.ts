/** By when an account must be flat: the programme's time, or a close before it; a window that ends when trading reopens. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { CME_EQUITY_INDEX as CME } from '#domain/session/cme-equity-index.ts'
import { type FlatBy, flatDeadline } from '#domain/session/flat-deadline.ts'
import { sessionAt } from '#domain/session/session.ts'
import { instantOf, localOf } from '#domain/session/zone.ts'

const TOPSTEP: FlatBy = { time: '15:10', zone: 'America/Chicago' }
const APEX: FlatBy = { time: '16:59', zone: 'America/New_York' }
const at = (date: string, time: string): number => instantOf(CME.zone, date, time)

function said(flatBy: FlatBy, date: string, time: string): string {
  const window = flatDeadline(CME, flatBy, at(date, time))
  return [window.at, window.reopensAt]
    .map((instant) => Object.values(localOf(CME.zone, instant)).join(' '))
    .join(' until ')
}

for (const [flatBy, date, time, expected] of [
  [TOPSTEP, '2026-09-20', '17:00', '2026-09-21 15:10 until 2026-09-21 17:00'],
  [TOPSTEP, '2026-09-21', '15:09', '2026-09-21 15:10 until 2026-09-21 17:00'],
  // Late: the window stands behind, and lasts.
  [TOPSTEP, '2026-09-21', '15:30', '2026-09-21 15:10 until 2026-09-21 17:00'],
  [TOPSTEP, '2026-09-21', '16:30', '2026-09-21 15:10 until 2026-09-21 17:00'],
  [TOPSTEP, '2026-09-21', '17:00', '2026-09-22 15:10 until 2026-09-22 17:00'],
  [TOPSTEP, '2026-09-25', '15:30', '2026-09-25 15:10 until 2026-09-27 17:00'],
  [TOPSTEP, '2026-09-26', '12:00', '2026-09-25 15:10 until 2026-09-27 17:00'],
  // A time at the very opening means the end of the session, not its beginning.
  [{ time: '17:00', zone: 'America/Chicago' }, '2026-09-20', '17:00', '2026-09-21 16:00 until 2026-09-21 17:00'],
  // Short days.
  [TOPSTEP, '2026-01-19', '11:00', '2026-01-19 12:00 until 2026-01-19 17:00'],
  [TOPSTEP, '2026-11-27', '09:00', '2026-11-27 12:15 until 2026-11-29 17:00'],
  [TOPSTEP, '2026-12-24', '09:00', '2026-12-24 12:15 until 2026-12-27 17:00'],
  // Another zone, and the Mondays after clocks changed.
  [APEX, '2026-09-21', '09:00', '2026-09-21 15:59 until 2026-09-21 17:00'],
  [APEX, '2026-03-08', '18:00', '2026-03-09 15:59 until 2026-03-09 17:00'],
  [TOPSTEP, '2026-03-08', '17:00', '2026-03-09 15:10 until 2026-03-09 17:00'],
  [TOPSTEP, '2026-11-01', '17:00', '2026-11-02 15:10 until 2026-11-02 17:00'],
  [{ time: '22:59', zone: 'Europe/Prague' }, '2026-03-09', '09:00', '2026-03-09 16:00 until 2026-03-09 17:00'],
  [{ time: '21:59', zone: 'Europe/Prague' }, '2026-03-09', '09:00', '2026-03-09 15:59 until 2026-03-09 17:00'],
] as const) {
  test(`flat by ${flatBy.time} ${flatBy.zone}, asked on ${date} ${time} Chicago: ${expected}`, () => {
    assert.equal(said(flatBy, date, time), expected)
  })
}

test('the window never ends in the past, never starts after the close, and is the same until it ends', () => {
  const instants = fc.integer({ min: at('2025-01-02', '17:00'), max: at('2027-12-31', '00:00') })
  fc.assert(
    fc.property(instants, fc.constantFrom(TOPSTEP, APEX), (now, flatBy) => {
      const window = flatDeadline(CME, flatBy, now)
      assert.ok(window.reopensAt > now && window.at < window.reopensAt)
      assert.deepEqual(flatDeadline(CME, flatBy, window.reopensAt - 1), window)
      assert.ok(flatDeadline(CME, flatBy, window.reopensAt).at > window.reopensAt)
      const session = sessionAt(CME, now)
      if (session.state === 'open') assert.ok(window.at <= session.closesAt && window.at > session.opensAt)
      else assert.ok(window.at <= now && window.reopensAt === session.reopensAt)
    }),
    { numRuns: 300 },
  )
})

test('a time or zone that is none is refused', () => {
  assert.throws(() => flatDeadline(CME, { time: '25:00', zone: 'UTC' }, at('2026-09-21', '12:00')), RangeError)
  assert.throws(() => flatDeadline(CME, { time: '15:10', zone: 'Nowhere' }, at('2026-09-21', '12:00')), RangeError)
})
