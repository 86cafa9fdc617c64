/** A stretch of exposure is booked once: a void may join a later position to the stretch of an earlier one. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NOW, POSITION } from '#test/domain/samples.ts'
import { positionIdOf, signalKeyOf } from '#domain/ids.ts'
import { BOUGHT, openTruthDesk, sold } from './truth-desk.ts'

const CLOSING = { state: 'closing', exit: { reason: 'signal', requestedAt: NOW, leg: 0 } } as const

test('the stretch is booked as another position: this one is left to a person, with one alert and no result', async () => {
  await using desk = await openTruthDesk()
  await desk.hold(CLOSING)
  desk.venue.fills = [BOUGHT, sold()]
  await desk.reconcile('close')
  const [ledger] = await desk.ledger()
  assert.ok(ledger !== undefined)
  // The same fills once more, now asked for by a position that is not the one they were booked as.
  const other = positionIdOf(signalKeyOf('test', 'earlier'), 'account')
  await desk.book.commit([{ op: 'put', kind: 'ledger', id: ledger.ledgerId, row: { ...ledger, positionId: other } }])
  const stored = await desk.book.load('positions', POSITION)
  assert.ok(stored !== null)
  const again = { ...stored.row, ...CLOSING, open: true, realised: null, closedAt: null, exitReason: null }
  await desk.book.commit([
    { op: 'replace', kind: 'positions', id: POSITION, revision: stored.revision, row: again },
    { op: 'delete', kind: 'processed', id: `${POSITION}.reconcile` },
  ])
  const verdict = await desk.reconcile('sweep')
  assert.equal(verdict.kind, 'done')
  const { state, realised } = await desk.position()
  assert.deepEqual([state, realised], ['unresolved', null])
  assert.match((await desk.alert('exit-ambiguous')).detail, new RegExp(`booked as ${other} already`))
  assert.equal((await desk.ledger()).length, 1)
  assert.equal((await desk.reconcile('sweep')).detail, 'unresolved')
})
