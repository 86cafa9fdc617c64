/** Contract cases 8: one intent is one effect, whatever is lost, late or said twice (failure cases, group A). */
import assert from 'node:assert/strict'
import { sumDecimals, toDecimalString } from '#domain/decimal.ts'
import type { NewOrder } from '#domain/order.ts'
import { entryOf } from '#test/brokers/orders.ts'
import {
  type BrokerHarness,
  type ContractSubject,
  caseOf,
  marketEntry,
  place,
  reportsOf,
  resolveAfter,
} from './harness.ts'

/** An exit of everything that a market entry opened. */
function exitOf({ instrument, size, aggressive }: BrokerHarness, name: string): NewOrder {
  return entryOf(name, { instrument, size, side: 'sell', limitPrice: aggressive.sell, reduceOnly: true })
}

async function filledSize({ broker, now }: BrokerHarness, { clientOrderId }: NewOrder): Promise<string> {
  const { fills } = await broker.listFills({ from: 0, through: now() })
  const own = fills.filter((fill) => fill.clientOrderId === clientOrderId)
  return toDecimalString(sumDecimals(own.map((fill) => fill.size)))
}

/** Registers the cases. */
export function describeIntents({ open, capabilities, repeatedIds }: ContractSubject): void {
  const check = caseOf(open)
  check('8.1 A2, A4: a fill of an order whose answer was lost belongs to that order', async (harness) => {
    harness.sendFaults.find((fault) => fault.acted)?.arm()
    const entry = marketEntry(harness, 'a')
    assert.equal((await place(harness, entry)).outcome.kind, 'unknown')
    // The venue may act a moment after the answer that was lost.
    const limit = AbortSignal.timeout(5_000)
    while ((await filledSize(harness, entry)) !== harness.size) assert.ok(!limit.aborted, 'the fill never showed')
  })
  check(
    '8.2 A3: a close whose answer was lost, tried again and again, closes once and never opens',
    async (harness) => {
      await place(harness, marketEntry(harness, 'a'))
      harness.sendFaults.find((fault) => fault.acted)?.arm()
      const exit = exitOf(harness, 'x')
      const { request } = await place(harness, exit)
      for (let again = 0; again < 2; again++) {
        const resolution = await resolveAfter(harness, request, exit, capabilities.idempotentResend)
        assert.equal(resolution.kind, 'accepted', JSON.stringify(resolution))
        await harness.broker.send(request, exit)
      }
      assert.deepEqual([harness.ordersWith(exit.clientOrderId), harness.position()], [1, '0'])
    },
  )
  check('8.3 A11, A12: an entry that filled at once is proven although no open order shows it', async (harness) => {
    harness.sendFaults.find((fault) => fault.acted)?.arm()
    const entry = marketEntry(harness, 'a')
    const { request } = await place(harness, entry)
    const working = await harness.broker.listOpenOrders()
    assert.ok(working.every((order) => order.clientOrderId !== entry.clientOrderId))
    const [report] = reportsOf(await resolveAfter(harness, request, entry, false))
    assert.ok(report?.result === 'accepted' && report.status === 'filled' && report.filledSize === harness.size)
  })
  check('8.4 A21: a size that is said to be filled stands in the position and in the fills', async (harness) => {
    const entry = marketEntry(harness, 'a')
    const { request } = await place(harness, entry)
    const [report] = reportsOf(await resolveAfter(harness, request, entry, false))
    assert.ok(report?.result === 'accepted')
    const { positions } = await harness.broker.readAccount()
    const held = positions.find((position) => position.instrument === harness.instrument)?.size
    assert.deepEqual(
      [report.filledSize, held, await filledSize(harness, entry)],
      [harness.size, harness.size, harness.size],
    )
  })
  check('8.5 A15, A23: the same command is the same order however often it is prepared', async (harness) => {
    const entry = marketEntry(harness, 'a')
    await place(harness, entry)
    assert.equal(await filledSize(harness, entry), harness.size)
    if (repeatedIds === 'taken') return
    const { request, outcome } = await place(harness, entry)
    assert.equal(outcome.kind, 'admitted', JSON.stringify(outcome))
    assert.equal((await resolveAfter(harness, request, entry, true)).kind, 'accepted')
    assert.deepEqual([harness.ordersWith(entry.clientOrderId), harness.position()], [1, harness.size])
  })
  if (repeatedIds === 'taken') return
  check('8.6 A8, A16: another order under an id that is taken is never taken for ours', async (harness) => {
    const entry = marketEntry(harness, 'a')
    await place(harness, entry)
    const other: NewOrder = { ...entry, side: 'sell', limitPrice: harness.aggressive.sell }
    const { request, outcome } = await place(harness, other)
    assert.ok(outcome.kind === 'admitted' || outcome.kind === 'unknown', JSON.stringify(outcome))
    const resolution = await resolveAfter(harness, request, other, true)
    assert.equal(resolution.kind, 'unknown', JSON.stringify(resolution))
    assert.deepEqual([harness.ordersWith(entry.clientOrderId), harness.position()], [1, harness.size])
  })
}
