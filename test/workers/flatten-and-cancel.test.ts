/** Flatten and cancel-orders: what the verbs ask for, and that the stages do exactly it, once, whatever else is halted. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { verifyAudit } from '#audit/verify-audit.ts'
import { BookUnavailable } from '#book/errors.ts'
import { withCommit } from '#book/with-commit.ts'
import { clientOrderIdOf } from '#domain/ids.ts'
import { NOW, POSITION, aBrokerOrder, aPosition, aSignal, anAccount, d } from '#test/domain/samples.ts'
import { signalSchema } from '#domain/signal.ts'
import { trade } from '#test/domain/fill-row.ts'
import { FILLED_EXIT } from './filled-exit.ts'
import { WHO, WHY } from '#test/support/operate.ts'
import { openOperatorDesk } from './operator-desk.ts'
import { ACCOUNT, BOUGHT, ENTRY, type TruthDesk, openTruthDesk, sold } from './truth-desk.ts'

const FLATTEN = { verb: 'flatten', account: '*' } as const
const CANCEL = { verb: 'cancel-orders', account: ACCOUNT } as const
const SIGNAL = aSignal({ size: { type: 'contracts', value: '1' }, stop_loss: { price: '95' } })
const RESTING = aBrokerOrder({ clientOrderId: ENTRY, side: 'buy', trigger: null, reduceOnly: false })

/** Our entry rests at the venue, `filled` of it executed. */
async function restingEntry(desk: TruthDesk, filled = '0'): Promise<void> {
  const orders = [{ clientOrderId: ENTRY, event: 'entry', leg: 0 }] as const
  const discipline = { ...aPosition().discipline, entryTimeoutMs: 86_400_000 }
  await desk.hold({ state: 'entering', entrySettled: false, size: d('0'), nativeStop: null, discipline, orders })
  desk.venue.record = { ...RESTING, leavesSize: d(filled === '0' ? '1' : '0.6') }
  desk.venue.open = [desk.venue.record]
}

async function cancelTargets({ book }: TruthDesk): Promise<unknown[]> {
  const rows = await book.list('intents', { where: { positionId: POSITION } })
  return rows.flatMap(({ row }) => (row.command.type === 'cancel-order' ? [row.command.target] : []))
}

async function decisions({ book }: TruthDesk, subject: string): Promise<string[]> {
  const rows = await book.list('audit', { where: { subject }, orderBy: { field: 'at', direction: 'ascending' } })
  return rows.map(({ row }) => `${row.actor}: ${row.decision}`)
}

test('flatten asks for one exit, whoever asks how often; the record names who and why', async () => {
  await using desk = await openTruthDesk()
  const operator = openOperatorDesk(desk)
  await desk.hold()
  desk.venue.held = { 'BTC-PERP': '1' }
  desk.venue.fills = [BOUGHT]
  desk.venue.answer = FILLED_EXIT
  const { radius, confirm } = await operator.preview(FLATTEN)
  assert.deepEqual([radius.positions.map(({ positionId }) => positionId), radius.orders], [[POSITION], 1])
  const confirmation = { token: confirm, why: WHY, caller: WHO }
  await Promise.all([1, 2].map(async () => await operator.operator.confirm(FLATTEN, confirmation)))
  assert.equal(operator.queued.length, 1)
  await operator.route()
  await operator.act(FLATTEN)
  await operator.route()
  await desk.close()
  await desk.close()
  assert.deepEqual(
    desk.sent.map((order) => order.type === 'new-order' && [order.side, order.size, order.reduceOnly]),
    [['sell', '1', true]],
  )
  const { exit } = await desk.position()
  assert.equal(exit?.reason, 'operator')
  assert.deepEqual(await decisions(desk, ACCOUNT), [`${WHO}: flatten`, `${WHO}: flatten`])
  assert.deepEqual((await verifyAudit(desk.book)).contradictions, [])
})

test('a flatten is latched: an exit that dies is followed by another, until the fills say flat', async () => {
  await using desk = await openTruthDesk()
  const operator = openOperatorDesk(desk)
  await desk.hold()
  desk.venue.held = { 'BTC-PERP': '1' }
  desk.venue.fills = [BOUGHT]
  const evidence = { kind: 'definitive-rejection', at: NOW, detail: 'no liquidity' } as const
  desk.venue.answer = { kind: 'rejected', reason: 'no liquidity', evidence }
  await operator.act(FLATTEN)
  await operator.route()
  await desk.close()
  assert.deepEqual([(await desk.position()).state, (await desk.position()).exit?.leg], ['closing', 1])
  desk.clock.now += 10_000
  desk.venue.answer = { kind: 'unknown', observed: 'lost' }
  await desk.close(1)
  assert.equal(desk.sent.length, 2)
  desk.venue.held = {}
  desk.venue.fills = [BOUGHT, sold({ clientOrderId: clientOrderIdOf(POSITION, 'exit', 1) })]
  await desk.reconcile('close')
  const { state, exitReason, realised } = await desk.position()
  assert.deepEqual([state, exitReason, realised?.net], ['closed', 'operator', '9.8'])
})

test('a flatten whose commit was made and not answered is accepted once when it is confirmed again', async () => {
  await using desk = await openTruthDesk()
  await desk.hold()
  let answers = false
  const mute = withCommit(desk.book, async (writes) => {
    const revisions = await desk.book.commit(writes)
    if (!answers) throw new BookUnavailable('the answer was lost')
    return revisions
  })
  const operator = openOperatorDesk({ ...desk, book: mute })
  const { confirm } = await operator.preview(FLATTEN)
  const again = { token: confirm, why: WHY, caller: WHO }
  await assert.rejects(operator.operator.confirm(FLATTEN, again), BookUnavailable)
  answers = true
  const answer = await operator.operator.confirm(FLATTEN, again)
  assert.deepEqual([answer.kind, operator.queued.length], ['done', 1])
  const signals = await desk.book.list('signals', { orderBy: { field: 'receivedAt', direction: 'ascending' } })
  assert.equal(signals.length, 1)
  assert.deepEqual(await decisions(desk, ACCOUNT), [`${WHO}: flatten`])
})

test('flatten passes every gate: halted, quarantined, locked', async () => {
  await using desk = await openTruthDesk()
  const operator = openOperatorDesk(desk)
  await desk.hold()
  const { row, revision } = (await desk.book.load('accounts', ACCOUNT)) ?? assert.fail('an account')
  const lock = { reason: 'drift', since: NOW, alertId: null }
  const barred = anAccount({ ...row, state: 'quarantined', locks: { '*': lock, 'BTC-PERP': lock } })
  await desk.book.commit([{ op: 'replace', kind: 'accounts', id: ACCOUNT, revision, row: barred }])
  await operator.act({ verb: 'halt', scope: { kind: 'all' } })
  const { radius } = await operator.preview(FLATTEN)
  assert.ok(!radius.lines.some((line) => line.includes('Entries are not halted')))
  await operator.act(FLATTEN)
  await operator.route()
  assert.equal((await desk.position()).state, 'closing')
})

test('flatten ends a reverse flat: its second half is not owed any more', async () => {
  await using desk = await openTruthDesk()
  const operator = openOperatorDesk(desk)
  await desk.hold()
  const { kind: _kind, ...wanted } = SIGNAL
  await desk.route(
    signalSchema.parse({ ...wanted, kind: 'reverse', signal_id: 'turn', side: 'short', stop_loss: { price: '105' } }),
  )
  assert.notEqual((await desk.position()).afterClose, null)
  await operator.act(FLATTEN)
  await operator.route()
  const { exit, afterClose } = await desk.position()
  assert.deepEqual([exit?.reason, afterClose], ['reversal', null])
})

test('flatten by instrument leaves the others; an unexpected position is named and left', async () => {
  await using desk = await openTruthDesk()
  const operator = openOperatorDesk(desk)
  await desk.hold()
  desk.venue.held = { 'BTC-PERP': '1', 'ETH-PERP': '2' }
  desk.venue.fills = [BOUGHT]
  await desk.sweep()
  const { radius } = await operator.preview({ ...FLATTEN, instrument: 'ETH-PERP' })
  assert.deepEqual(radius.positions, [])
  assert.ok(radius.lines.includes('The book holds no position there: no order is sent.'))
  assert.ok(
    radius.lines.includes(
      "An unexpected position on ETH-PERP at account is not the book's and is not touched: adopt it first.",
    ),
  )
  await operator.act({ ...FLATTEN, instrument: 'ETH-PERP' })
  await operator.route()
  assert.equal((await desk.position()).exit, null)
  await operator.act({ ...FLATTEN, instrument: 'BTC-PERP' })
  await operator.route()
  assert.equal((await desk.position()).exit?.reason, 'operator')
})

test('flatten ends an entry that was not sent, and cancels one that rests', async () => {
  await using unsent = await openTruthDesk()
  const before = openOperatorDesk(unsent)
  await unsent.route(SIGNAL)
  await before.act(FLATTEN)
  await before.route()
  await unsent.place()
  assert.deepEqual([(await unsent.position()).state, unsent.sent], ['canceled', []])
  await using desk = await openTruthDesk()
  const operator = openOperatorDesk(desk)
  await restingEntry(desk)
  await operator.act(FLATTEN)
  await operator.route()
  await desk.monitor()
  assert.deepEqual(await cancelTargets(desk), [ENTRY])
})

test('canceling orders: an entry that was not sent never is', async () => {
  await using desk = await openTruthDesk()
  const operator = openOperatorDesk(desk)
  await desk.route(SIGNAL)
  const { keys } = await operator.act(CANCEL)
  assert.deepEqual(keys, [`${POSITION}.monitor`])
  assert.ok(operator.woken.includes(`${POSITION}.monitor`) && operator.woken.includes(`${POSITION}.place.${ENTRY}`))
  await desk.place()
  assert.deepEqual([(await desk.position()).state, desk.sent], ['canceled', []])
  assert.equal((await decisions(desk, POSITION))[1], `${WHO}: cancel-orders`)
  assert.deepEqual((await verifyAudit(desk.book)).contradictions, [])
})

test('canceling orders: an entry whose sending is not proven is made impossible, never sent again', async () => {
  await using desk = await openTruthDesk()
  const operator = openOperatorDesk(desk)
  await desk.route(SIGNAL)
  await desk.place()
  await operator.act(CANCEL)
  const asked = desk.resolved.length
  const evidence = { kind: 'nonce-fence', at: NOW, detail: 'the noop was taken' } as const
  desk.venue.fenced = { kind: 'absent', evidence }
  await desk.place()
  assert.deepEqual([(await desk.position()).state, desk.sent.length, desk.resolved.length], ['canceled', 1, asked])
})

test('canceling orders: what rests comes down once, what has filled stays with its stop', async () => {
  await using desk = await openTruthDesk()
  const operator = openOperatorDesk(desk)
  await restingEntry(desk, '0.4')
  desk.venue.held = { 'BTC-PERP': '0.4' }
  desk.venue.fills = [trade({ side: 'buy', size: '0.4', start: '0', clientOrderId: ENTRY, n: 1 })]
  await desk.monitor()
  assert.deepEqual(await cancelTargets(desk), [])
  await operator.act(CANCEL)
  assert.deepEqual((await operator.preview(CANCEL)).radius.positions, [])
  await desk.monitor()
  await desk.monitor()
  assert.deepEqual(await cancelTargets(desk), [ENTRY])
  desk.venue.record = { ...RESTING, leavesSize: d('0.6'), status: 'canceled' }
  desk.venue.open = []
  await desk.monitor()
  const { state, size, exit, discipline } = await desk.position()
  assert.deepEqual([state, size, exit, discipline.stopLoss], ['open', '0.4', null, '95'])
})

test('canceling orders touches no stop, no exit and nothing of others', async () => {
  await using desk = await openTruthDesk()
  const operator = openOperatorDesk(desk)
  await desk.hold()
  desk.venue.held = { 'BTC-PERP': '1' }
  desk.venue.fills = [BOUGHT]
  desk.venue.open = [aBrokerOrder(), aBrokerOrder({ clientOrderId: null, venueOrderId: 'theirs' })]
  await desk.sweep()
  const { radius } = await operator.preview(CANCEL)
  assert.deepEqual([radius.positions, radius.orders], [[], 0])
  assert.ok(radius.lines.some((line) => /not ours stay: cancel them at the venue/.test(line)))
  const { records } = await operator.act(CANCEL)
  await desk.monitor()
  assert.deepEqual([records, await cancelTargets(desk), desk.sent], [[], [], []])
})
