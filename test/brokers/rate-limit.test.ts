/** The request budget keeps its reserve for the urgent. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { WeightBudget } from '#brokers/rate-limit.ts'

function budgetAt(start: number): { budget: WeightBudget; advance: (ms: number) => void } {
  let now = start
  const budget = new WeightBudget({ perMinute: 60, reserve: 20, clock: () => now })
  return { budget, advance: (ms) => (now += ms) }
}

test('H1: normal requests stop at the reserve, urgent ones go on and may overdraw', () => {
  const { budget } = budgetAt(0)
  assert.equal(budget.tryTake(40, 'normal'), true)
  assert.equal(budget.tryTake(1, 'normal'), false)
  assert.equal(budget.tryTake(20, 'urgent'), true)
  assert.equal(budget.tryTake(5, 'urgent'), true)
  assert.equal(budget.available, -5)
})

test('weight comes back with time, up to the limit of a minute', () => {
  const { budget, advance } = budgetAt(1_000)
  budget.tryTake(40, 'normal')
  advance(10_000)
  assert.equal(budget.available, 30)
  assert.equal(budget.tryTake(10, 'normal'), true)
  advance(3_600_000)
  assert.equal(budget.available, 60)
})

test('a clock that is set back neither refills nor stops the refill for good', () => {
  const { budget, advance } = budgetAt(100_000)
  budget.tryTake(40, 'normal')
  advance(-90_000)
  assert.equal(budget.available, 20)
  advance(5_000)
  assert.equal(budget.available, 25)
})

test('H2: "too many requests" leaves only the reserve', () => {
  const { budget } = budgetAt(0)
  budget.exhaust()
  assert.equal(budget.tryTake(1, 'normal'), false)
  assert.equal(budget.tryTake(1, 'urgent'), true)
})

test('a wait longer than the patience is refused at once', async () => {
  const { budget } = budgetAt(0)
  budget.tryTake(40, 'normal')
  assert.equal(await budget.take(10, 'normal', 5_000), false)
  assert.equal(budget.available, 20)
})

test('a wait within the patience ends with the weight taken', async () => {
  const budget = new WeightBudget({ perMinute: 600_000, reserve: 0, clock: () => performance.now() })
  budget.tryTake(600_000, 'normal')
  assert.equal(await budget.take(100, 'normal', 60_000), true)
})
