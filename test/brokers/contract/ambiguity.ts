/** Contract cases 3: unknown outcomes end on proof. */
import assert from 'node:assert/strict'
import { type ContractSubject, caseOf, marketEntry, place, reportsOf, resolveAfter } from './harness.ts'

/** Registers the cases. */
export function describeAmbiguity({ open, capabilities, sendFaultNames }: ContractSubject): void {
  const check = caseOf(open)
  for (const name of sendFaultNames) {
    check(`3.1 A1-A4: after ${name}, resolving finds the one order or proves that there is none`, async (harness) => {
      const fault = harness.sendFaults.find((entry) => entry.name === name)
      fault?.arm()
      const entry = marketEntry(harness, 'a')
      const { request } = await place(harness, entry)
      const resolution = await resolveAfter(harness, request, entry, capabilities.idempotentResend)
      if (capabilities.idempotentResend || fault?.acted === true) {
        const [report] = reportsOf(resolution)
        assert.ok(report?.result === 'accepted' && report.status === 'filled' && report.filledSize === harness.size)
        assert.deepEqual([harness.ordersWith(entry.clientOrderId), harness.position()], [1, harness.size])
      } else {
        assert.equal(resolution.kind, 'unknown')
      }
    })
    if (!capabilities.venueDeadline) continue
    check(`3.2 A9, A14: after ${name} and the deadline, without re-sending, the same is proven`, async (harness) => {
      const fault = harness.sendFaults.find((entry) => entry.name === name)
      fault?.arm()
      const entry = marketEntry(harness, 'a')
      const { request } = await place(harness, entry)
      const before = await resolveAfter(harness, request, entry, false)
      assert.equal(before.kind, fault?.acted === true ? 'accepted' : 'unknown', JSON.stringify(before))
      harness.passDeadline()
      const after = await resolveAfter(harness, request, entry, false)
      assert.equal(after.kind, fault?.acted === true ? 'accepted' : 'absent', JSON.stringify(after))
      // And absent stays absent: the very bytes, should they ever arrive, do nothing.
      await harness.broker.send(request, entry)
      const landed = fault?.acted === true
      assert.deepEqual(
        [harness.ordersWith(entry.clientOrderId), harness.position()],
        landed ? [1, harness.size] : [0, '0'],
      )
    })
  }
  check('3.3 A8: the same bytes again never execute twice', async (harness) => {
    const entry = marketEntry(harness, 'a')
    const { request } = await place(harness, entry)
    const again = await harness.broker.send(request, entry)
    assert.equal(again.kind, capabilities.idempotentResend ? 'admitted' : 'unknown')
    assert.deepEqual([harness.ordersWith(entry.clientOrderId), harness.position()], [1, harness.size])
  })
  check('3.4 A22: one "not found" is no proof', async (harness) => {
    const entry = marketEntry(harness, 'a')
    const { request } = await place(harness, entry)
    harness.hideOrderOnce()
    assert.equal((await resolveAfter(harness, request, entry, true)).kind, 'accepted')
  })
  check('3.5 C1: an unknown request stays unknown while reads fail', async (harness) => {
    harness.sendFaults.find((fault) => fault.acted)?.arm()
    const entry = marketEntry(harness, 'a')
    const { request } = await place(harness, entry)
    harness.passDeadline()
    for (const fault of harness.readFaults) {
      fault.arm()
      const resolution = await resolveAfter(harness, request, entry, false)
      assert.equal(resolution.kind, 'unknown', `${fault.name}: ${JSON.stringify(resolution)}`)
      harness.mendReads()
    }
    assert.equal((await resolveAfter(harness, request, entry, false)).kind, 'accepted')
  })
  check('3.6 a refusal whose words were lost is never taken for an acceptance', async (harness) => {
    harness.sendFaults.find((fault) => fault.acted)?.arm()
    const entry = { ...marketEntry(harness, 'a'), ...harness.refusal() }
    const { request } = await place(harness, entry)
    const resolution = await resolveAfter(harness, request, entry, true)
    assert.equal(resolution.kind, 'rejected', JSON.stringify(resolution))
    assert.equal(harness.position(), '0')
  })
}
