/** What was said of how a position stands ends in the commit that ends the position; what was said of its exit stays for somebody to see. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PositionRow } from '#domain/position.ts'
import { trade } from '#test/domain/fill-row.ts'
import { NOW, aBrokerOrder, aPosition, d } from '#test/domain/samples.ts'
import { refusalCausesOf } from '#workers/conclude.ts'
import { dustCause } from '#workers/exit-dust.ts'
import { latchCause } from '#workers/exit-latch.ts'
import { contractCause, nakedCause, unprovenCause } from '#workers/monitor-alerts.ts'
import { type AlertCause, raised } from '#workers/writes.ts'
import { ACCOUNT, BOUGHT, ENTRY, EXIT, type TruthDesk, openTruthDesk, sold } from './truth-desk.ts'

const NAKED = { nakedSince: NOW - 60_000 }
const CLOSING: Partial<PositionRow> = {
  state: 'closing',
  exit: { reason: 'signal', requestedAt: NOW, leg: 0 },
  orders: [...aPosition().orders, { clientOrderId: EXIT, event: 'exit', leg: 0 }],
}

/** Every cause that speaks of a position as it stands. */
function causesOf(row: PositionRow): AlertCause[] {
  return [
    unprovenCause(row),
    nakedCause(row),
    contractCause(row, 'rolled'),
    contractCause(row, 'unlisted'),
    latchCause(row, 'seen'),
    dustCause(row, 'a little'),
    ...refusalCausesOf(row, 'stop'),
    ...refusalCausesOf(row, 'exit'),
  ]
}

async function standing(desk: TruthDesk): Promise<number> {
  const { book, tools } = desk
  const causes = causesOf(await desk.position())
  for (const cause of causes) await book.commit((await raised(book, cause, tools.now())).writes)
  assert.equal((await desk.alerts()).length, causes.length)
  return causes.length
}

test('a position that is booked ends every alert about how it stood', async () => {
  await using desk = await openTruthDesk()
  await desk.hold({ ...CLOSING, ...NAKED })
  const count = await standing(desk)
  desk.venue.fills = [BOUGHT, sold()]
  assert.match((await desk.reconcile()).detail, /^closed by signal/)
  assert.deepEqual(await desk.alerts(), [])
  const rows = await desk.book.list('alerts', { orderBy: { field: 'raisedAt', direction: 'ascending' } })
  assert.equal(rows.filter(({ row }) => row.resolvedAt !== null).length, count)
})

test('a position whose exit cannot be proven keeps only the alert that says so', async () => {
  const half = { size: d('0.5') }
  const twice = [
    { ...BOUGHT, ...half },
    { ...sold(), ...half, startPosition: d('0.5') },
    trade({ side: 'buy', size: '0.5', start: '0', clientOrderId: ENTRY, n: 3 }),
    trade({ side: 'sell', size: '0.5', start: '0.5', clientOrderId: EXIT, n: 4 }),
  ]
  await using ambiguous = await openTruthDesk()
  await ambiguous.hold({ ...CLOSING, ...NAKED })
  await standing(ambiguous)
  ambiguous.venue.fills = twice
  await ambiguous.reconcile()
  assert.deepEqual(await ambiguous.alerts(), ['critical exit-ambiguous'])
})

test('an entry that ends unfilled ends what was said of it', async () => {
  await using desk = await openTruthDesk()
  await desk.hold({ state: 'entering', entrySettled: false, size: d('0'), ...NAKED })
  await standing(desk)
  desk.venue.record = aBrokerOrder({ clientOrderId: ENTRY, side: 'buy', status: 'canceled', trigger: null })
  assert.equal((await desk.monitor()).detail, 'entry ended unfilled')
  assert.deepEqual(await desk.alerts(), [])
})

test('an exit that is taken ends the wait for trading hours, and a later wait is another alert', async () => {
  await using desk = await openTruthDesk()
  await desk.hold(CLOSING)
  const wait = async (): Promise<void> => {
    const alert = await raised(desk.book, latchCause(aPosition({ account: ACCOUNT }), 'closed'), desk.tools.now())
    await desk.book.commit(alert.writes)
  }
  await wait()
  Object.assign(desk.venue, { held: { 'BTC-PERP': '1' }, fills: [BOUGHT] })
  const report = {
    result: 'accepted',
    venueOrderId: '9',
    status: 'filled',
    filledSize: d('0.5'),
    averagePrice: null,
  } as const
  desk.venue.answer = {
    kind: 'accepted',
    reports: [{ ...report, clientOrderId: EXIT }],
    evidence: { kind: 'acknowledgement', at: NOW, detail: 'filled in part' },
  }
  await desk.close()
  assert.equal(desk.sent.length, 1)
  assert.deepEqual(await desk.alerts(), [])
  await wait()
  assert.deepEqual(await desk.alerts(), ['warning exit-latched'])
})
