/**
 * B21, whole: ProjectX takes an entry back while its position stands and after it ended, and takes it in again. Book, ledger, result and
 * equity follow the venue each time; what then stands at the broker is alerted and never touched.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sumDecimals, toDecimalString } from '#domain/decimal.ts'
import type { AlertRow, LedgerRow } from '#domain/records.ts'
import { eventually } from '#test/support/eventually.ts'
import { type PropDesk, type Seat, contracts, openPropDesk } from '#test/support/prop-desk.ts'
import { assertExplained, assertGone, assertTrue } from '#test/support/prop-truth.ts'

let desk: PropDesk
let topstep: Seat
before(async () => {
  desk = await openPropDesk({ accounts: [{ id: 'topstep', venue: 'projectx' }] })
  topstep = desk.seat('topstep')
})
after(async () => {
  await desk[Symbol.asyncDispose]()
})

async function alertOf(kind: string): Promise<AlertRow> {
  const find = async () => (await topstep.alerts()).find((row) => row.kind === kind && row.active)
  return await eventually(find, { what: `an alert ${kind}` })
}

async function ended(kind: string): Promise<void> {
  const isOver = async () => (await topstep.alerts()).every((row) => row.kind !== kind || !row.active)
  await eventually(isOver, { what: `the alert ${kind} to end` })
}

/** The venue's trade that opened or closed the last position. */
function tradeFromEnd(nth: number): number {
  const { trades } = desk.projectx.engine.oracle.ledger(topstep.venueAccount)
  return trades.at(-nth)?.id ?? assert.fail('a trade')
}

async function ledgerOf(positionId: string): Promise<LedgerRow[]> {
  const rows = await desk.truebook.book.list('ledger', { where: { positionId } })
  return rows.map(({ row }) => row).toSorted((a, b) => a.at - b.at)
}

const netOf = (rows: readonly LedgerRow[]): string => toDecimalString(sumDecimals(rows.map(({ net }) => net)))

test('B21: an entry that is taken back ends its position as voided, without result; taken in again it is nobody’s to close', async () => {
  const id = await topstep.open('NQ', contracts('1'))
  const { instrument } = await topstep.until(id, 'open')
  const entry = tradeFromEnd(1)
  desk.projectx.engine.operator.voidTrade(entry, true)
  const closed = await topstep.until(id, 'closed')
  assert.deepEqual([closed.exitReason, closed.realised?.net, closed.realised?.provisional], ['voided', '0', false])
  const voided = await alertOf('trade-voided')
  assert.deepEqual([voided.severity, voided.positionId], ['critical', id])
  await assertGone(topstep)
  await assertExplained(desk, topstep)

  const orders = topstep.truth().orders.length
  desk.projectx.engine.operator.voidTrade(entry, false)
  const back = await alertOf('trade-reinstated')
  assert.deepEqual([back.severity, back.positionId], ['critical', id])
  await ended('trade-voided')
  assert.equal((await alertOf('unexpected-position')).severity, 'critical')
  await assertExplained(desk, topstep)
  const rows = await ledgerOf(id)
  assert.deepEqual(
    rows.map(({ kind }) => kind),
    ['realised', 'reinstated'],
  )
  assert.equal((await topstep.position(id)).realised?.net, netOf(rows), 'the fee of the entry is paid again')
  assert.equal(topstep.truth().orders.length, orders, 'no order was sent for it')

  topstep.venue.closeByHand(topstep.venueAccount, topstep.symbolOf(instrument))
  await ended('unexpected-position')
  await assertExplained(desk, topstep)
})

test('B21: an entry that is taken back after its exit takes the whole result back; taken in again it is what it was', async () => {
  const id = await topstep.open('NQ', contracts('1'))
  const { instrument } = await topstep.until(id, 'open')
  const symbol = topstep.symbolOf(instrument)
  topstep.venue.setMark(symbol, String(Number(topstep.venue.mark(symbol)) + 25))
  await topstep.close('NQ')
  const first = await topstep.until(id, 'closed')
  assertTrue(topstep, first)
  await assertGone(topstep)
  const entry = tradeFromEnd(2)

  desk.projectx.engine.operator.voidTrade(entry, true)
  await alertOf('trade-voided')
  await alertOf('unexpected-position')
  assert.deepEqual(topstep.truth().positions, [{ symbol, size: '-1' }], 'the exit now opened the other side')
  await assertExplained(desk, topstep)
  const fee = topstep.truth().fills.at(-1)?.fee
  const taken = await topstep.position(id)
  // What is left of it is the exit, which stands and cost its fee.
  assert.deepEqual([taken.realised?.gross, taken.realised?.fees], ['0', fee])
  assert.equal(taken.realised?.net, netOf(await ledgerOf(id)))

  desk.projectx.engine.operator.voidTrade(entry, false)
  await ended('trade-voided')
  await ended('unexpected-position')
  await assertExplained(desk, topstep)
  const again = await topstep.position(id)
  assert.deepEqual([again.state, again.realised], ['closed', first.realised])
  assert.equal(netOf(await ledgerOf(id)), first.realised?.net)
  assertTrue(topstep, again)
  assert.deepEqual(topstep.truth().positions, [])
})
