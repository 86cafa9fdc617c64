/** The plan of a storm: the same seed is the same plan, and everything there is comes up. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TERMS, planStorm } from '#storm/plan.ts'

test('the same seed is the same plan, another seed is another', () => {
  assert.deepEqual(planStorm(7, 60_000, 2000), planStorm(7, 60_000, 2000))
  assert.notDeepEqual(planStorm(7, 60_000, 2000), planStorm(8, 60_000, 2000))
})

test('ten minutes hold every kind of disturbance, in order of time and within their length', () => {
  const plan = planStorm(1, 600_000, 2000)
  assert.deepEqual(new Set(plan.map(({ kind }) => kind)), new Set(Object.keys(TERMS)))
  assert.deepEqual(
    plan.map(({ at }) => at),
    plan.map(({ at }) => at).toSorted((a, b) => a - b),
  )
  for (const { kind, forMs, at } of plan) {
    const [least, most] = TERMS[kind].ms
    assert.ok(forMs >= least && forMs <= most && at < 600_000, `${kind} lasts ${forMs} ms at ${at}`)
  }
})
