/**
 * Lost, late and false answers of the venue at entry and exit, through the whole pipeline: the book ends equal to the venue's own
 * ledger, every client order id stands there at most once, and no exit is blocked.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { FaultRuleInput } from '#simulators/hyperliquid/faults/fault.ts'
import { assertProven } from '#test/support/audit-proof.ts'
import { assertEqualsBroker } from '#test/support/broker-net.ts'
import { type Desk, openDesk } from '#test/support/desk.ts'
import { eventually } from '#test/support/eventually.ts'

let desk: Desk
let coins = 0
const COINS = 12
before(async () => {
  desk = await openDesk({
    beforeStart: ({ engine }) => {
      for (let n = 0; n < COINS; n++)
        engine.operator.addInstrument({ name: `L${n}`, szDecimals: 2, maxLeverage: 20, markPx: '100' })
    },
  })
})
after(async () => {
  await desk[Symbol.asyncDispose]()
})

const FAULTS: readonly FaultRuleInput['fault'][] = [
  { kind: 'lose-request' },
  { kind: 'lose-response' },
  { kind: 'error-after-commit', status: 502 },
  { kind: 'error', status: 500 },
  { kind: 'rate-limit' },
  { kind: 'garbage', processed: true },
  { kind: 'garbage', processed: false },
  { kind: 'delay', when: 'after', ms: 300 },
]

/** A coin of its own for each case, so that no case waits for another. */
function newCoin(): string {
  return `L${coins++}`
}

async function fault(rule: FaultRuleInput): Promise<void> {
  await desk.installation.control.call('addFault', rule)
}

function assertOneOrderEach(): void {
  const cloids = desk.oracle().orders.flatMap(({ order }) => (order.cloid === null ? [] : [order.cloid]))
  assert.equal(new Set(cloids).size, cloids.length)
}

for (const kind of FAULTS) {
  test(`entry and exit survive ${JSON.stringify(kind)}`, async () => {
    const coin = newCoin()
    const match = { path: '/exchange', action: 'order' } as const
    await fault({ match, fault: kind })
    const id = await desk.open(coin)
    await desk.until(id, 'open')
    await fault({ match, fault: kind })
    await desk.close(coin)
    const closed = await desk.until(id, 'closed')
    assert.equal(closed.exitReason, 'signal')
    assertEqualsBroker(closed, desk.oracle())
    assertOneOrderEach()
  })
}

test('several faults in a row end in the same order', async () => {
  const coin = newCoin()
  await fault({ match: { path: '/exchange', action: 'order' }, fault: { kind: 'lose-response' }, count: 2 })
  await fault({ match: { info: 'orderStatus' }, fault: { kind: 'unknown-oid' }, count: 2 })
  const id = await desk.open(coin)
  await desk.until(id, 'open')
  await desk.close(coin)
  assertEqualsBroker(await desk.until(id, 'closed'), desk.oracle())
  assertOneOrderEach()
})

test('stale reads and a withheld stream delay the book but never bend it', async () => {
  const coin = newCoin()
  await fault({ match: { info: 'clearinghouseState' }, fault: { kind: 'stale', ms: 400 }, count: 3 })
  await fault({ match: { channel: 'userFills' }, fault: { kind: 'withhold-event' }, count: 2 })
  await fault({ match: { channel: 'orderUpdates' }, fault: { kind: 'duplicate-event' }, count: 2 })
  const id = await desk.open(coin)
  await desk.until(id, 'open')
  await desk.close(coin)
  assertEqualsBroker(await desk.until(id, 'closed'), desk.oracle())
  assertOneOrderEach()
})

test('a dropped stream is followed by reads, not by blindness', async () => {
  const coin = newCoin()
  const id = await desk.open(coin)
  await desk.until(id, 'open')
  await desk.installation.control.call('dropSockets', {})
  await desk.installation.control.call('closeByHand', { user: desk.master, coin })
  assertEqualsBroker(await desk.until(id, 'closed'), desk.oracle())
})

test('what was unknown on the way is proven at the end and its alerts are over', async () => {
  await eventually(async () => (await desk.alerts()).every((row) => row.kind !== 'unknown-order' || !row.active), {
    what: 'no unknown order to be left',
  })
  await eventually(() => desk.working() === 0, { what: 'no order left at the venue' })
})

test('every unknown outcome and what ended it is on record', async () => {
  await assertProven(desk.truebook.book, 20)
})
