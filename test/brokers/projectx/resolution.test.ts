/** What the venue's records prove about an unknown request, case by case. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decideResolution } from '#brokers/projectx/resolution.ts'
import { tagOf } from '#brokers/projectx/tags.ts'
import type { WireOrder } from '#brokers/projectx/wire.ts'
import { decimalString } from '#domain/decimal.ts'
import { cancelOf, entryOf, idOf, protectedEntryOf } from '#test/brokers/orders.ts'
import { NQ } from './scripted-venue.ts'

const AT = 5_000
const entry = entryOf('a', { instrument: 'NQZ6', size: decimalString('2') })
const row = (change: Partial<WireOrder> = {}): WireOrder => ({
  id: '77',
  contractId: NQ.id,
  creationTimestamp: { ms: 1_000, below: 0 },
  updateTimestamp: { ms: 1_001, below: 0 },
  status: 2,
  type: 2,
  side: 'buy',
  size: decimalString('2'),
  limitPrice: null,
  stopPrice: null,
  fillVolume: decimalString('2'),
  filledPrice: decimalString('20000'),
  customTag: tagOf(idOf('a'), 0),
  ...change,
})
const refusedRow = row({ id: '76', status: 5, fillVolume: decimalString('0'), filledPrice: null })
/** The row that a fence leaves: ours by tag, of other terms. */
const burnt = { ...refusedRow, type: 1, size: decimalString('1'), limitPrice: decimalString('1') }

const CASES: readonly [string, readonly WireOrder[], string][] = [
  ['a filled record', [row()], 'accepted'],
  ['a record that works and has filled in part', [row({ status: 1, fillVolume: decimalString('1') })], 'accepted'],
  ['a record whose status we do not know', [row({ status: 42 })], 'accepted'],
  ['a record of a later attempt (all attempts are looked at)', [row({ customTag: tagOf(idOf('a'), 3) })], 'accepted'],
  ['a refused attempt and one that landed', [refusedRow, row({ customTag: tagOf(idOf('a'), 1) })], 'accepted'],
  ['a refused record alone', [refusedRow], 'rejected'],
  ['the row of a fence alone, on whatever side', [{ ...burnt, side: 'sell' }], 'rejected'],
  ['a record of the other side under our id (A16)', [row({ side: 'sell' })], 'unknown'],
  ['a record of another contract under our id (A16)', [row({ contractId: 'CON.F.US.EP.Z26' })], 'unknown'],
  ['a record of another size under our id (A16)', [row({ size: decimalString('3') })], 'unknown'],
  ['two records that landed', [row(), row({ id: '78', customTag: tagOf(idOf('a'), 1) })], 'unknown'],
  ['records of others only', [row({ customTag: tagOf(idOf('b'), 0) }), row({ customTag: null })], 'unknown'],
  ['its child only', [row({ customTag: `${tagOf(idOf('a'), 0)}-SL` })], 'unknown'],
  ['nothing anywhere (A9, A22)', [], 'unknown'],
]
for (const [name, rows, kind] of CASES) {
  test(`an order with ${name} is ${kind}`, () => {
    const resolution = decideResolution(entry, rows, AT)
    assert.equal(resolution.kind, kind, JSON.stringify(resolution))
    if (resolution.kind !== 'unknown')
      assert.deepEqual([resolution.evidence.kind, resolution.evidence.at], ['order-record', AT])
  })
}

test('nothing is ever absent: without a deadline the request can land later', () => {
  const resolution = decideResolution(entry, [], Number.MAX_SAFE_INTEGER)
  assert.ok(resolution.kind === 'unknown' && resolution.observed.includes('can still land'))
})

test('an accepted entry with a stop reports both: the stop as its row stands, or as waiting', () => {
  const command = { ...protectedEntryOf('a'), instrument: 'NQZ6', size: decimalString('2') }
  const child = row({
    id: '78',
    type: 4,
    side: 'sell',
    status: 8,
    customTag: `${tagOf(idOf('a'), 0)}-SL`,
    stopPrice: null,
  })
  const told = (rows: readonly WireOrder[]): unknown[] => {
    const resolution = decideResolution(command, rows, AT)
    assert.ok(resolution.kind === 'accepted')
    return resolution.reports.map((report) =>
      report.result === 'accepted' ? [report.clientOrderId, report.venueOrderId, report.status] : report,
    )
  }
  const own = [idOf('a'), '77', 'filled']
  assert.deepEqual(told([row()]), [own, [idOf('a-stop'), null, 'waiting']])
  assert.deepEqual(told([child, row()]), [own, [idOf('a-stop'), '78', 'waiting']])
  assert.deepEqual(told([{ ...child, status: 1 }, row()]), [own, [idOf('a-stop'), '78', 'working']])
  assert.deepEqual(told([{ ...child, status: 3 }, row()]), [own, [idOf('a-stop'), '78', 'canceled']])
})

const cancel = { ...cancelOf('a'), targetVenueOrderId: '77' }
const CANCEL_CASES: readonly [string, readonly WireOrder[], string][] = [
  ['whose target is canceled', [row({ status: 3 })], 'accepted'],
  ['whose target is filled', [row()], 'accepted'],
  ['whose target expired', [row({ status: 4 })], 'accepted'],
  ['whose target still works', [row({ status: 1 })], 'unknown'],
  ['whose target is being canceled', [row({ status: 7 })], 'unknown'],
  ['whose target sleeps', [row({ status: 8 })], 'unknown'],
  ['whose target was not found', [row({ id: '99', status: 3 })], 'unknown'],
]
for (const [name, rows, kind] of CANCEL_CASES) {
  test(`a cancel ${name} is ${kind}`, () => {
    const resolution = decideResolution(cancel, rows, AT)
    assert.equal(resolution.kind, kind, JSON.stringify(resolution))
  })
}
