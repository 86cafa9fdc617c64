/** The timeline of a position says what has ended, and tells of others only what happened while it lived. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { OrderRow } from '#domain/order.ts'
import type { PositionRow } from '#domain/position.ts'
import { timelineOf } from '#http/position/timeline.ts'
import { trade } from '#test/domain/fill-row.ts'
import { NOW, aPosition } from '#test/domain/samples.ts'

const NOTHING = { signal: null, records: [], intents: [], orders: [], fills: [], ledger: [], alerts: [] }
const stop = { ...aPosition().orders[1], status: 'working', venueStatus: 'open', statusAt: NOW } as unknown as OrderRow
const titles = (position: PositionRow, rows: object): string[] =>
  timelineOf({ ...NOTHING, ...rows, position }).map(({ title }) => title)

test('an order that was working when it was read has ended with its position', () => {
  assert.deepEqual(titles(aPosition(), { orders: [stop] }), ['Order working: stop'])
  const closed = aPosition({ state: 'closed', open: false, closedAt: NOW + 9 })
  assert.deepEqual(titles(closed, { orders: [stop] }), ['Order working: stop, ended since'])
})

test("fills that are nobody's of this position stand in its lifetime, and not around it; its own always do", () => {
  const position = aPosition({ open: false, state: 'closed', createdAt: NOW + 10, closedAt: NOW + 20 })
  const fill = (n: number, mine = false) =>
    trade({ side: 'buy', size: `${n}`, start: '0', clientOrderId: mine ? stop.clientOrderId : null, n })
  assert.deepEqual(titles(position, { fills: [fill(5), fill(6, true), fill(15), fill(25, true), fill(26)] }), [
    'Fill: buy 6 at 100',
    'Fill: buy 15 at 100',
    'Fill: buy 25 at 100',
  ])
})
