/** Contract cases 1: reads prove what they say, or say that they cannot. */
import assert from 'node:assert/strict'
import type { Broker } from '#brokers/broker.ts'
import { BrokerUnavailable } from '#brokers/errors.ts'
import { sumDecimals, toDecimalString } from '#domain/decimal.ts'
import { refOf } from '#test/brokers/orders.ts'
import { type ContractSubject, caseOf, marketEntry, place } from './harness.ts'

const READS: readonly [string, (broker: Broker) => Promise<unknown>][] = [
  ['readAccount', (broker) => broker.readAccount()],
  ['listOpenOrders', (broker) => broker.listOpenOrders()],
  ['findOrder', (broker) => broker.findOrder(refOf('any'))],
  ['listFills', (broker) => broker.listFills({ from: 0, through: 4_000_000_000_000 })],
  ['listCash', (broker) => broker.listCash({ from: 0, through: 4_000_000_000_000 })],
  ['listInstruments', (broker) => broker.listInstruments()],
  ['readMarks', (broker) => broker.readMarks()],
  ['checkCredentials', (broker) => broker.checkCredentials(0)],
]

/** Registers the cases. */
export function describeReads({ open, readFaultNames }: ContractSubject): void {
  const check = caseOf(open)
  check('1.1 an account that never traded is empty by proof', async ({ broker, instrument, now }) => {
    const { positions, unrealised } = await broker.readAccount()
    assert.deepEqual([positions, unrealised], [[], '0'])
    assert.deepEqual(await broker.listOpenOrders(), [])
    assert.equal(await broker.findOrder(refOf('never', instrument)), null)
    const { fills, coverage } = await broker.listFills({ from: 0, through: now() })
    assert.deepEqual([fills, coverage.complete], [[], true])
  })
  check('1.2 C17: what was traded shows in every read of the account', async (harness) => {
    const { broker, instrument, size, now } = harness
    const entry = marketEntry(harness, 'a')
    await place(harness, entry)
    const { positions } = await broker.readAccount()
    assert.deepEqual(
      positions.map((position) => [position.instrument, position.size]),
      [[instrument, size]],
    )
    const { fills, coverage } = await broker.listFills({ from: 0, through: now() })
    assert.equal(coverage.complete, true)
    assert.equal(toDecimalString(sumDecimals(fills.map((fill) => fill.size))), size)
    assert.ok(fills.every((fill) => fill.clientOrderId === entry.clientOrderId && fill.account === broker.account))
    const record = await broker.findOrder(refOf('a', instrument))
    assert.deepEqual([record?.status, record?.leavesSize], ['filled', '0'])
  })
  check('1.3 B4: fills that are not ours are told as well', async (harness) => {
    harness.tradeByHand('buy', harness.size)
    const { fills } = await harness.broker.listFills({ from: 0, through: harness.now() })
    assert.equal(toDecimalString(sumDecimals(fills.map((fill) => fill.size))), harness.size)
    assert.ok(fills.every((fill) => fill.clientOrderId === null))
  })
  check("1.5 H5: an account reading carries the venue's own time, not ours", async ({ broker, now, ourClock }) => {
    ourClock.aheadMs = -10_000
    const offset = now() - (await broker.readAccount()).asOf
    assert.ok(Math.abs(offset) <= 1_500, `${offset} ms off the venue's clock`)
  })
  check('1.5 C4: a position made by hand is told, and is absent once it was closed by hand', async (harness) => {
    const held = async () => (await harness.broker.readAccount()).positions.map((row) => [row.instrument, row.size])
    harness.tradeByHand('sell', harness.size)
    assert.deepEqual(await held(), [[harness.instrument, `-${harness.size}`]])
    harness.tradeByHand('buy', harness.size)
    assert.deepEqual(await held(), [])
  })
  check('1.6 B8: reading a history again finds the same fills under the same ids', async (harness) => {
    harness.tradeByHand('buy', harness.size)
    harness.tradeByHand('sell', harness.size)
    const interval = { from: 0, through: harness.now() }
    const first = await harness.broker.listFills(interval)
    assert.ok(first.fills.length > 0)
    assert.deepEqual((await harness.broker.listFills(interval)).fills, first.fills)
  })
  for (const name of readFaultNames) {
    check(`1.4 C1, C2: when reads meet ${name}, every one is unavailable and none is empty`, async (harness) => {
      await place(harness, marketEntry(harness, 'a'))
      harness.readFaults.find((fault) => fault.name === name)?.arm()
      await Promise.all(
        READS.map(([read, ask]) => assert.rejects(ask(harness.broker), BrokerUnavailable, `${read} answered`)),
      )
      harness.mendReads()
      assert.equal((await harness.broker.readAccount()).positions.length, 1)
    })
  }
}
