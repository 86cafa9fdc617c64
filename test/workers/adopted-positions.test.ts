/** An operator makes a stranger's position the book's: only what the fills prove, once, and from then on it is like any other. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { verifyAudit } from '#audit/verify-audit.ts'
import { closeEnvelope, monitorEnvelope, reconcileEnvelope } from '#domain/envelopes.ts'
import type { Fill } from '#domain/fill.ts'
import { adoptedPositionIdOf, clientOrderIdOf } from '#domain/ids.ts'
import { signalSchema } from '#domain/signal.ts'
import { trade } from '#test/domain/fill-row.ts'
import { NOW, aPosition, aSignal, d } from '#test/domain/samples.ts'
import { closePosition } from '#workers/close.ts'
import { monitorPosition } from '#workers/monitor.ts'
import { reconcilePosition } from '#workers/reconcile.ts'
import { FILLED_EXIT } from './filled-exit.ts'
import { WHO } from '#test/support/operate.ts'
import { openOperatorDesk } from './operator-desk.ts'
import { ACCOUNT, BOUGHT, type TruthDesk, openTruthDesk } from './truth-desk.ts'

const ADOPT = { verb: 'adopt', account: ACCOUNT, instrument: 'BTC-PERP', strategy: 'operator' } as const
const FLATTEN = { verb: 'flatten', account: ACCOUNT } as const
/** Somebody bought 1 at 100 in two trades, long before anybody here looked. */
const THEIRS = [
  trade({ side: 'buy', size: '0.4', start: '0', clientOrderId: null, n: -9_000_000, price: '90' }),
  trade({ side: 'buy', size: '0.6', start: '0.4', clientOrderId: null, n: -8_000_000, price: '110' }),
]
const ID = adoptedPositionIdOf(ACCOUNT, 'BTC-PERP', THEIRS[0]?.fillId ?? '')
const ABOUT = { positionId: ID, account: ACCOUNT }

async function stranger(desk: TruthDesk, fills: readonly Fill[] = THEIRS, held = '1'): Promise<void> {
  desk.venue.held = { 'BTC-PERP': held }
  desk.venue.fills = [...fills]
  await desk.sweep()
}

async function adopted(desk: TruthDesk) {
  return (await desk.book.load('positions', ID))?.row ?? assert.fail('an adopted position')
}

async function accountOf({ book }: TruthDesk) {
  return (await book.load('accounts', ACCOUNT))?.row ?? assert.fail('an account')
}

const sold = (size: string, change: Partial<Fill> = {}): Fill => ({
  ...trade({ side: 'sell', size, start: '1', clientOrderId: null, n: 900, price: '112', closedPnl: '10' }),
  ...change,
})

test('an adopted position is what its fills say; alert and lock end with it', async () => {
  await using desk = await openTruthDesk()
  const operator = openOperatorDesk(desk)
  await stranger(desk)
  assert.deepEqual([await desk.alerts(), await desk.locks()], [['critical unexpected-position'], ['BTC-PERP']])
  await operator.act(ADOPT)
  assert.deepEqual((await operator.refusal(ADOPT)).refused, 'conflict')
  const { findings, detail } = await desk.sweep()
  assert.deepEqual([findings, detail], [[], `book equals broker, adopted long 1 BTC-PERP as ${ID}`])
  const { side, size, entryAverage, state, entrySettled, strategy, adopted: word } = await adopted(desk)
  assert.deepEqual(
    [side, size, entryAverage, state, entrySettled, strategy],
    ['long', '1', '102', 'open', true, 'operator'],
  )
  assert.deepEqual([word?.by, word?.openedBy], [WHO, THEIRS.map(({ fillId }) => fillId)])
  assert.deepEqual([await desk.alerts(), await desk.locks()], [[], []])
  const { exposures, adopting } = await accountOf(desk)
  assert.deepEqual([exposures['BTC-PERP']?.positionId, exposures['BTC-PERP']?.notional, adopting], [ID, '102', {}])
  assert.deepEqual((await desk.sweep()).findings, [])
  const records = await desk.book.list('audit', {
    where: { subject: ID },
    orderBy: { field: 'at', direction: 'ascending' },
  })
  assert.deepEqual(
    records.map(({ row }) => [row.seq, row.decision]),
    [[0, 'adopted']],
  )
  assert.deepEqual((await verifyAudit(desk.book)).contradictions, [])
})

test('an adopted position that is flattened has the result that its fills state, entry fees included', async () => {
  await using desk = await openTruthDesk()
  const operator = openOperatorDesk(desk)
  await stranger(desk)
  await operator.act(ADOPT)
  await desk.sweep()
  await operator.act(FLATTEN)
  await operator.route()
  desk.venue.answer = FILLED_EXIT
  await closePosition(closeEnvelope(ABOUT, 0, 'test', desk.clock.now), desk.tools)
  assert.deepEqual(
    desk.sent.map((order) => order.type === 'new-order' && [order.side, order.size, order.reduceOnly]),
    [['sell', '1', true]],
  )
  desk.venue.held = {}
  desk.venue.fills = [...THEIRS, sold('1', { clientOrderId: clientOrderIdOf(ID, 'exit', 0) })]
  await reconcilePosition(reconcileEnvelope(ABOUT, 'close', desk.clock.now), desk.tools)
  const { state, realised, exitReason, orphaned } = await adopted(desk)
  assert.deepEqual([state, exitReason, orphaned], ['closed', 'operator', false])
  assert.deepEqual([realised?.gross, realised?.fees, realised?.net], ['10', '0.3', '9.7'])
  assert.deepEqual((await accountOf(desk)).exposures, {})
  assert.deepEqual(
    (await desk.ledger()).map(({ kind, net, positionId }) => [kind, net, positionId]),
    [['realised', '9.7', ID]],
  )
  assert.deepEqual((await verifyAudit(desk.book)).contradictions, [])
})

test('an adopted position that somebody closes by hand is an orphan with its result', async () => {
  await using desk = await openTruthDesk()
  await stranger(desk)
  await openOperatorDesk(desk).act(ADOPT)
  await desk.sweep()
  desk.venue.held = {}
  desk.venue.fills = [...THEIRS, sold('1')]
  assert.deepEqual(
    (await desk.sweep()).findings.map(({ kind }) => kind),
    ['orphan'],
  )
  await reconcilePosition(reconcileEnvelope(ABOUT, 'sweep', desk.clock.now), desk.tools)
  const { state, realised, exitReason, orphaned } = await adopted(desk)
  assert.deepEqual([state, exitReason, orphaned, realised?.net], ['closed', 'operator', true, '9.7'])
})

test('an adopted position takes a stop by an adjust signal, and the monitor places it', async () => {
  await using desk = await openTruthDesk()
  await stranger(desk)
  await openOperatorDesk(desk).act(ADOPT)
  await desk.sweep()
  const signal = {
    kind: 'adjust',
    signal_id: 'stop',
    source: 'test',
    strategy: 'operator',
    ts: NOW,
    instrument: 'BTC-PERP',
  }
  await desk.route(signalSchema.parse({ ...signal, stop_loss: { price: '80' } }))
  await monitorPosition(monitorEnvelope(ABOUT, 'test', desk.clock.now), desk.tools)
  const intents = await desk.book.list('intents', { where: { positionId: ID } })
  assert.deepEqual(
    intents.map(({ row }) => row.command.type === 'new-order' && [row.command.trigger?.triggerPrice, row.command.size]),
    [['80', '1']],
  )
})

test('an adoption that is decided twice, also by two sweeps at once, is one position', async () => {
  await using desk = await openTruthDesk()
  await using other = await openTruthDesk(desk.book)
  await stranger(desk)
  other.venue.held = desk.venue.held
  other.venue.fills = desk.venue.fills
  await openOperatorDesk(desk).act(ADOPT)
  await Promise.all([desk.sweep(), other.sweep()])
  const positions = await desk.book.list('positions', { where: { open: true } })
  assert.deepEqual(
    positions.map(({ id }) => id),
    [ID],
  )
  assert.deepEqual([await desk.alerts(), await desk.locks()], [[], []])
  assert.deepEqual((await verifyAudit(desk.book)).contradictions, [])
})

test('a position that somebody turned through zero is adopted from the turn on', async () => {
  await using desk = await openTruthDesk()
  const turn = trade({
    side: 'sell',
    size: '3',
    start: '1',
    clientOrderId: null,
    n: -100,
    price: '120',
    closedPnl: '18',
    fee: '0.3',
  })
  await stranger(desk, [...THEIRS, turn], '-2')
  await openOperatorDesk(desk).act(ADOPT)
  await desk.sweep()
  const id = adoptedPositionIdOf(ACCOUNT, 'BTC-PERP', turn.fillId)
  const row = (await desk.book.load('positions', id))?.row ?? assert.fail('an adopted position')
  assert.deepEqual([row.side, row.size, row.entryAverage], ['short', '2', '120'])
  desk.venue.held = {}
  desk.venue.fills.push(
    trade({ side: 'buy', size: '2', start: '-2', clientOrderId: null, n: 900, price: '110', closedPnl: '20' }),
  )
  await desk.sweep()
  await reconcilePosition(reconcileEnvelope({ ...ABOUT, positionId: id }, 'sweep', desk.clock.now), desk.tools)
  const { realised } = (await desk.book.load('positions', id))?.row ?? assert.fail('the position')
  // Two of three parts of the fee of the turn, and the fee of the exit.
  assert.deepEqual([realised?.gross, realised?.net], ['20', '19.7'])
})

const REFUSALS = [
  {
    what: 'whose first fills are gone',
    fills: THEIRS.slice(1),
    held: '1',
    reason: /^fills of it are missing \(begins-inside\)$/,
  },
  { what: 'without a single fill', fills: [], held: '1', reason: /no fill of it is known/ },
  { what: 'that is larger than its fills', fills: THEIRS, held: '2', reason: /^the broker holds 2, its fills give 1$/ },
  { what: 'whose fills end flat', fills: [...THEIRS, sold('1')], held: '1', reason: /its fills end flat/ },
] as const
for (const { what, fills, held, reason } of REFUSALS) {
  test(`a position ${what} is not adopted: the reason is kept, alert and lock stay`, async () => {
    await using desk = await openTruthDesk()
    const operator = openOperatorDesk(desk)
    await stranger(desk, fills, held)
    await operator.act(ADOPT)
    const { detail } = await desk.sweep()
    assert.match(detail, /adoption of BTC-PERP refused/)
    assert.match((await accountOf(desk)).adopting?.['BTC-PERP']?.refused?.reason ?? '', reason)
    assert.deepEqual([await desk.alerts(), await desk.locks()], [['critical unexpected-position'], ['BTC-PERP']])
    assert.deepEqual(await desk.book.list('positions', { where: { open: true } }), [])
    // Asked again it is decided again, by what the fills say then.
    desk.venue.fills = [...THEIRS]
    desk.venue.held = { 'BTC-PERP': '1' }
    desk.clock.now += 60_000
    await desk.sweep()
    const { radius } = await operator.preview(ADOPT)
    assert.ok(radius.lines.some((line) => line.startsWith('The last try was refused')))
    assert.deepEqual((await verifyAudit(desk.book)).contradictions, [])
  })
}

test('fills that are told late are asked for before an adoption is refused', async () => {
  await using desk = await openTruthDesk()
  await stranger(desk, [], '1')
  const late = THEIRS.map((fill, index) => ({ ...fill, time: NOW - 60_000 + index }))
  desk.venue.fills = late
  await openOperatorDesk(desk).act(ADOPT)
  await desk.sweep()
  assert.equal((await adopted(desk)).size, '1')
})

test('a position that is partly ours is not adopted', async () => {
  await using desk = await openTruthDesk()
  const operator = openOperatorDesk(desk)
  await desk.hold()
  await stranger(desk, [BOUGHT, trade({ side: 'buy', size: '1', start: '1', clientOrderId: null, n: 5 })], '2')
  assert.deepEqual(await desk.alerts(), ['critical size-drift'])
  assert.match((await operator.refusal(ADOPT)).message, /partly the book's and partly somebody else's/)
  // Asked for all the same, as by a preview of another world, the sweep refuses.
  const { row, revision } = (await desk.book.load('accounts', ACCOUNT)) ?? assert.fail('an account')
  const request = { by: WHO, at: NOW, why: 'x', strategy: 'operator', refused: null }
  const adopting = { 'BTC-PERP': request }
  await desk.book.commit([{ op: 'replace', kind: 'accounts', id: ACCOUNT, revision, row: { ...row, adopting } }])
  await desk.sweep()
  assert.match((await accountOf(desk)).adopting?.['BTC-PERP']?.refused?.reason ?? '', /at least in part position/)
})

test('a stretch in which orders of a booked position took part is not adopted', async () => {
  await using desk = await openTruthDesk()
  await desk.hold({ open: false, state: 'closed', closedAt: NOW })
  await desk.intend({ state: 'accepted', settled: true })
  await desk.book.commit([
    { op: 'put', kind: 'accounts', id: ACCOUNT, row: { ...(await accountOf(desk)), exposures: {} } },
  ])
  await stranger(desk, [BOUGHT], '1')
  await openOperatorDesk(desk).act(ADOPT)
  await desk.sweep()
  assert.match(
    (await accountOf(desk)).adopting?.['BTC-PERP']?.refused?.reason ?? '',
    new RegExp(aPosition().positionId),
  )
})

test('an adoption of a position that has ended by then ends with nothing done', async () => {
  await using desk = await openTruthDesk()
  await stranger(desk)
  await openOperatorDesk(desk).act(ADOPT)
  desk.venue.held = {}
  desk.venue.fills.push(sold('1'))
  await desk.sweep()
  assert.deepEqual([(await accountOf(desk)).adopting, await desk.alerts(), await desk.locks()], [{}, [], []])
  assert.deepEqual(await desk.book.list('positions', { where: { open: true } }), [])
})

test('an ignored position can be adopted; the ignoring ends with it', async () => {
  await using desk = await openTruthDesk()
  const operator = openOperatorDesk(desk)
  await stranger(desk)
  await operator.act({ verb: 'ignore', account: ACCOUNT, instrument: 'BTC-PERP' })
  await operator.act(ADOPT)
  await desk.sweep()
  const { ignored, locks, exposures } = await accountOf(desk)
  assert.deepEqual([ignored, locks, Object.keys(exposures)], [{}, {}, ['BTC-PERP']])
})

test('an unavailable broker leaves an adoption asked for', async () => {
  await using desk = await openTruthDesk()
  await stranger(desk)
  await openOperatorDesk(desk).act(ADOPT)
  desk.venue.down.add('listFills')
  await desk.sweep()
  assert.equal((await accountOf(desk)).adopting?.['BTC-PERP']?.refused, null)
  desk.venue.down.clear()
  await desk.sweep()
  assert.equal((await adopted(desk)).state, 'open')
})

test('entries beside an adopted position meet the one-position gate', async () => {
  await using desk = await openTruthDesk()
  await stranger(desk)
  await openOperatorDesk(desk).act(ADOPT)
  await desk.sweep()
  const { gate } = await desk.route(aSignal({ size: { type: 'contracts', value: '1' }, stop_loss: { price: '95' } }))
  assert.deepEqual([gate, d('1')], ['one-position-per-instrument', '1'])
})
