/** How far our clock is off a venue's, and from where on no entry goes out. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clockObjection, clockOffsetOf } from '#domain/clock-offset.ts'

const at = (venueTime: number) => ({ askedAt: 100_000, answeredAt: 100_400, venueTime })

test('H5: a venue time within the question proves no offset; outside of it, the least one', () => {
  for (const [venueTime, offset] of [
    [100_000, 0],
    [100_400, 0],
    [99_000, 1_000],
    [103_400, -3_000],
  ] as const)
    assert.equal(clockOffsetOf(at(venueTime)), offset, String(venueTime))
})

test('H5: beyond the bound entries are objected to, in either direction, and at it they are not', () => {
  assert.equal(clockObjection(at(95_000), 5_000), null)
  assert.equal(clockObjection(at(105_400), 5_000), null)
  assert.match(
    clockObjection(at(94_999), 5_000) ?? '',
    /^our clock is 5001 ms ahead of the venue's, more than 5000 ms$/,
  )
  assert.match(clockObjection(at(105_401), 5_000) ?? '', /^our clock is 5001 ms behind the venue's/)
})
