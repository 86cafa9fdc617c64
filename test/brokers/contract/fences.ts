/** Contract cases 5: a request made impossible. */
import assert from 'node:assert/strict'
import { type ContractSubject, caseOf, marketEntry, place, prepare } from './harness.ts'

/** Registers the cases. */
export function describeFence({ open }: ContractSubject): void {
  const check = caseOf(open)
  check('5.1 a fenced request can never execute', async (harness) => {
    const entry = marketEntry(harness, 'a')
    const request = await prepare(harness, entry)
    assert.equal((await harness.broker.fence(request, harness.now())).kind, 'absent')
    const { kind } = await harness.broker.send(request, entry)
    assert.ok(kind !== 'accepted', kind)
    assert.deepEqual([harness.ordersWith(entry.clientOrderId), harness.position()], [0, '0'])
  })
  check('5.2 a fence that comes too late says so and changes nothing', async (harness) => {
    const entry = marketEntry(harness, 'a')
    const { request } = await place(harness, entry)
    assert.equal((await harness.broker.fence(request, harness.now())).kind, 'admitted')
    assert.equal(harness.position(), harness.size)
  })
  check('5.3 a fence whose answer is lost is unknown', async (harness) => {
    const request = await prepare(harness, marketEntry(harness, 'a'))
    harness.sendFaults[0]?.arm()
    assert.equal((await harness.broker.fence(request, harness.now())).kind, 'unknown')
  })
}
