/**
 * Real recorded fills, served over the wire: a position that the book holds open and the broker has long closed is rebuilt from
 * the fills of people who never heard of us.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { decimalString } from '#domain/decimal.ts'
import { clientOrderIdOf, positionIdOf, signalKeyOf } from '#domain/ids.ts'
import type { PositionRow } from '#domain/position.ts'
import { importFillRows } from '#simulators/hyperliquid/control/fill-import.ts'
import { type Desk, openDesk } from '#test/support/desk.ts'

const MASTER = '0x72c6a4624e1dffa724e6d00d64ceae698af892a0'
const CSV = readFileSync(join(import.meta.dirname, '../vectors/hyperliquid/fills.csv'), 'utf8')

/** Net per coin of this account as the recorded file states it: closedPnl minus fees, USD. */
const RECORDED: readonly (readonly [coin: string, net: string])[] = [
  ['TRUMP', '13074.170245'],
  ['BNB', '-911.429334'],
  ['MKR', '1292.276008'],
]

/** A book that believes the recorded position is still open: its entry is attributed by the venue's order id alone. */
async function believeOpen(desk: Desk, coin: string): Promise<PositionRow> {
  const fills = desk.venue.engine.oracle.ledger(MASTER).fills.filter((fill) => fill.coin === coin)
  const [first] = fills
  assert.ok(first !== undefined)
  const signalKey = signalKeyOf('recorded', coin)
  const positionId = positionIdOf(signalKey, 'desk')
  const entryId = clientOrderIdOf(positionId, 'entry', 0)
  const zero = decimalString('0')
  const row: PositionRow = {
    positionId,
    signalKey,
    account: 'desk',
    instrument: `${coin}-PERP`,
    strategy: 'recorded',
    side: first.side === 'B' ? 'long' : 'short',
    state: 'open',
    open: true,
    plannedSize: decimalString(first.sz),
    size: decimalString(first.sz),
    entryAverage: decimalString(first.px),
    exitAverage: null,
    entrySettled: true,
    discipline: { stopLoss: null, takeProfit: null, trail: null, maxHoldMs: null, entryTimeoutMs: 0 },
    bestMark: null,
    nativeStop: null,
    nakedSince: null,
    nakedMs: 0,
    orders: [{ clientOrderId: entryId, event: 'entry', leg: 0 }],
    exit: null,
    exitReason: null,
    orphaned: false,
    realised: null,
    afterClose: null,
    createdAt: first.time,
    openedAt: first.time,
    closedAt: null,
    updatedAt: first.time,
  }
  const order = {
    clientOrderId: entryId,
    venueOrderId: String(first.oid),
    account: 'desk',
    positionId,
    event: 'entry',
    instrument: row.instrument,
    side: first.side === 'B' ? 'buy' : 'sell',
    originalSize: row.size,
    leavesSize: zero,
    limitPrice: decimalString(first.px),
    reduceOnly: false,
    trigger: null,
    status: 'filled',
    venueStatus: 'filled',
    placedAt: first.time,
    statusAt: first.time,
    working: false,
    updatedAt: first.time,
  } as const
  await desk.truebook.book.commit([
    { op: 'create', kind: 'positions', id: positionId, row },
    { op: 'create', kind: 'orders', id: entryId, row: order },
  ])
  return row
}

test('the sweep rebuilds orphaned positions of recorded accounts over the wire, with the PnL of the recording', async () => {
  await using desk = await openDesk({ master: MASTER, beforeStart: (venue) => void importFillRows(venue.engine, CSV) })
  for (const [coin, net] of RECORDED) {
    const believed = await believeOpen(desk, coin)
    const closed = await desk.until(believed.positionId, 'closed')
    assert.equal(closed.realised?.net, net, coin)
    assert.equal(closed.orphaned, true)
    assert.equal(closed.exitReason, 'operator')
    const alerts = (await desk.alerts()).filter(
      (row) => row.kind === 'orphan' && row.positionId === believed.positionId,
    )
    assert.equal(alerts.length, 1)
    assert.equal(alerts[0]?.severity, 'critical')
  }
})
