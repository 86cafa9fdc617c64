/** Contract cases 6: an entry and its stop in one request. */
import assert from 'node:assert/strict'
import type { NewOrder } from '#domain/order.ts'
import { idOf } from '#test/brokers/orders.ts'
import {
  type BrokerHarness,
  type ContractSubject,
  caseOf,
  marketEntry,
  place,
  reportsOf,
  resolveAfter,
} from './harness.ts'

/** Registers the cases. */
export function describeAttachedStop({ open, capabilities, sendFaultNames }: ContractSubject): void {
  const check = caseOf(open)
  const protectedEntry = (harness: BrokerHarness): NewOrder => ({
    ...marketEntry(harness, 'a'),
    attachedStop: { clientOrderId: idOf('a-stop'), ...harness.stop },
  })
  const assertProtected = async ({ broker, stop, size }: BrokerHarness): Promise<void> => {
    const order = (await broker.listOpenOrders()).find(
      (row) => row.clientOrderId === idOf('a-stop') || row.attachedTo === idOf('a'),
    )
    assert.deepEqual(
      [order?.side, order?.reduceOnly, order?.trigger, order?.leavesSize],
      ['sell', capabilities.reduceOnly, { kind: 'stop', triggerPrice: stop.triggerPrice }, size],
    )
  }
  check('6.1 E6: an entry with an attached stop is never without it', async (harness) => {
    const reports = reportsOf((await place(harness, protectedEntry(harness))).outcome)
    assert.deepEqual(
      reports.map((report) => report.clientOrderId),
      [idOf('a'), idOf('a-stop')],
    )
    assert.ok(reports.every((report) => report.result === 'accepted'))
    await assertProtected(harness)
  })
  for (const name of sendFaultNames) {
    check(`6.2 A20: after ${name}, resolving leaves one entry and one stop`, async (harness) => {
      harness.sendFaults.find((fault) => fault.name === name)?.arm()
      const entry = protectedEntry(harness)
      const { request } = await place(harness, entry)
      const reports = reportsOf(await resolveAfter(harness, request, entry, true))
      assert.deepEqual(
        reports.map((report) => report.clientOrderId),
        [idOf('a'), idOf('a-stop')],
      )
      assert.deepEqual([harness.ordersWith(idOf('a')), harness.ordersWith(idOf('a-stop'))], [1, 1])
      await assertProtected(harness)
    })
  }
}
