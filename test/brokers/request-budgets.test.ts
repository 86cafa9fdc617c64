/** What is left of a budget is what the venue would still take: it falls with each request and comes back with time. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RequestWindow } from '#brokers/projectx/request-window.ts'
import { WeightBudget } from '#brokers/rate-limit.ts'

test('a weight budget tells what is left of its minute, overdrawn by the urgent', () => {
  const clock = { now: 0 }
  const budget = new WeightBudget({ perMinute: 60, reserve: 10, clock: () => clock.now })
  assert.deepEqual([budget.available, budget.limit], [60, 60])
  assert.ok(budget.tryTake(50, 'normal') && budget.tryTake(20, 'urgent'))
  assert.deepEqual([budget.available, budget.limit], [-10, 60])
  clock.now = 30_000
  assert.equal(budget.available, 20)
})

test('a window tells how many requests are left in it; reading takes none', async () => {
  const clock = { now: 0 }
  const window = new RequestWindow({ requests: 3, windowMs: 1_000, reserve: 1, clock: () => clock.now })
  assert.ok(await window.take('normal', 0))
  clock.now = 600
  for (let n = 0; n < 3; n++) assert.ok(await window.take('urgent', 0))
  assert.deepEqual([window.left, window.left, window.limit], [-1, -1, 3])
  clock.now = 1_000
  assert.equal(window.left, 0)
  clock.now = 1_600
  assert.equal(window.left, 3)
})
