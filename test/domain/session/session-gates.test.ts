/** Entries keep trading hours, the roll and the calendar's horizon; each denial says when it ends. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Instrument } from '#domain/instrument.ts'
import { CME_EQUITY_INDEX } from '#domain/session/cme-equity-index.ts'
import { contractDatesOf } from '#domain/session/contract-dates.ts'
import { checkSession } from '#domain/session/session-gates.ts'
import { horizonOf } from '#domain/session/session.ts'
import { BTC, NQ } from '#test/domain/samples.ts'

const at = (iso: string): number => Date.parse(iso)
const { expiresAt, rollsAt } = contractDatesOf('NQZ6', at('2026-11-01T00:00:00Z'))
const Z26: Instrument = { ...NQ, expiresAt, rollsAt }
const NEVER_ROLLS: Instrument = { ...NQ, expiresAt: null, rollsAt: null }

test('a market without a calendar is always open', () => {
  assert.equal(checkSession(BTC, at('2026-11-28T12:00:00Z')), null)
})

test('inside trading hours nothing is in the way', () => {
  assert.equal(checkSession(Z26, at('2026-12-01T15:00:00Z')), null)
})

for (const [when, iso, observed] of [
  ['the daily break', '2026-12-01T22:30:00Z', 'closed (daily break), reopens 2026-12-01 17:00 America/Chicago'],
  ['the weekend', '2026-11-28T12:00:00Z', 'closed (weekend), reopens 2026-11-29 17:00 America/Chicago'],
  ['a holiday halt', '2026-11-26T20:00:00Z', 'closed (Thanksgiving Day), reopens 2026-11-26 17:00 America/Chicago'],
] as const) {
  test(`H6: ${when} denies an entry and says when trading reopens`, () => {
    const denial = checkSession(Z26, at(iso))
    assert.deepEqual([denial?.gate, denial?.observed], ['session-open', observed])
  })
}

test('H7: from the opening of its roll date on no entry goes into a contract', () => {
  assert.equal(rollsAt, at('2026-12-13T23:00:00Z'))
  assert.equal(checkSession(Z26, rollsAt)?.gate, 'contract-rolled')
  assert.equal(checkSession(NEVER_ROLLS, rollsAt), null)
  assert.notEqual(checkSession(Z26, rollsAt - 1)?.gate, 'contract-rolled')
})

test('H6: past its horizon the calendar is not relied on', () => {
  const horizon = horizonOf(CME_EQUITY_INDEX)
  assert.equal(checkSession(NEVER_ROLLS, horizon - 1), null)
  const denial = checkSession(NEVER_ROLLS, horizon)
  assert.equal(denial?.gate, 'calendar-horizon')
  assert.match(denial.limit, /2027-12-31/)
})
