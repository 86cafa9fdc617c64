/** Doctor on trading hours: the calendar's horizon and contracts past their roll. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type SessionInputs, sessionChecks } from '#compose/session-checks.ts'
import { CME_EQUITY_INDEX } from '#domain/session/cme-equity-index.ts'
import { contractDatesOf } from '#domain/session/contract-dates.ts'
import { horizonOf } from '#domain/session/session.ts'
import { BTC, NQ } from '#test/domain/samples.ts'

const DAY = 86_400_000
const OPEN = Date.parse('2026-12-01T15:00:00Z')
const { expiresAt, rollsAt } = contractDatesOf('NQZ6', OPEN)
const NQZ6 = { ...NQ, expiresAt, rollsAt }
const HORIZON = horizonOf(CME_EQUITY_INDEX)

const checks = (now: number, change: Partial<SessionInputs> = {}) =>
  sessionChecks('account a', { instruments: [BTC, NQZ6], wanted: ['NQ'], held: [], ...change }, now)

test('an account that trades no futures hears nothing of trading hours', () => {
  assert.deepEqual(checks(OPEN, { wanted: ['BTC-PERP'] }), [])
  assert.deepEqual(checks(OPEN, { instruments: [BTC], wanted: ['*'] }), [])
})

test('hours and horizon are said, whether futures are named by contract, by product, by * or held', () => {
  const expected =
    'open until 2026-12-01 16:00 America/Chicago; holidays of cme-equity-index are known through 2027-12-31'
  for (const change of [{}, { wanted: ['NQZ6'] }, { wanted: ['*'] }, { wanted: [], held: ['NQZ6'] }]) {
    const [check, ...others] = checks(OPEN, change)
    assert.deepEqual([check?.level, others], ['ok', []])
    assert.ok(check?.detail.startsWith(expected), check?.detail)
  }
  assert.match(
    checks(Date.parse('2026-11-28T12:00:00Z'))[0]?.detail ?? '',
    /^closed \(weekend\) until 2026-11-29 17:00/,
  )
})

for (const [level, now] of [
  ['ok', HORIZON - 60 * DAY],
  ['warn', HORIZON - 60 * DAY + 1],
  ['warn', HORIZON - 1],
  ['fail', HORIZON],
] as const) {
  test(`${(HORIZON - now) / DAY} days before the horizon the check is ${level}`, () => {
    const [check] = checks(now)
    assert.equal(check?.level, level)
    assert.equal(check.fix === null, level === 'ok')
  })
}

test('a contract past its roll that is named or held is warned of; one behind its product is not', () => {
  assert.equal(rollsAt, Date.parse('2026-12-13T23:00:00Z'))
  const warnings = (change: Partial<SessionInputs>) =>
    checks(rollsAt, change).filter(({ check }) => check === 'account a: contract')
  assert.deepEqual(warnings({}), [])
  assert.match(warnings({ wanted: ['NQZ6'] })[0]?.detail ?? '', /^the configuration names NQZ6, which is past its roll/)
  assert.match(warnings({ held: ['NQZ6'] })[0]?.detail ?? '', /^a position is held in NQZ6/)
  assert.deepEqual(
    checks(rollsAt - 1, { held: ['NQZ6'] }).filter(({ level }) => level === 'warn'),
    [],
  )
})
