/** Contract cases 2: one transmission and what it may claim. */
import assert from 'node:assert/strict'
import { CommandRefused } from '#brokers/errors.ts'
import { decimalString } from '#domain/decimal.ts'
import type { OrderCommand } from '#domain/order.ts'
import { type ContractSubject, caseOf, marketEntry, place, reportsOf, restingEntry } from './harness.ts'

/** Registers the cases. */
export function describeSending({ open, sendFaultNames }: ContractSubject): void {
  const check = caseOf(open)
  check('2.1 an order that fills is accepted with its id, size and price', async (harness) => {
    const entry = marketEntry(harness, 'a')
    const { outcome } = await place(harness, entry)
    const [report] = reportsOf(outcome)
    assert.ok(report?.result === 'accepted' && report.venueOrderId !== null && report.averagePrice !== null)
    assert.deepEqual(
      [report.clientOrderId, report.status, report.filledSize],
      [entry.clientOrderId, 'filled', harness.size],
    )
    assert.equal(harness.position(), harness.size)
  })
  check('2.2 an order that rests is accepted as working', async (harness) => {
    const entry = restingEntry(harness, 'a')
    const [report] = reportsOf((await place(harness, entry)).outcome)
    assert.ok(report?.result === 'accepted' && report.status === 'working' && report.filledSize === '0')
    const [order] = await harness.broker.listOpenOrders()
    assert.deepEqual(
      [order?.clientOrderId, order?.venueOrderId, order?.leavesSize, order?.status],
      [entry.clientOrderId, report.venueOrderId, harness.size, 'working'],
    )
  })
  check('2.3 an order the venue refuses is rejected in its words', async (harness) => {
    const { outcome } = await place(harness, { ...marketEntry(harness, 'a'), ...harness.refusal() })
    assert.ok(outcome.kind === 'rejected' && outcome.reason.length > 10, JSON.stringify(outcome))
    assert.equal(outcome.evidence.kind, 'definitive-rejection')
    assert.equal(harness.position(), '0')
  })
  check('2.4 what cannot be expressed is refused before anything is signed', async (harness) => {
    const entry = marketEntry(harness, 'a')
    const refused: OrderCommand[] = [
      { ...entry, instrument: 'NO-SUCH-PERP' },
      { ...entry, size: decimalString('0.0000000001') },
      { ...entry, size: decimalString('0') },
      { ...entry, limitPrice: decimalString('12345.6789') },
      { ...entry, limitPrice: decimalString('-5') },
      { ...entry, trigger: { kind: 'stop', triggerPrice: harness.stop.triggerPrice } },
      {
        type: 'cancel-order',
        instrument: 'NO-SUCH-PERP',
        target: entry.clientOrderId,
        targetVenueOrderId: null,
      },
    ]
    for (const command of refused) {
      const terms = { nonce: harness.nonce(), now: harness.now() }
      await assert.rejects(harness.broker.prepare(command, terms), CommandRefused, JSON.stringify(command))
    }
  })
  for (const name of sendFaultNames) {
    check(`2.5 A1, A6, A7, A18: ${name} is unknown after exactly one transmission`, async (harness) => {
      harness.sendFaults.find((fault) => fault.name === name)?.arm()
      const { outcome } = await place(harness, marketEntry(harness, 'a'))
      assert.equal(outcome.kind, 'unknown', JSON.stringify(outcome))
      assert.equal(harness.transmissions(), 1)
    })
  }
}
