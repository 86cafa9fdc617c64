/** Histories are asked for by the day, without a hole. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { daySlices } from '#brokers/projectx/day-slices.ts'
import { NOW } from './scripted-venue.ts'

const DAY_MS = 86_400_000

test('slices of at most a day join without a hole; the last one is open', () => {
  fc.assert(
    fc.property(fc.integer({ min: -1_000, max: 40 * DAY_MS }), (age) => {
      const slices = daySlices(NOW - age, NOW)
      assert.equal(Date.parse(slices[0]?.startTimestamp ?? ''), NOW - age)
      for (const [index, { startTimestamp, endTimestamp }] of slices.entries()) {
        const next = slices[index + 1]
        assert.equal(endTimestamp, next?.startTimestamp)
        const end = endTimestamp === undefined ? NOW : Date.parse(endTimestamp)
        assert.ok(end - Date.parse(startTimestamp) <= DAY_MS)
      }
    }),
  )
})
