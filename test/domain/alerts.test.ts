/** Acknowledging an alert: what it ends, what it only stops, and that it says who was first. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AlertKind } from '#domain/alert-kinds.ts'
import { acknowledgedAlert, isTold } from '#domain/alerts.ts'
import type { AlertRow } from '#domain/records.ts'

const SEEN = { by: 'ada', at: 5_000, why: 'I closed it myself' }

function alertOf(kind: AlertKind): AlertRow {
  const about = { account: 'a', instrument: null, positionId: null, title: 'T', detail: 'D' }
  const state = { raisedAt: 1_000, resolvedAt: null, deliveredAt: null, active: true }
  return { alertId: 'alert-1', severity: 'critical', kind, ...about, ...state }
}

test('an alert about what has happened ends with its acknowledgement and is not raised again', () => {
  const seen = acknowledgedAlert(alertOf('orphan'), SEEN)
  assert.deepEqual([seen.active, seen.resolvedAt, seen.acknowledged], [false, 5_000, SEEN])
  assert.equal(isTold(seen), true)
  const undone = { ...seen, resolvedAt: 9_000 }
  assert.equal(isTold(undone), false, 'a cause that was undone since, and came back')
})

test('an alert about what stands stays active when acknowledged; when it has ended and comes back it is raised again', () => {
  const seen = acknowledgedAlert(alertOf('size-drift'), SEEN)
  assert.deepEqual([seen.active, seen.resolvedAt, seen.acknowledged], [true, null, SEEN])
  assert.equal(isTold(seen), true)
  assert.equal(isTold({ ...seen, active: false, resolvedAt: 9_000 }), false)
})

test('the first acknowledgement stays; one after the end changes no instant of the end', () => {
  const first = acknowledgedAlert(alertOf('orphan'), SEEN)
  assert.equal(acknowledgedAlert(first, { by: 'bob', at: 6_000, why: 'me too' }), first)
  const over = { ...alertOf('size-drift'), active: false, resolvedAt: 2_000 }
  assert.deepEqual(acknowledgedAlert(over, SEEN), { ...over, acknowledged: SEEN })
})
