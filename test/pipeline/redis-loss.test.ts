/** Redis holds only work in flight: wiping it completely in the middle of lives loses nothing, the sweep restores every job. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Redis } from 'ioredis'
import { assertEqualsBroker } from '#test/support/broker-net.ts'
import { openDesk } from '#test/support/desk.ts'
import { eventually } from '#test/support/eventually.ts'

test('after a total wipe of Redis open positions are watched again and end as they must', async () => {
  await using desk = await openDesk()
  const watched = await desk.open('BTC', { take_profit: { distance_bps: 100 } })
  const routed = await desk.open('ETH')
  await desk.until(watched, 'open')
  await desk.until(routed, 'open')
  const redis = new Redis(desk.redis.url)
  await redis.flushall()
  await redis.quit()
  await desk.mark('BTC', '101500')
  const closed = await desk.until(watched, 'closed')
  assert.equal(closed.exitReason, 'take_profit')
  assertEqualsBroker(closed, desk.oracle())
  await desk.close('ETH')
  assertEqualsBroker(await desk.until(routed, 'closed'), desk.oracle())
  await eventually(() => desk.working() === 0, { what: 'no order left at the venue' })
})
