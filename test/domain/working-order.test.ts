/** An order works while its position still needs it; what the venue once said of it does not count for ever. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type OrderEvent, clientOrderIdOf } from '#domain/ids.ts'
import type { PositionRow } from '#domain/position.ts'
import { isWorking } from '#domain/working-order.ts'
import { NOW, POSITION, aPosition } from './samples.ts'

const order = (event: OrderEvent, leg = 0) => ({ event, leg, clientOrderId: clientOrderIdOf(POSITION, event, leg) })
const EXIT = {
  state: 'closing',
  exit: { reason: 'signal', requestedAt: NOW, leg: 1 },
  orders: [...aPosition().orders, order('exit', 0), order('exit', 1)],
} as const

const CASES: readonly [string, Partial<PositionRow> | null, Record<string, boolean>][] = [
  ['an entry on its way', { entrySettled: false, nativeStop: null }, { 'entry 0': true, 'stop 0': true }],
  ['a position that stands', {}, { 'entry 0': false, 'stop 0': true, 'stop 1': false, 'exit 0': false }],
  ['a position whose exit is in its second leg', EXIT, { 'exit 0': false, 'exit 1': true, 'stop 0': true }],
  ['a position that has ended', { state: 'closed', open: false }, { 'entry 0': false, 'stop 0': false }],
  ['a position that waits for a person', { state: 'unresolved' }, { 'stop 0': false }],
  ['no position', null, { 'entry 0': false, 'stop 0': false }],
]

for (const [title, change, expected] of CASES) {
  test(`${title}: ${JSON.stringify(expected)}`, () => {
    const position = change === null ? null : aPosition(change)
    for (const [name, works] of Object.entries(expected)) {
      const [event, leg] = name.split(' ') as [OrderEvent, string]
      assert.equal(isWorking(order(event, Number(leg)), position), works, name)
    }
  })
}
