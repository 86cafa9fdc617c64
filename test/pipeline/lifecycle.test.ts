/** The life of a signal on the real protocol: every part real but the venue, whose ledger is the oracle. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PositionId } from '#domain/ids.ts'
import { openDesk } from '#test/support/desk.ts'

test('a signal becomes a position with a native stop, and a close signal ends it with the PnL of the broker', async () => {
  await using desk = await openDesk()
  const opened = await desk.signal({
    kind: 'open',
    signal_id: 'life-1',
    instrument: 'BTC-PERP',
    side: 'long',
    size: { type: 'notional_usd', value: '5000' },
    stop_loss: { distance_bps: 300 },
  })
  assert.equal(opened.status, 'accepted')
  const id = opened.accounts[0]?.positionId as PositionId
  const open = await desk.until(id, 'open')
  assert.ok(Number(open.size) > 0)
  await desk.signal({ kind: 'close', signal_id: 'life-1-close', instrument: 'BTC-PERP' })
  const closed = await desk.until(id, 'closed')
  const [account] = desk.installation.accounts
  const ledger = desk.venue.engine.oracle.ledger(account?.master ?? '')
  console.log(closed, ledger)
  assert.equal(closed.exitReason, 'signal')
})
