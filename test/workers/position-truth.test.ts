/** Group C of the failure catalogue at the workers: what the broker holds is asked, never assumed, and decides against the book. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BrokerUnavailable } from '#brokers/errors.ts'
import { closeEnvelope } from '#domain/envelopes.ts'
import type { Instrument } from '#domain/instrument.ts'
import { checkInstrument } from '#domain/gates.ts'
import { BTC, GATES, NOW, POSITION, aBrokerOrder, aPosition, anAccount, d } from '#test/domain/samples.ts'
import { conclude } from '#workers/conclude.ts'
import { newIntent } from '#domain/new-intent.ts'
import { FILLED_EXIT } from './filled-exit.ts'
import { ACCOUNT, BOUGHT, ENTRY, ENTRY_ORDER, EXIT, openTruthDesk, sold } from './truth-desk.ts'

const HELD = { 'BTC-PERP': '1' }
const CLOSING = {
  state: 'closing',
  exit: { reason: 'timeout', requestedAt: NOW, leg: 0 },
  orders: [...aPosition().orders, { clientOrderId: EXIT, event: 'exit', leg: 0 }],
} as const

/** With one read failing no stage may conclude anything: no exit, no alert, no lock, no placement. */
async function concludesNothingWithout(read: 'readAccount' | 'listFills' | 'listOpenOrders'): Promise<void> {
  await using desk = await openTruthDesk()
  await desk.hold()
  desk.venue.held = HELD
  desk.venue.fills = [BOUGHT]
  desk.venue.open = [aBrokerOrder()]
  await desk.monitor()
  const before = await desk.position()
  desk.venue.down.add(read)
  desk.clock.now += 20_000
  const { complete, findings, provenThrough, detail } = await desk.sweep()
  assert.deepEqual([complete, findings, provenThrough], [false, [], null])
  assert.match(detail, /^incomplete: .*502/)
  await assert.rejects(desk.monitor(), BrokerUnavailable)
  await assert.rejects(desk.reconcile(), BrokerUnavailable)
  if (read === 'readAccount') await assert.rejects(desk.close(), BrokerUnavailable)
  assert.deepEqual(await desk.position(), before)
  assert.deepEqual([await desk.alerts(), await desk.locks(), desk.sent], [[], [], []])
}

test('C1: while positions cannot be read nothing is concluded', async () =>
  await concludesNothingWithout('readAccount'))

test('C1: while fills cannot be read nothing is concluded', async () => await concludesNothingWithout('listFills'))

test('C2: while working orders cannot be read nothing is concluded', async () =>
  await concludesNothingWithout('listOpenOrders'))

test('C1: an entry is not let through while nobody can say what the broker holds', async () => {
  await using desk = await openTruthDesk()
  await desk.intend()
  desk.venue.down.add('readAccount')
  await assert.rejects(desk.precheck(), BrokerUnavailable)
  assert.equal((await desk.book.load('intents', ENTRY))?.row.state, 'ready')
})

test('C4: the sweep acts on both kinds of orphans: an exit is rebuilt, a position of nobody is alerted, locked and left', async () => {
  await using desk = await openTruthDesk()
  await desk.hold()
  desk.venue.held = { 'ETH-PERP': '-2' }
  desk.venue.fills = [BOUGHT, sold({ clientOrderId: null })]
  const { findings } = await desk.sweep()
  assert.deepEqual(
    findings.map(({ kind, instrument }) => [kind, instrument]),
    [
      ['orphan', 'BTC-PERP'],
      ['unexpected-position', 'ETH-PERP'],
    ],
  )
  assert.deepEqual([await desk.alerts(), await desk.locks()], [['critical unexpected-position'], ['ETH-PERP']])
  assert.notEqual(await desk.book.load('outbox', `${POSITION}.reconcile`), null)
  await desk.reconcile('sweep')
  const { state, orphaned } = await desk.position()
  assert.deepEqual([state, orphaned, desk.sent], ['closed', true, []])
})

test('C5: a recovery adds no fill of its own, and run again, by whomever, it changes nothing', async () => {
  await using desk = await openTruthDesk()
  await desk.hold()
  desk.venue.fills = [BOUGHT, sold({ clientOrderId: null })]
  await desk.sweep()
  await desk.reconcile('sweep')
  const after = [await desk.position(), await desk.ledger(), await desk.fills(), await desk.alerts()]
  assert.deepEqual(
    (await desk.fills()).map(({ fillId }) => fillId),
    desk.venue.fills.map(({ fillId }) => fillId),
    'the fills are those of the broker',
  )
  for (const source of ['sweep', 'close', 'monitor']) {
    await desk.reconcile(source)
    await desk.sweep()
  }
  assert.deepEqual([await desk.position(), await desk.ledger(), await desk.fills(), await desk.alerts()], after)
})

test('C6: what was committed while the broker was read is not written over: the exit asked for meanwhile is the reason booked', async () => {
  await using desk = await openTruthDesk()
  await desk.hold({ orders: CLOSING.orders, exit: null })
  desk.venue.fills = [BOUGHT, sold()]
  let moved = false
  desk.venue.meanwhile = async (read) => {
    if (read !== 'readAccount' || moved) return
    moved = true
    const stored = await desk.book.load('positions', POSITION)
    assert.ok(stored !== null)
    const row = { ...stored.row, ...CLOSING, nakedMs: 77 }
    await desk.book.commit([{ op: 'replace', kind: 'positions', id: POSITION, revision: stored.revision, row }])
  }
  await desk.reconcile()
  const { state, exitReason, nakedMs } = await desk.position()
  assert.deepEqual([state, exitReason, nakedMs], ['closed', 'timeout', 77])
})

test('C6: a monitor that decided on an older row commits nothing of it', async () => {
  await using desk = await openTruthDesk()
  await desk.hold({ size: d('0.4') })
  desk.venue.held = HELD
  desk.venue.fills = [BOUGHT]
  desk.venue.open = [aBrokerOrder()]
  let moved = false
  desk.venue.meanwhile = async () => {
    if (moved) return
    moved = true
    const stored = await desk.book.load('positions', POSITION)
    assert.ok(stored !== null)
    const row = { ...stored.row, ...CLOSING }
    await desk.book.commit([{ op: 'replace', kind: 'positions', id: POSITION, revision: stored.revision, row }])
  }
  await desk.monitor()
  const { state, size, exit } = await desk.position()
  assert.deepEqual([state, size, exit?.reason], ['closing', '1', 'timeout'])
})

test('C7: closing fills that do not show are waited for, for ever: time books nothing and is never called done', async () => {
  await using desk = await openTruthDesk()
  await desk.hold(CLOSING)
  desk.venue.fills = [BOUGHT]
  const first = await desk.reconcile()
  assert.equal(first.kind, 'again')
  assert.match(first.detail, /closing fills are not visible yet/)
  const asked = desk.clock.now
  desk.clock.now += 7 * 86_400_000
  assert.equal((await desk.reconcile('monitor', asked)).kind, 'again')
  assert.deepEqual(await desk.alerts(), ['critical exit-unproven'])
  const { state, realised } = await desk.position()
  assert.deepEqual([state, realised, await desk.ledger()], ['closing', null, []])
})

test('C8: a broker that looks flat once is no orphan when the next look shows the position', async () => {
  await using desk = await openTruthDesk()
  await desk.hold()
  desk.venue.fills = [BOUGHT]
  desk.venue.open = [aBrokerOrder()]
  desk.betweenLooks = () => {
    desk.venue.held = HELD
  }
  assert.deepEqual((await desk.sweep()).findings, [])
  assert.equal(await desk.book.load('outbox', `${POSITION}.reconcile`), null)
})

test('C8: a book that says flat is told by the broker that it is not, whatever was booked before', async () => {
  await using desk = await openTruthDesk()
  await desk.hold(CLOSING)
  desk.venue.fills = [BOUGHT, sold()]
  await desk.reconcile()
  assert.equal((await desk.position()).state, 'closed')
  desk.venue.held = { 'BTC-PERP': '100' }
  const { findings } = await desk.sweep()
  assert.deepEqual(
    findings.map(({ kind, broker }) => [kind, broker]),
    [['unexpected-position', '100']],
  )
  assert.deepEqual(await desk.locks(), ['BTC-PERP'])
})

test('C9: what the broker held before is no answer for an entry: it is read again for each', async () => {
  await using desk = await openTruthDesk()
  await desk.hold({ state: 'pending', entrySettled: false, size: d('0') })
  await desk.intend()
  const first = await desk.precheck()
  assert.equal(first.detail, 'broker is flat, as the book')
  desk.venue.held = HELD
  const second = await desk.precheck()
  assert.match(second.detail, /^entry rejected: the broker holds 1 BTC-PERP/)
  assert.deepEqual([await desk.locks(), desk.sent], [['BTC-PERP'], []])
})

test('C10: positions that lag behind their fills for one look are no drift', async () => {
  await using desk = await openTruthDesk()
  await desk.hold()
  desk.venue.fills = [BOUGHT]
  desk.venue.open = [aBrokerOrder()]
  desk.venue.held = { 'BTC-PERP': '0.4' }
  desk.betweenLooks = () => {
    desk.venue.held = HELD
  }
  const { findings, complete } = await desk.sweep()
  assert.deepEqual([findings, complete], [[], true])
  assert.deepEqual([await desk.alerts(), await desk.locks()], [[], []])
  desk.betweenLooks = () => undefined
  desk.venue.held = { 'BTC-PERP': '0.4' }
  assert.equal((await desk.sweep()).findings[0]?.kind, 'size-drift', 'what stays is drift')
})

test('C11: an account whose open position has no visible past is watched: entries there are closed, exits are not', async () => {
  await using desk = await openTruthDesk()
  desk.venue.gap = 'retention'
  desk.venue.held = { 'BTC-PERP': '3' }
  const { complete, findings } = await desk.sweep()
  assert.deepEqual([complete, findings.map(({ kind }) => kind)], [true, ['unexpected-position']])
  assert.ok((await desk.alerts()).includes('critical unexpected-position'))
  assert.deepEqual(await desk.locks(), ['BTC-PERP'])
  const row = (await desk.book.load('accounts', ACCOUNT))?.row
  assert.equal(checkInstrument(BTC, GATES, row ?? anAccount())?.gate, 'drift-lock')
  const other: Instrument = { ...BTC, instrument: 'ETH-PERP' }
  assert.equal(checkInstrument(other, GATES, row ?? anAccount()), null)
})

test('C11: a position of ours whose oldest fills are gone is watched and closed like any other', async () => {
  await using desk = await openTruthDesk()
  await desk.hold(CLOSING)
  desk.venue.gap = 'retention'
  desk.venue.fills = [BOUGHT]
  desk.venue.held = HELD
  desk.venue.open = [aBrokerOrder()]
  await desk.monitor()
  await desk.close(1)
  assert.deepEqual(
    desk.sent.map((order) => order.type === 'new-order' && [order.size, order.reduceOnly]),
    [['1', true]],
  )
})

test('C12: a working order is judged by its own id, whether or not any position stands', async () => {
  await using desk = await openTruthDesk()
  await desk.intend({ state: 'accepted', settled: true })
  const ours = aBrokerOrder({ clientOrderId: ENTRY, trigger: null, reduceOnly: false })
  desk.venue.open = [ours]
  assert.deepEqual((await desk.sweep()).findings, [])
  desk.venue.open = [ours, aBrokerOrder({ clientOrderId: null, venueOrderId: '8', instrument: 'ETH-PERP' })]
  const { findings } = await desk.sweep()
  assert.deepEqual(
    findings.map(({ kind, instrument }) => [kind, instrument]),
    [['foreign-order', 'ETH-PERP']],
  )
})

test('C18: an exit that the venue calls filled closes nothing: the fills must show it', async () => {
  await using desk = await openTruthDesk()
  await desk.hold(CLOSING)
  const command = { ...ENTRY_ORDER, clientOrderId: EXIT, side: 'sell', reduceOnly: true } as const
  const about = { positionId: POSITION, account: ACCOUNT }
  const terms = { intentId: EXIT, event: 'exit', leg: 0, command, sendBefore: null } as const
  const intent = { ...newIntent({ ...about, instrument: 'BTC-PERP' }, terms, NOW), state: 'sending' } as const
  await desk.book.commit([{ op: 'create', kind: 'intents', id: EXIT, row: intent }])
  const verdict = await conclude(EXIT, FILLED_EXIT, closeEnvelope(about, 0, 'test', NOW), desk.tools)
  const { state, open, realised } = await desk.position()
  assert.deepEqual([state, open, realised], ['closing', true, null])
  assert.ok(verdict.kind === 'done')
  assert.deepEqual(
    verdict.next.map(({ stage }) => stage),
    ['reconcile'],
  )
  desk.venue.fills = [BOUGHT]
  assert.equal((await desk.reconcile()).kind, 'again')
  assert.deepEqual(await desk.ledger(), [])
})

test('C19: an entry that was refused, and a position that stands all the same: the position is the truth', async () => {
  await using desk = await openTruthDesk()
  await desk.hold({ state: 'pending', entrySettled: false, size: d('0') })
  await desk.intend({ state: 'sending' })
  const evidence = { kind: 'definitive-rejection', at: NOW, detail: '201' } as const
  const about = { positionId: POSITION, account: ACCOUNT }
  await conclude(ENTRY, { kind: 'rejected', reason: '201', evidence }, closeEnvelope(about, 0, 'test', NOW), desk.tools)
  assert.equal((await desk.position()).state, 'canceled')
  desk.venue.held = { 'BTC-PERP': '-1' }
  const { findings } = await desk.sweep()
  assert.deepEqual(
    findings.map(({ kind, broker }) => [kind, broker]),
    [['unexpected-position', '-1']],
  )
  assert.deepEqual(await desk.locks(), ['BTC-PERP'])
  assert.ok((await desk.alerts()).includes('critical unexpected-position'))
})
