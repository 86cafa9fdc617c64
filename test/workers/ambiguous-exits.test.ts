/** What an exit is, where fills of others and several stretches of exposure lie around it (B15): one stretch, or a refusal that says so. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { trade } from '#test/domain/fill-row.ts'
import { NOW, d } from '#test/domain/samples.ts'
import { BOUGHT, ENTRY, openTruthDesk, sold } from './truth-desk.ts'

test('B15: two stretches that one entry opened are refused with an alert, never summed and never picked from', async () => {
  await using desk = await openTruthDesk()
  await desk.hold()
  // A resting entry fills in half, somebody closes that half, then the rest fills and is closed again.
  const half = { size: d('0.5') }
  desk.venue.fills = [
    { ...BOUGHT, ...half },
    { ...sold(), ...half, startPosition: d('0.5'), clientOrderId: null },
    trade({ side: 'buy', size: '0.5', start: '0', clientOrderId: ENTRY, n: 3 }),
    trade({ side: 'sell', size: '0.5', start: '0.5', clientOrderId: null, n: 4, closedPnl: '-3' }),
  ]
  await desk.reconcile()
  const { state, realised } = await desk.position()
  assert.deepEqual([state, realised], ['unresolved', null])
  assert.deepEqual(await desk.ledger(), [])
  assert.deepEqual(await desk.alerts(), ['critical exit-ambiguous'])
  assert.match((await desk.alert('exit-ambiguous')).detail, /2 stretches/)
})

test('B15: round trips of the same size by others around ours are not ours', async () => {
  await using desk = await openTruthDesk()
  await desk.hold()
  const foreign = (n: number) => [
    trade({ side: 'buy', size: '1', start: '0', clientOrderId: null, n, price: '100' }),
    trade({ side: 'sell', size: '1', start: '1', clientOrderId: null, n: n + 1, price: '150', closedPnl: '50' }),
  ]
  const ours = [
    trade({ side: 'buy', size: '1', start: '0', clientOrderId: ENTRY, n: 10 }),
    { ...sold(), fillId: 'ours', time: NOW + 11 },
  ]
  desk.venue.fills = [...foreign(1), ...ours, ...foreign(20)]
  await desk.reconcile()
  assert.deepEqual([(await desk.position()).realised?.gross, (await desk.ledger()).length], ['10', 1])
})
