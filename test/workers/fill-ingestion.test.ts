/** Group B of the failure catalogue at the workers: fills are read whole, kept once, attributed by ids and never lost. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Book } from '#book/book.ts'
import { withCommit } from '#book/with-commit.ts'
import { openEmbeddedBook } from '#book/embedded/open.ts'
import { BookUnavailable } from '#book/errors.ts'
import { placeEnvelope } from '#domain/envelopes.ts'
import { trade } from '#test/domain/fill-row.ts'
import { NOW, POSITION, aBrokerOrder, aPosition, d } from '#test/domain/samples.ts'
import { conclude } from '#workers/conclude.ts'
import { ACCOUNT, BOUGHT, ENTRY, EXIT, openTruthDesk, sold } from './truth-desk.ts'

const IN_PROGRESS = { state: 'entering', entrySettled: false, size: d('0'), entryAverage: null } as const
const CLOSING = {
  state: 'closing',
  exit: { reason: 'timeout', requestedAt: NOW, leg: 0 },
  orders: [...aPosition().orders, { clientOrderId: EXIT, event: 'exit', leg: 0 }],
} as const
const ACCEPTED = { kind: 'acknowledgement', at: NOW, detail: 'test' } as const

/** The same store as another process sees it: nothing this process remembers of it holds there. */
function asAnotherProcess(book: Book): Book {
  return withCommit(book, (writes) => book.commit(writes))
}

test('B1: fills that are gone for good are said to be, once, and the result that they were to prove stays unknown', async () => {
  await using desk = await openTruthDesk()
  await desk.hold(CLOSING)
  desk.venue.fills = [BOUGHT]
  await desk.readFills()
  desk.clock.now += 86_400_000
  desk.venue.expiredThrough = desk.clock.now - 1000
  for (let again = 0; again < 3; again++) await desk.reconcile()
  const { state, realised } = await desk.position()
  assert.deepEqual([state, realised, await desk.ledger()], ['unresolved', null, []])
  const alerts = await desk.alerts()
  assert.deepEqual(
    alerts,
    ['critical evidence-expired', 'critical evidence-expired'],
    'of the account, and of the position',
  )
})

test('B4: an exit by an order without an id of ours ends the position that our entry opened', async () => {
  await using desk = await openTruthDesk()
  await desk.hold()
  desk.venue.fills = [BOUGHT, sold({ clientOrderId: null })]
  await desk.reconcile()
  const { state, realised, exitReason } = await desk.position()
  assert.deepEqual([state, realised?.net, exitReason], ['closed', '9.8', 'operator'])
  assert.deepEqual(
    (await desk.fills()).map(({ clientOrderId }) => clientOrderId),
    [ENTRY, null],
  )
})

test('B5: an incomplete read keeps what it found and proves nothing further: the next one goes back as far', async () => {
  await using desk = await openTruthDesk()
  const proven = (await desk.readFills()).fillsThrough
  desk.clock.now += 100_000
  desk.venue.gap = 'chain: planted'
  assert.equal((await desk.readFills()).fillsThrough, proven)
  desk.venue.fills = [{ ...BOUGHT, time: proven + 50_000 }]
  assert.equal((await desk.readFills()).fillsThrough, proven)
  assert.equal((await desk.fills()).length, 1)
  desk.clock.now += 100_000
  desk.venue.gap = null
  assert.ok((await desk.readFills()).fillsThrough > proven)
  assert.ok((desk.asked.at(-1)?.from ?? Infinity) < proven)
})

test('a clock a minute ahead of the venue moves no cursor past the venue: what fills there next is still read', async () => {
  await using desk = await openTruthDesk()
  const venueTime = desk.clock.now
  desk.clock.now += 60_000
  assert.ok((await desk.readFills(venueTime)).fillsThrough <= venueTime)
  desk.clock.now += 1000
  desk.venue.fills = [{ ...BOUGHT, time: venueTime + 500 }]
  await desk.readFills(venueTime + 1000)
  assert.equal((await desk.fills()).length, 1)
  assert.ok((desk.asked.at(-1)?.from ?? Infinity) <= venueTime)
})

test('B6: wherever the book fails during a read, every fill is booked and counted once afterwards', async () => {
  // More than one commit takes, so that there is a between.
  const many = Array.from({ length: 450 }, (_, index) => {
    const buys = index % 2 === 0
    const side = buys ? 'buy' : 'sell'
    return trade({
      side,
      size: '1',
      start: buys ? '0' : '1',
      clientOrderId: null,
      n: index,
      closedPnl: buys ? '0' : '2',
    })
  })
  for (const applied of [false, true]) {
    for (let failing = 0; failing < 4; failing++) {
      await using book = Object.assign(await openEmbeddedBook({ file: ':memory:' }), {
        [Symbol.asyncDispose]: async () => undefined,
      })
      let commits = 0
      const failingBook: Book = {
        ...asAnotherProcess(book),
        commit: async (writes) => {
          if (commits++ !== failing) return await book.commit(writes)
          if (applied) await book.commit(writes)
          throw new BookUnavailable('planted')
        },
      }
      const desk = await openTruthDesk(failingBook)
      desk.venue.fills = many
      await desk.readFills().catch((error: unknown) => assert.ok(error instanceof BookUnavailable))
      const { sums } = await desk.readFills()
      const where = `commit ${failing} failed, ${applied ? 'applied' : 'not applied'}`
      assert.equal((await desk.fills()).length, many.length, where)
      assert.deepEqual([sums.closedPnl, sums.fees], ['450', '45'], where)
      await book.close()
    }
  }
})

test('B7: fills that another process has booked already are booked and counted once', async () => {
  await using desk = await openTruthDesk()
  desk.venue.fills = [BOUGHT, sold()]
  const first = await desk.readFills()
  await using restarted = await openTruthDesk(asAnotherProcess(desk.book))
  restarted.venue.fills = desk.venue.fills
  restarted.clock.now = desk.clock.now + 5000
  assert.deepEqual((await restarted.readFills()).sums, first.sums)
  assert.deepEqual((await restarted.fills()).map(({ fillId }) => fillId).toSorted(), [BOUGHT.fillId, sold().fillId])
})

test('B9: a fill that is seen before the answer to its order is kept and settles the entry once the answer is known', async () => {
  await using desk = await openTruthDesk()
  await desk.hold({ ...IN_PROGRESS, state: 'pending' })
  await desk.intend({ state: 'sending' })
  desk.venue.fills = [BOUGHT]
  desk.venue.held = { 'BTC-PERP': '1' }
  await desk.sweep()
  assert.deepEqual(
    (await desk.fills()).map(({ clientOrderId }) => clientOrderId),
    [ENTRY],
  )
  assert.deepEqual(await desk.alerts(), [], 'an entry under way explains itself')
  const report = {
    result: 'accepted',
    clientOrderId: ENTRY,
    venueOrderId: '1',
    status: 'filled',
    filledSize: d('1'),
    averagePrice: d('100'),
  } as const
  const about = { positionId: POSITION, account: ACCOUNT }
  const outcome = { kind: 'accepted', reports: [report], evidence: ACCEPTED } as const
  await conclude(ENTRY, outcome, placeEnvelope(about, ENTRY, 'test', NOW), desk.tools)
  desk.venue.record = aBrokerOrder({ clientOrderId: ENTRY, status: 'filled', leavesSize: d('0'), trigger: null })
  await desk.monitor()
  const { state, size, entryAverage } = await desk.position()
  assert.deepEqual([state, size, entryAverage], ['open', '1', '100'])
})

test('B9: a fill that names only its venue order is ours as soon as that order is', async () => {
  await using desk = await openTruthDesk()
  await desk.hold()
  const order = aBrokerOrder({
    clientOrderId: ENTRY,
    venueOrderId: BOUGHT.venueOrderId,
    status: 'filled',
    trigger: null,
  })
  const row = {
    ...order,
    clientOrderId: ENTRY,
    account: ACCOUNT,
    positionId: POSITION,
    event: 'entry',
    working: false,
    updatedAt: NOW,
  } as const
  desk.venue.fills = [{ ...BOUGHT, clientOrderId: null }, sold({ clientOrderId: null })]
  assert.equal((await desk.reconcile()).kind, 'again', 'nobody knows yet whose they are')
  await desk.book.commit([{ op: 'create', kind: 'orders', id: ENTRY, row }])
  await desk.reconcile()
  assert.equal((await desk.position()).state, 'closed')
})

test('B10: an answer that comes after the end resurrects neither the intent nor the position', async () => {
  await using desk = await openTruthDesk()
  await desk.hold({ state: 'closed', open: false })
  await desk.intend({ state: 'rejected', settled: true })
  const before = [await desk.book.load('intents', ENTRY), await desk.book.load('positions', POSITION)]
  const report = {
    result: 'accepted',
    clientOrderId: ENTRY,
    venueOrderId: '1',
    status: 'working',
    filledSize: d('0'),
    averagePrice: null,
  } as const
  const envelope = placeEnvelope({ positionId: POSITION, account: ACCOUNT }, ENTRY, 'test', NOW)
  const late = { kind: 'accepted', reports: [report], evidence: ACCEPTED } as const
  const verdict = await conclude(ENTRY, late, envelope, desk.tools)
  assert.equal(verdict.detail, 'settled before')
  await conclude(ENTRY, { kind: 'unknown', observed: 'lost' }, envelope, desk.tools)
  assert.deepEqual([await desk.book.load('intents', ENTRY), await desk.book.load('positions', POSITION)], before)
  assert.equal(await desk.book.load('orders', ENTRY), null)
})

test('B10: an entry whose exit was asked for stays closing when its acceptance arrives', async () => {
  await using desk = await openTruthDesk()
  await desk.hold({ ...IN_PROGRESS, ...CLOSING })
  await desk.intend({ state: 'unknown' })
  const report = {
    result: 'accepted',
    clientOrderId: ENTRY,
    venueOrderId: '1',
    status: 'filled',
    filledSize: d('1'),
    averagePrice: d('100'),
  } as const
  const envelope = placeEnvelope({ positionId: POSITION, account: ACCOUNT }, ENTRY, 'test', NOW)
  await conclude(ENTRY, { kind: 'accepted', reports: [report], evidence: ACCEPTED }, envelope, desk.tools)
  assert.equal((await desk.position()).state, 'closing')
})

test('B11: after an outage fills are asked for from where they were last proven, however long ago', async () => {
  await using desk = await openTruthDesk()
  const proven = (await desk.readFills()).fillsThrough
  desk.venue.down.add('listFills')
  desk.clock.now += 6 * 3_600_000
  await assert.rejects(desk.readFills())
  desk.venue.fills = [{ ...BOUGHT, time: proven + 60_000 }]
  desk.venue.down.clear()
  await desk.readFills()
  assert.ok((desk.asked.at(-1)?.from ?? Infinity) <= proven)
  assert.equal((await desk.fills()).length, 1)
})

test('B13: fills whose word nobody knows are booked by what they did, and the word is told once', async () => {
  await using desk = await openTruthDesk()
  await desk.hold()
  const word = { direction: 'Something New', unfamiliar: true, clientOrderId: null } as const
  const half = { size: d('0.5'), closedPnl: d('5') }
  desk.venue.fills = [
    BOUGHT,
    sold({ ...word, ...half }),
    { ...sold({ ...word, ...half, startPosition: d('0.5') }), fillId: 'second', time: NOW + 3 },
  ]
  await desk.reconcile()
  const { state, realised } = await desk.position()
  assert.deepEqual([state, realised?.gross], ['closed', '10'])
  assert.deepEqual(await desk.alerts(), ['critical orphan', 'warning unfamiliar-fill'])
  assert.match((await desk.alert('unfamiliar-fill')).title, /"Something New"/)
})

test('B16: an exit is booked at the prices and the result of its fills, whatever the mark and the stop were', async () => {
  await using desk = await openTruthDesk()
  await desk.hold({ ...CLOSING, bestMark: d('123') })
  desk.venue.fills = [BOUGHT, sold()]
  await desk.reconcile()
  const { exitAverage, entryAverage, realised } = await desk.position()
  assert.deepEqual([entryAverage, exitAverage, realised?.gross, realised?.net], ['100', '110', '10', '9.8'])
  assert.deepEqual(
    (await desk.ledger()).map(({ gross, net, evidence }) => [gross, net, evidence]),
    [['10', '9.8', [BOUGHT.fillId, sold().fillId]]],
  )
})

test('B18: dust that an exit left is neither booked as closed nor stuck: the next leg takes it', async () => {
  await using desk = await openTruthDesk()
  await desk.hold(CLOSING)
  const part = { size: d('0.99999') }
  desk.venue.fills = [BOUGHT, sold(part)]
  desk.venue.held = { 'BTC-PERP': '0.00001' }
  assert.equal((await desk.reconcile()).detail, 'the broker still holds it')
  assert.equal((await desk.position()).state, 'closing')
  const verdict = await desk.monitor()
  assert.ok(verdict.next?.some(({ stage }) => stage === 'close'))
  assert.equal((await desk.position()).size, '0.00001')
  await desk.close(1)
  const [order] = desk.sent
  assert.ok(order?.type === 'new-order')
  assert.deepEqual([order.size, order.side, order.reduceOnly], ['0.00001', 'sell', true])
})
