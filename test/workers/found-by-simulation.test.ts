/** What the simulation found wrong, each as small as it can be shown. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { reversedRouteEnvelope } from '#domain/envelopes.ts'
import { signalKeyOf } from '#domain/ids.ts'
import { signalSchema } from '#domain/signal.ts'
import { trade } from '#test/domain/fill-row.ts'
import { NOW, POSITION, aBrokerOrder, aPosition, d } from '#test/domain/samples.ts'
import { reversalOf } from '#domain/reversal.ts'
import { episodesOf } from '#workers/position-episode.ts'
import { sealed } from '#book/seal.ts'
import { driftLock } from '#workers/drift-lock.ts'
import { serially } from '#workers/serially.ts'
import { openOperatorDesk } from './operator-desk.ts'
import { ACCOUNT, BOUGHT, ENTRY, openTruthDesk } from './truth-desk.ts'

test('an entry that is held back hands on what was to come after its position', async () => {
  await using desk = await openTruthDesk()
  const next = reversedRouteEnvelope({ positionId: POSITION, account: ACCOUNT }, signalKeyOf('desk', 's1'), NOW)
  const exit = { reason: 'reversal', requestedAt: NOW, leg: 0 } as const
  await desk.hold({ state: 'pending', size: d('0'), entrySettled: false, exit, afterClose: next })
  await desk.intend()
  const verdict = await desk.place()
  assert.deepEqual(verdict.next?.map(({ idempotency_key }) => idempotency_key).includes(next.idempotency_key), true)
  assert.notEqual(await desk.book.load('outbox', next.idempotency_key), null)
  assert.equal((await desk.position()).state, 'canceled')
})

test('a comparison lifts no lock that was set while it looked', async () => {
  await using desk = await openTruthDesk()
  const lock = async (): Promise<void> => {
    const at = { account: ACCOUNT, instrument: 'BTC-PERP' }
    await desk.book.commit(sealed(await driftLock(desk.tools, at, 'seen by precheck', 'precheck', desk.tools.now())))
  }
  let looked = false
  desk.venue.meanwhile = async (read) => {
    if (read !== 'readAccount' || looked) return
    looked = true
    await lock()
  }
  assert.deepEqual((await desk.sweep()).findings, [])
  assert.deepEqual(await desk.locks(), ['BTC-PERP'])
  await desk.sweep()
  assert.deepEqual(await desk.locks(), [])
})

test('an entry on its way lifts no lock over what the broker holds: the comparison does not judge it yet', async () => {
  await using desk = await openTruthDesk()
  await desk.hold({ state: 'pending', size: d('0'), entrySettled: false })
  const at = { account: ACCOUNT, instrument: 'BTC-PERP' }
  await desk.book.commit(sealed(await driftLock(desk.tools, at, 'seen by precheck', 'precheck', desk.tools.now())))
  desk.venue.held = { 'BTC-PERP': '1' }
  assert.deepEqual((await desk.sweep()).findings, [])
  assert.deepEqual(await desk.locks(), ['BTC-PERP'])
  desk.venue.held = {}
  await desk.sweep()
  assert.deepEqual(await desk.locks(), [])
})

test('fills that the venue stamped ahead of our clock count at once, and the cursor stays behind it', async () => {
  await using desk = await openTruthDesk()
  desk.venue.fills = [{ ...BOUGHT, time: desk.clock.now + 400 }]
  const { fillsThrough, sums } = await desk.readFills()
  assert.equal((await desk.fills()).length, 1)
  assert.equal(sums.fees, BOUGHT.fee)
  assert.ok(fillsThrough <= desk.clock.now, `${fillsThrough} is in the future of ${desk.clock.now}`)
})

test('turns are those of one process: another one with the same key does not wait', async () => {
  await using ours = await openTruthDesk()
  await using theirs = await openTruthDesk()
  void serially(ours.book, 'account', () => new Promise(() => undefined))
  assert.equal(await serially(theirs.book, 'account', async () => 'done'), 'done')
})

test('C14: an entry that closed somebody else’s exposure opened nothing: unresolved, and no exit is asked for', async () => {
  await using desk = await openTruthDesk()
  await desk.hold()
  const stranger = trade({ side: 'sell', size: '1', start: '0', clientOrderId: null, n: 1 })
  desk.venue.fills = [stranger, trade({ side: 'buy', size: '1', start: '-1', clientOrderId: ENTRY, n: 2 })]
  await desk.reconcile()
  assert.equal((await desk.position()).state, 'unresolved')
  assert.equal((await desk.position()).realised, null)
  assert.deepEqual(await desk.alerts(), ['critical exit-ambiguous'])
  const close = { kind: 'close', signal_id: 'c1', source: 'desk', strategy: 's', ts: NOW, instrument: 'BTC-PERP' }
  assert.equal((await desk.route(signalSchema.parse(close))).result, 'nothing-to-do')
  assert.equal((await desk.position()).state, 'unresolved')
})

test('C9, I1: a precheck that looked while another worker sent the entry does not end it as never sent', async () => {
  await using desk = await openTruthDesk()
  await desk.hold({ state: 'pending', size: d('0'), entrySettled: false })
  await desk.intend()
  desk.venue.held = { 'BTC-PERP': '1' }
  desk.venue.meanwhile = async (read) => {
    if (read !== 'readAccount') return
    const intent = await desk.book.load('intents', ENTRY)
    if (intent === null || intent.row.state !== 'ready') return
    const row = { ...intent.row, state: 'sending' as const }
    await desk.book.commit([{ op: 'replace', kind: 'intents', id: ENTRY, revision: intent.revision, row }])
  }
  assert.equal((await desk.precheck()).kind, 'again')
  assert.equal((await desk.book.load('intents', ENTRY))?.row.state, 'sending')
  assert.equal((await desk.position()).state, 'pending')
})

test('two answers of a venue from before a lock was set lift it no more than one', async () => {
  await using desk = await openTruthDesk()
  const at = { account: ACCOUNT, instrument: 'BTC-PERP' }
  await desk.book.commit(sealed(await driftLock(desk.tools, at, 'seen by precheck', 'precheck', desk.tools.now())))
  desk.venue.aheadMs = -3_000
  assert.deepEqual((await desk.sweep()).findings, [])
  assert.deepEqual(await desk.locks(), ['BTC-PERP'])
  desk.venue.aheadMs = 0
  await desk.sweep()
  assert.deepEqual(await desk.locks(), [])
})

test('an entry that the venue took back whole ends by that, whatever a stranger holds beside it', () => {
  const stranger = trade({ side: 'buy', size: '1', start: '0', clientOrderId: null, n: 1 })
  const entry = trade({ side: 'buy', size: '2', start: '1', clientOrderId: ENTRY, n: 2 })
  const fills = [stranger, entry, reversalOf(entry, entry.time + 5)]
  const position = aPosition({ orders: [{ clientOrderId: ENTRY, event: 'entry', leg: 0 }] })
  const [episode, ...others] = episodesOf(position, fills, 'USDC')
  assert.deepEqual(others, [])
  assert.equal(episode?.status, 'closed')
  assert.equal(episode.coverage, 'complete')
  assert.equal(episode.residual, '0')
  assert.equal(episode.exitOrders.at(-1)?.forcedBy, 'void')
})

test('a resting entry that is canceled unfilled ends beside a position that somebody opened meanwhile, which is then told', async () => {
  await using desk = await openTruthDesk()
  await desk.hold({ state: 'entering', size: d('0'), entrySettled: false })
  desk.venue.record = aBrokerOrder({ clientOrderId: ENTRY, side: 'buy', trigger: null, status: 'canceled' })
  desk.venue.held = { 'BTC-PERP': '0.4' }
  await desk.monitor()
  assert.equal((await desk.position()).state, 'entering', 'it may be a fill of ours that is told late')
  desk.venue.fills = [trade({ side: 'buy', size: '0.4', start: '0', clientOrderId: null, n: 1 })]
  desk.clock.now += 1_000
  await desk.monitor()
  assert.equal((await desk.position()).state, 'canceled')
  await desk.sweep()
  assert.deepEqual(await desk.alerts(), ['critical unexpected-position'])
})

test('an adoption is of the position that was shown: what somebody opened in its place is told, not adopted', async () => {
  await using desk = await openTruthDesk()
  const operator = openOperatorDesk(desk)
  const bought = trade({ side: 'buy', size: '1', start: '0', clientOrderId: null, n: 1 })
  desk.venue.held = { 'BTC-PERP': '1' }
  desk.venue.fills = [bought]
  await desk.sweep()
  const about = { account: ACCOUNT, instrument: 'BTC-PERP' } as const
  await operator.act({ verb: 'ignore', ...about })
  await operator.act({ verb: 'adopt', ...about, strategy: 'operator' })
  desk.venue.held = { 'BTC-PERP': '-1' }
  desk.venue.fills = [bought, trade({ side: 'sell', size: '2', start: '1', clientOrderId: null, n: 2 })]
  desk.clock.now += 1_000
  await desk.sweep()
  assert.deepEqual(await desk.book.list('positions', { where: { account: ACCOUNT, open: true } }), [])
  assert.deepEqual(await desk.alerts(), ['critical unexpected-position'])
  assert.deepEqual(await desk.locks(), ['BTC-PERP'])
})

test('an entry that met a stranger who opened the same way holds both, and that is told until the position ends', async () => {
  await using desk = await openTruthDesk()
  await desk.hold({ state: 'entering', size: d('0'), entrySettled: false })
  const record = { clientOrderId: ENTRY, side: 'buy', trigger: null, status: 'filled' } as const
  desk.venue.record = aBrokerOrder({ ...record, originalSize: d('1'), leavesSize: d('0') })
  desk.venue.fills = [
    trade({ side: 'buy', size: '0.4', start: '0', clientOrderId: null, n: 1 }),
    trade({ side: 'buy', size: '1', start: '0.4', clientOrderId: ENTRY, n: 2 }),
  ]
  desk.venue.held = { 'BTC-PERP': '1.4' }
  await desk.monitor()
  assert.equal((await desk.position()).size, '1.4')
  assert.deepEqual(await desk.alerts(), ['critical size-drift'])
})
