/** Contract cases 4: cancels resolve by the state of their target. */
import assert from 'node:assert/strict'
import { refOf } from '#test/brokers/orders.ts'
import {
  type ContractSubject,
  cancelFor,
  caseOf,
  marketEntry,
  place,
  reportsOf,
  resolveAfter,
  restingEntry,
} from './harness.ts'

/** Registers the cases. */
export function describeCancels({ open, sendFaultNames }: ContractSubject): void {
  const check = caseOf(open)
  check('4.1 a cancel ends a working order, a second one is rejected', async (harness) => {
    await place(harness, restingEntry(harness, 'a'))
    const cancel = await cancelFor(harness, 'a')
    assert.equal((await place(harness, cancel)).outcome.kind, 'accepted')
    assert.deepEqual(await harness.broker.listOpenOrders(), [])
    assert.equal((await harness.broker.findOrder(refOf('a', harness.instrument)))?.status, 'canceled')
    assert.equal((await place(harness, cancel)).outcome.kind, 'rejected')
  })
  for (const name of sendFaultNames) {
    check(`4.2 A5: after ${name}, a cancel resolves by the state of its target`, async (harness) => {
      await place(harness, restingEntry(harness, 'a'))
      const cancel = await cancelFor(harness, 'a')
      harness.sendFaults.find((fault) => fault.name === name)?.arm()
      const { request, outcome } = await place(harness, cancel)
      assert.equal(outcome.kind, 'unknown')
      const [report] = reportsOf(await resolveAfter(harness, request, cancel, true))
      assert.ok(report?.result === 'accepted' && report.status === 'canceled')
      assert.deepEqual(await harness.broker.listOpenOrders(), [])
    })
  }
  check('4.3 A5: a cancel that came too late resolves to the fill of its target', async (harness) => {
    await place(harness, marketEntry(harness, 'a'))
    const cancel = await cancelFor(harness, 'a')
    harness.sendFaults[0]?.arm()
    const { request } = await place(harness, cancel)
    const [report] = reportsOf(await resolveAfter(harness, request, cancel, false))
    assert.ok(report?.result === 'accepted' && report.status === 'filled' && report.filledSize === harness.size)
  })
}
