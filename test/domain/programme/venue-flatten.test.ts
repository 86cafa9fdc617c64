/** An exit by nobody's order is the programme's when its clock, a floor or the venue says so, and nobody's else. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ExitCause } from '#domain/closing.ts'
import type { ProgrammeState } from '#domain/programme/record.ts'
import { observe } from '#domain/programme/state.ts'
import { causeUnderProgramme, lockedByVenue } from '#domain/programme/venue-flatten.ts'
import { POSITION } from '#test/domain/samples.ts'
import { programme, readingOf } from './paths.ts'

const COMBINE = programme('topstep-combine-50k')
const HYRO = programme('hyrotrader-1-step-standard')
const BY_NOBODY: ExitCause = { reason: 'operator', byOrder: 'none' }
const at = (iso: string): number => Date.parse(iso)
const MORNING = at('2026-11-23T15:00:00Z')
const QUIET = observe(null, readingOf('50000', '50000'), COMBINE, MORNING)
const BREACHED = observe(QUIET, readingOf('48900', '48900'), COMBINE, MORNING + 1)
const RESTRICTED = observe(QUIET, readingOf('50000', '50000', true), COMBINE, MORNING + 1)

type Case = readonly [what: string, closedAt: number | null, state: ProgrammeState | null, cause: ExitCause, is: string]
const CASES: readonly Case[] = [
  ['before flat-by on a quiet day', at('2026-11-23T21:09:59Z'), QUIET, BY_NOBODY, 'operator'],
  ['at flat-by', at('2026-11-23T21:10:00Z'), QUIET, BY_NOBODY, 'programme_flatten'],
  ['at flat-by that nobody ever watched', at('2026-11-23T21:10:00Z'), null, BY_NOBODY, 'programme_flatten'],
  ['right before the next session', at('2026-11-23T22:59:59Z'), QUIET, BY_NOBODY, 'programme_flatten'],
  ['in the next session', at('2026-11-23T23:00:00Z'), QUIET, BY_NOBODY, 'operator'],
  ['at an early close', at('2026-11-27T18:15:00Z'), QUIET, BY_NOBODY, 'programme_flatten'],
  ['on the day of a breach', MORNING + 2, BREACHED, BY_NOBODY, 'programme_flatten'],
  ['on the day after a breach', MORNING + 86_400_000, BREACHED, BY_NOBODY, 'operator'],
  ['on the day of a restriction', MORNING + 2, RESTRICTED, BY_NOBODY, 'programme_flatten'],
  ['at an unknown moment', null, BREACHED, BY_NOBODY, 'operator'],
  ['by our own exit', MORNING + 2, BREACHED, { reason: 'signal', byOrder: 'exit' }, 'signal'],
  ['by our stop', MORNING + 2, BREACHED, { reason: 'native_stop', byOrder: 'stop' }, 'native_stop'],
  ['by a liquidation', MORNING + 2, BREACHED, { reason: 'liquidation', byOrder: 'none' }, 'liquidation'],
]

for (const [what, closedAt, state, cause, is] of CASES) {
  test(`D10: an exit ${what} is ${is}`, () => {
    assert.deepEqual(causeUnderProgramme(cause, closedAt, state, COMBINE), { ...cause, reason: is })
  })
}

test('without a flat-by time only a floor or the venue makes an exit the programme', () => {
  assert.equal(causeUnderProgramme(BY_NOBODY, at('2026-11-23T21:10:00Z'), null, HYRO).reason, 'operator')
})

test("D10: a venue's flatten locks entries until its day rolls, and keeps a lockout for good", () => {
  const flatten = { positionId: POSITION, closedAt: MORNING }
  const locked = lockedByVenue(QUIET, COMBINE, flatten)
  assert.equal(locked.lockout?.until, at('2026-11-23T23:00:00Z'))
  assert.equal(lockedByVenue(locked, COMBINE, flatten), locked)
  assert.equal(observe(locked, readingOf('50000', '50000'), COMBINE, at('2026-11-23T23:00:00Z')).lockout, null)
  const lost = observe(QUIET, readingOf('47000', '47000'), COMBINE, MORNING + 1)
  assert.equal(lockedByVenue(lost, COMBINE, flatten).lockout?.until, null)
})
