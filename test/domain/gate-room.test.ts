/** The room that is shown of a gate, and the gate itself, agree on every reading. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type AccountRow, newAccountRow } from '#domain/account.ts'
import { decimal } from '#domain/decimal.ts'
import { gateRoomsOf } from '#domain/gate-room.ts'
import { checkMoney, utcDayOf } from '#domain/gates.ts'
import type { EntryPlan } from '#domain/entry-plan.ts'
import { GATES, NOW, POSITION, d } from './samples.ts'

const row = (changes: Partial<AccountRow>): AccountRow => ({ ...newAccountRow('account', 'venue', NOW), ...changes })
const holding = (notional: string): Pick<AccountRow, 'exposures'> => ({
  exposures: { 'ETH-PERP': { positionId: POSITION, side: 'long', notional: d(notional), size: d('1'), root: null } },
})
const today = (equity: string): AccountRow['dayStart'] => ({ day: utcDayOf(NOW), equity: d(equity) })

test('each limit says what is used of it and what is left', () => {
  const used = row({ highWaterMark: d('1000'), dayStart: today('960'), ...holding('450') })
  assert.deepEqual(
    gateRoomsOf(GATES, used, d('900'), NOW).map(({ gate, unit, used: u, limit, left, closed }) => [
      gate,
      `${u} of ${limit} ${unit}, ${left} left`,
      closed,
    ]),
    [
      ['daily-loss', '60 of 500 USD, 440 left', false],
      ['drawdown', '100 of 200 USD, 100 left', false],
      ['exposure', '450 of 1800 USD, 1350 left', false],
      ['position-count', '1 of 3 positions, 2 left', false],
    ],
  )
})

test('a limit that is used up is closed and has no room below 0; a profit is no loss', () => {
  const lost = gateRoomsOf(GATES, row({ highWaterMark: d('1000'), dayStart: today('1400') }), d('700'), NOW)
  assert.deepEqual(
    lost.map(({ gate, left, closed }) => [gate, left, closed]),
    [
      ['daily-loss', '0', true],
      ['drawdown', '0', true],
      ['exposure', '1400', false],
      ['position-count', '3', false],
    ],
  )
  const won = gateRoomsOf(GATES, row({ highWaterMark: d('1000'), dayStart: today('1000') }), d('1200'), NOW)
  assert.deepEqual([won[0]?.used, won[1]?.used, won[1]?.limit], ['0', '0', '240'])
})

test("yesterday's start is no base of today's loss", () => {
  const stale = row({ dayStart: { day: '2001-01-01', equity: d('5000') } })
  assert.equal(gateRoomsOf(GATES, stale, d('1000'), NOW)[0]?.used, '0')
})

test('what rests on an equity that was never read is not known, which is neither room nor closed', () => {
  assert.deepEqual(
    gateRoomsOf(GATES, row({}), null, NOW).map(({ gate, left, closed }) => [gate, left, closed]),
    [
      ['daily-loss', null, false],
      ['drawdown', null, false],
      ['exposure', null, false],
      ['position-count', '3', false],
    ],
  )
})

test('no limit, no room to show', () => {
  const none = { ...GATES, maxPositions: null, maxExposure: null, maxDrawdown: null, maxDailyLoss: null }
  assert.deepEqual(gateRoomsOf(none, row({}), d('1000'), NOW), [])
})

test('a gate denies the smallest entry exactly where its room is closed', () => {
  const amount = fc.integer({ min: 1, max: 2000 }).map(String)
  const plan = { notional: d('0.000001'), limitPrice: d('100') } as EntryPlan
  const seen = new Set<string>()
  const agree = fc.property(amount, amount, amount, amount, (equity, mark, start, held) => {
    const at = row({ highWaterMark: d(mark), dayStart: today(start), ...holding(held) })
    const closed = gateRoomsOf(GATES, at, d(equity), NOW).filter((room) => room.closed)
    const denial = checkMoney({
      plan,
      gates: GATES,
      row: at,
      mark: decimal(d('100')),
      equity: decimal(d(equity)),
      now: NOW,
    })
    seen.add(denial?.gate ?? 'open')
    assert.equal(denial === null, closed.length === 0, `${denial?.gate} and ${closed.map(({ gate }) => gate).join()}`)
    if (denial !== null) assert.ok(closed.some(({ gate }) => gate === denial.gate))
  })
  fc.assert(agree, { numRuns: 2000 })
  assert.deepEqual([...seen].toSorted(), ['daily-loss', 'drawdown', 'exposure', 'open'])
})
