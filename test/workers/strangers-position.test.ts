/** A position that somebody else opened where ours has just ended is not ours to close, whatever the book still asks for. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { trade } from '#test/domain/fill-row.ts'
import { NOW, d } from '#test/domain/samples.ts'
import { BOUGHT, EXIT, openTruthDesk, sold } from './truth-desk.ts'

const CLOSING = {
  state: 'closing',
  exit: { reason: 'signal', requestedAt: NOW, leg: 0 },
} as const
const LIQUIDATED = sold({ clientOrderId: null, venueOrderId: 'theirs', forced: 'liquidation' })
const BY_HAND = trade({ side: 'buy', size: '1', start: '0', clientOrderId: null, n: 3 })

test('an exit finds its position ended and the same size bought by hand: nothing is sent, the fills are asked', async () => {
  await using desk = await openTruthDesk()
  await desk.hold(CLOSING)
  desk.venue.fills = [BOUGHT, LIQUIDATED, BY_HAND]
  desk.venue.held = { 'BTC-PERP': '1' }
  const verdict = await desk.close()
  assert.deepEqual([desk.sent, verdict.next?.map(({ stage }) => stage)], [[], ['reconcile']])
  await desk.reconcile('close')
  const { state, exitReason, orphaned, realised } = await desk.position()
  assert.deepEqual([state, exitReason, orphaned, realised?.gross], ['closed', 'liquidation', true, '10'])
  // What is left is told by the next sweep and stays where it is.
  const { findings } = await desk.sweep()
  assert.deepEqual(
    findings.map(({ kind, broker }) => [kind, broker]),
    [['unexpected-position', '1']],
  )
  assert.deepEqual(desk.sent, [])
})

test('fills that cannot be read hold up no exit', async () => {
  await using desk = await openTruthDesk()
  await desk.hold(CLOSING)
  desk.venue.fills = [BOUGHT]
  desk.venue.held = { 'BTC-PERP': '1' }
  desk.venue.down.add('listFills')
  await desk.close()
  assert.deepEqual(
    desk.sent.map((command) => command.type === 'new-order' && [command.clientOrderId, command.size]),
    [[EXIT, d('1')]],
  )
})
