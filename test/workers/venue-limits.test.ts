/** Group H of the failure catalogue at the workers: request budgets, sweeps that meet a limit, venues that are away, clocks that differ. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Book } from '#book/book.ts'
import { BrokerUnavailable } from '#brokers/errors.ts'
import { monitorEnvelope } from '#domain/envelopes.ts'
import { clientOrderIdOf, positionIdOf, signalKeyOf } from '#domain/ids.ts'
import type { Envelope } from '#domain/message.ts'
import type { PositionRow } from '#domain/position.ts'
import { NOW, POSITION, aBrokerOrder, d } from '#test/domain/samples.ts'
import { viewAccount } from '#workers/account-view.ts'
import { OWED_MAX, requeueOwed } from '#workers/requeue.ts'
import { SharedRead } from '#workers/shared-read.ts'
import type { Tools } from '#workers/worker.ts'
import { ACCOUNT, BOUGHT, ENTRY, type TruthDesk, openTruthDesk } from './truth-desk.ts'

const HELD = { 'BTC-PERP': '1' }
const CLOSING: Partial<PositionRow> = { state: 'closing', exit: { reason: 'signal', requestedAt: NOW, leg: 0 } }

test('H2: a thousand readers at one moment cost one request, and those who come during it one more', async () => {
  let asked = 0
  const answers: (() => void)[] = []
  const read = async (): Promise<void> => {
    asked += 1
    await new Promise<void>((resolve) => void answers.push(resolve))
  }
  const shared = new SharedRead(read, () => 100)
  const first = Array.from({ length: 1000 }, () => shared.get(100))
  const later = Array.from({ length: 1000 }, () => shared.get(101))
  assert.equal(asked, 1)
  answers[0]?.()
  await Promise.all(first)
  answers[1]?.()
  await Promise.all(later)
  assert.equal(asked, 2)
})

test('H3: a sweep makes as many reads with hundreds of orders as with none', async () => {
  const readsOf = async (orders: number): Promise<number> => {
    await using desk = await openTruthDesk()
    let reads = 0
    desk.venue.meanwhile = async () => void (reads += 1)
    const ids = Array.from({ length: orders }, (_, n) => clientOrderIdOf(POSITION, 'stop', n))
    await desk.hold({ orders: ids.map((clientOrderId, leg) => ({ clientOrderId, event: 'stop', leg })) })
    desk.venue.held = HELD
    desk.venue.fills = [BOUGHT]
    desk.venue.open = ids.map((clientOrderId, n) => aBrokerOrder({ clientOrderId, venueOrderId: String(n) }))
    assert.equal((await desk.sweep()).complete, true)
    return reads
  }
  assert.equal(await readsOf(400), await readsOf(0))
})

for (const [when, arrange] of [
  ['before its first look', (desk: TruthDesk, fail: () => void) => void (desk.venue.meanwhile = async () => fail())],
  ['between its looks', (desk: TruthDesk, fail: () => void) => void (desk.betweenLooks = fail)],
] as const) {
  test(`H3: a sweep that meets a rate limit ${when} is incomplete: nothing found, alerted, lifted or proven`, async () => {
    await using desk = await openTruthDesk()
    desk.venue.held = { 'ETH-PERP': '2' }
    await desk.sweep()
    const before = [await desk.alerts(), await desk.locks()]
    assert.deepEqual(before, [['critical unexpected-position'], ['ETH-PERP']])
    // The lock's cause is gone and another is there: a complete sweep would lift the one and find the other.
    desk.venue.held = { 'SOL-PERP': '5' }
    arrange(desk, () => void desk.venue.down.add('listFills'))
    const { complete, findings, provenThrough, detail } = await desk.sweep()
    assert.deepEqual([complete, findings, provenThrough], [false, [], null])
    assert.match(detail, /^incomplete/)
    assert.deepEqual([await desk.alerts(), await desk.locks()], before)
  })
}

test('H3: a rate limit after the comparison leaves what was found as found, and the sweep incomplete', async () => {
  await using desk = await openTruthDesk()
  desk.venue.held = { 'ETH-PERP': '2' }
  desk.venue.down.add('listCash')
  const { complete, findings, detail } = await desk.sweep()
  assert.deepEqual([complete, findings.map(({ kind }) => kind)], [false, ['unexpected-position']])
  assert.match(detail, /^unexpected-position ETH-PERP; then incomplete: /)
  assert.deepEqual(await desk.locks(), ['ETH-PERP'])
})

test('H3: a fill read that failed moves no cursor: the next one asks for the same interval again', async () => {
  await using desk = await openTruthDesk()
  const { fillsThrough } = await desk.readFills()
  desk.venue.down.add('listFills')
  desk.clock.now += 120_000
  await assert.rejects(viewAccount(desk.tools, ACCOUNT, desk.clock.now), BrokerUnavailable)
  desk.venue.down.clear()
  await desk.readFills()
  const [, failed, again] = desk.asked
  assert.equal(again?.from, failed?.from)
  assert.ok((again?.from ?? Infinity) <= fillsThrough)
})

test('H3: what is owed is looked at so many rows a sweep, and the next goes on where it stopped', async () => {
  const owed = Array.from({ length: 2 * OWED_MAX + 5 }, (_, n) => {
    const about = { positionId: positionIdOf(signalKeyOf('test', String(n)), ACCOUNT), account: ACCOUNT }
    return { envelope: monitorEnvelope(about, 'test', NOW), stage: 'monitor', createdAt: NOW + n }
  })
  const list = async (kind: string, { from = 0, limit = Infinity }: { from?: number; limit?: number }) =>
    kind === 'outbox'
      ? owed
          .filter(({ createdAt }) => createdAt >= from)
          .slice(0, limit)
          .map((row) => ({ row }))
      : []
  const seen: Envelope[] = []
  const ensure = async (envelope: Envelope): Promise<boolean> => seen.push(envelope) > 0
  const book = { list, loadMany: async () => [] } as unknown as Book
  const tools = { book, queue: { ensure }, now: () => NOW + 1_000_000 } as unknown as Tools
  const counts = [await requeueOwed(tools), await requeueOwed(tools), await requeueOwed(tools)]
  assert.ok(counts.every((count) => count <= OWED_MAX))
  assert.equal(new Set(seen.map(({ idempotency_key: key }) => key)).size, owed.length)
  // Having seen all of it, it begins with the oldest again.
  await requeueOwed(tools)
  assert.equal(
    seen.at(counts.reduce((sum, count) => sum + count, 0))?.idempotency_key,
    owed[0]?.envelope.idempotency_key,
  )
})

test('H4: a venue that cannot be read for a minute is one critical alert, and ends it with the first complete sweep', async () => {
  await using desk = await openTruthDesk()
  await desk.hold()
  desk.venue.held = HELD
  desk.venue.fills = [BOUGHT]
  desk.venue.open = [aBrokerOrder()]
  desk.venue.down.add('readAccount')
  const before = await desk.position()
  for (const [afterMs, alerts] of [
    [0, []],
    [59_000, []],
    [2000, ['critical venue-unavailable']],
    [3_600_000, ['critical venue-unavailable']],
  ] as const) {
    desk.clock.now += afterMs
    assert.equal((await desk.sweep()).complete, false)
    assert.deepEqual(await desk.alerts(), alerts, `${afterMs} ms later`)
  }
  assert.match(
    (await desk.alert('venue-unavailable')).detail,
    /^No sweep since 2027-.* was complete \(incomplete: .*502\)/,
  )
  assert.deepEqual([await desk.position(), await desk.locks(), desk.sent], [before, [], []])
  desk.venue.down.clear()
  assert.equal((await desk.sweep()).complete, true)
  assert.deepEqual(await desk.alerts(), [])
})

test('H4: while the venue is away entries and exits wait, and nothing takes its silence for flat', async () => {
  await using desk = await openTruthDesk()
  await desk.hold(CLOSING)
  await desk.intend()
  desk.venue.down.add('readAccount')
  await assert.rejects(desk.precheck(), BrokerUnavailable)
  await assert.rejects(desk.close(), BrokerUnavailable)
  desk.venue.held = HELD
  desk.venue.down.clear()
  await desk.close()
  assert.equal(desk.sent.length, 1, 'the exit goes out with the first answer')
})

for (const [what, aheadMs, goes] of [
  ['as ours', 0, true],
  ['within the bound', 4900, true],
  ['ahead of ours', 6000, false],
  ['behind ours', -6000, false],
] as const) {
  test(`H5: with the venue's clock ${what} an entry ${goes ? 'goes on to place' : 'is held, with a critical alert'}`, async () => {
    await using desk = await openTruthDesk()
    desk.venue.aheadMs = aheadMs
    await desk.hold({ state: 'pending', entrySettled: false, size: d('0'), nativeStop: null, openedAt: null })
    await desk.intend()
    const verdict = await desk.precheck()
    const stages = verdict.next?.map(({ stage }) => stage) ?? []
    assert.equal(stages.includes('place'), goes)
    const { state } = (await desk.book.load('intents', ENTRY))?.row ?? assert.fail('the intent')
    assert.equal(state, goes ? 'ready' : 'rejected')
    assert.equal((await desk.alerts()).includes('critical clock-offset'), !goes)
    assert.equal(stages.includes('alerts'), !goes)
  })
}

test('H5: a clock that is off holds no exit; a sweep says it, and ends the alert when the clocks agree again', async () => {
  await using desk = await openTruthDesk()
  await desk.hold(CLOSING)
  desk.venue.held = HELD
  desk.venue.fills = [BOUGHT]
  for (let time = 0; time < 2; time++) {
    desk.venue.aheadMs = 60_000
    await desk.sweep()
    assert.deepEqual(await desk.alerts(), ['critical clock-offset'])
    desk.venue.aheadMs = 0
    await desk.sweep()
    assert.deepEqual(await desk.alerts(), [])
  }
  desk.venue.aheadMs = -60_000
  await desk.close()
  assert.equal(desk.sent.length, 1)
})
