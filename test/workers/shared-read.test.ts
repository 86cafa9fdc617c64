/** A shared read is never older than its reader asked for, whatever the clock does. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SharedRead } from '#workers/shared-read.ts'

/** A read that answers how many were made, under a clock set by hand. */
function counted(): { readonly shared: SharedRead<number>; readonly clock: { now: number } } {
  const clock = { now: 100_000 }
  let reads = 0
  return {
    clock,
    shared: new SharedRead(
      () => Promise.resolve((reads += 1)),
      () => clock.now,
    ),
  }
}

test('an answer is shared with whoever asked for one as old, and read again for whoever asked for a newer one', async () => {
  const { shared, clock } = counted()
  assert.equal(await shared.get(clock.now), 1)
  clock.now += 5_000
  assert.equal(await shared.get(clock.now - 5_000), 1)
  assert.equal(await shared.get(clock.now), 2)
})

test('H5: an answer from before the clock was set back is not taken for a new one', async () => {
  const { shared, clock } = counted()
  await shared.get(clock.now)
  clock.now -= 60_000
  assert.equal(await shared.get(clock.now), 2)
  clock.now += 1_000
  assert.equal(await shared.get(clock.now), 3)
  assert.equal(await shared.get(clock.now - 500), 3)
})
