/** B21: a trade that the venue takes back after it was booked is reversed once, in position, result, fees and ledger, with an alert. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import type { Book } from '#book/book.ts'
import { openEmbeddedBook } from '#book/embedded/open.ts'
import type { Broker } from '#brokers/broker.ts'
import { buildEpisodes } from '#domain/build-episodes.ts'
import { sumDecimals, toDecimalString } from '#domain/decimal.ts'
import type { Fill } from '#domain/fill.ts'
import { chainFills } from '#domain/fill-chain.ts'
import { clientOrderIdOf, positionIdOf, signalKeyOf } from '#domain/ids.ts'
import type { LedgerRow } from '#domain/records.ts'
import { standingFills } from '#domain/reversal.ts'
import { readFills } from '#workers/account-view.ts'
import { episodesOf } from '#workers/position-episode.ts'
import type { Tools } from '#workers/worker.ts'
import { trade } from '#test/domain/fill-row.ts'
import { aPosition, d } from '#test/domain/samples.ts'
import { BOUGHT, EXIT, openTruthDesk, sold } from './truth-desk.ts'

const NOW = 1_800_000_100_000
const BY_TIME = { where: { account: 'account' }, orderBy: { field: 'time', direction: 'ascending' } } as const
const STANDING = {
  where: { account: 'account', active: true },
  orderBy: { field: 'raisedAt', direction: 'ascending' },
} as const
const position = positionIdOf(signalKeyOf('test', 'void'), 'account')
const [entry, exit] = [clientOrderIdOf(position, 'entry', 0), clientOrderIdOf(position, 'exit', 0)]

/** A book and a venue that tells what a test lets it tell. */
async function open(t: TestContext) {
  const dir = mkdtempSync(join(tmpdir(), 'truebook-void-'))
  const book = await openEmbeddedBook({ file: join(dir, 'book.sqlite') })
  t.after(async () => {
    await book.close()
    rmSync(dir, { recursive: true })
  })
  const told: { fills: Fill[]; voided: string[]; gap: string | null } = { fills: [], voided: [], gap: null }
  const broker = {
    account: 'account',
    capabilities: { voidableForMs: 86_400_000, settlement: 'USDC' },
    listFills: ({ from, through }: { from: number; through: number }) =>
      Promise.resolve({
        fills: told.fills,
        voided: told.voided,
        coverage: { from, through, pages: 1, complete: told.gap === null, gap: told.gap, expired: false },
      }),
  } as unknown as Broker
  const tools = { book, now: () => NOW } as unknown as Tools
  return { book, told, read: () => readFills(tools, broker, tools.now()) }
}

const opening = trade({ side: 'buy', size: '2', start: '0', clientOrderId: entry, n: 1, price: '100' })
const closing = trade({ side: 'sell', size: '2', start: '2', clientOrderId: exit, n: 2, price: '110', closedPnl: '20' })

test('B21: a void exit reopens the position in the chain and takes its result and fee back, once', async (t) => {
  const { book, told, read } = await open(t)
  told.fills = [opening, closing]
  assert.deepEqual([(await read()).sums.closedPnl, (await read()).sums.fees], ['20', '0.2'])
  told.fills = [opening]
  told.voided = [closing.fillId]
  for (let again = 0; again < 3; again++) {
    const { sums } = await read()
    assert.deepEqual([sums.closedPnl, sums.fees], ['0', '0.1'])
  }
  const fills = (await book.list('fills', BY_TIME)).map(({ row }) => row)
  const chain = chainFills(fills, { evidence: 'time' })
  assert.deepEqual([chain.fills.length, chain.gaps], [3, []])
  assert.deepEqual(
    buildEpisodes(chain).map(({ status, residual }) => [status, residual]),
    [
      ['closed', '0'],
      ['open', '2'],
    ],
  )
  const alerts = await book.list('alerts', STANDING)
  assert.deepEqual(
    alerts.map(({ row }) => [row.kind, row.severity]),
    [['trade-voided', 'critical']],
  )
})

test('B21: fills that come with the news start from the position without the void trade', async (t) => {
  const { book, told, read } = await open(t)
  told.fills = [opening, closing]
  await read()
  // In truth the exit never happened: the next sale starts from 2.
  const next = trade({
    side: 'sell',
    size: '1',
    start: '2',
    clientOrderId: null,
    n: 900,
    price: '120',
    closedPnl: '20',
  })
  told.fills = [opening, next]
  told.voided = [closing.fillId]
  await read()
  const fills = (await book.list('fills', BY_TIME)).map(({ row }) => row)
  const chain = chainFills(fills, { evidence: 'time' })
  assert.deepEqual(chain.gaps, [])
  assert.equal(chain.fills.at(-1)?.fillId, next.fillId)
})

test('B21: a trade that was void before it was ever booked leaves no trace', async (t) => {
  const { book, told, read } = await open(t)
  told.fills = [opening]
  told.voided = [closing.fillId]
  assert.equal((await read()).sums.closedPnl, '0')
  assert.equal((await book.list('fills', BY_TIME)).length, 1)
  assert.equal((await book.list('alerts', STANDING)).length, 0)
})

test('B21: a void exit takes the booked result back by rows beside the first, and taken in again it counts again, each once', async () => {
  await using desk = await openTruthDesk()
  const sums = async (field: 'gross' | 'fees' | 'net') =>
    toDecimalString(sumDecimals((await desk.ledger()).map((row) => row[field])))
  const inBook = async () => {
    const { realised } = await desk.position()
    return [await sums('gross'), await sums('fees'), await sums('net'), realised?.gross, realised?.fees, realised?.net]
  }
  await desk.hold({ orders: [...aPosition().orders, { clientOrderId: EXIT, event: 'exit', leg: 0 }] })
  desk.venue.voidableForMs = 86_400_000
  desk.venue.fills = [BOUGHT, sold()]
  await desk.reconcile()
  assert.deepEqual(await inBook(), ['10', '0.2', '9.8', '10', '0.2', '9.8'])
  desk.venue.fills = [BOUGHT]
  desk.venue.voided = [sold().fillId]
  for (let again = 0; again < 3; again++) await desk.readFills()
  assert.deepEqual(await inBook(), ['0', '0.1', '-0.1', '0', '0.1', '-0.1'])
  assert.deepEqual(
    (await desk.ledger()).map(({ kind, gross }) => [kind, gross]),
    [
      ['realised', '10'],
      ['reversal', '-10'],
    ],
  )
  assert.deepEqual(await desk.alerts(), ['critical trade-voided'])
  desk.venue.fills = [BOUGHT, sold()]
  desk.venue.voided = []
  for (let again = 0; again < 3; again++) await desk.readFills()
  assert.deepEqual(await inBook(), ['10', '0.2', '9.8', '10', '0.2', '9.8'])
})

/** The exit's position has been closed and booked: 20 USD, fees 0.2. */
async function bookClosed(book: Book, evidence = [opening.fillId, closing.fillId]): Promise<void> {
  const realised = { gross: d('20'), fees: d('0.2'), funding: d('0'), net: d('19.8'), provisional: false }
  const row = aPosition({ positionId: position, state: 'closed', open: false, realised })
  const ledger: LedgerRow = {
    ledgerId: 'ledger-of-the-exit',
    account: 'account',
    kind: 'realised',
    instrument: 'BTC-PERP',
    positionId: position,
    gross: d('20'),
    fees: d('0.2'),
    net: d('19.8'),
    evidence,
    at: closing.time,
  }
  await book.commit([
    { op: 'create', kind: 'positions', id: position, row },
    { op: 'create', kind: 'ledger', id: ledger.ledgerId, row: ledger },
  ])
}

async function booked(book: Book) {
  const ledger = (await book.list('ledger', { where: { positionId: position } })).map(({ row }) => row)
  const { realised } = (await book.load('positions', position))?.row ?? assert.fail('a position')
  const alerts = (await book.list('alerts', STANDING)).map(({ row }) => row.kind).toSorted()
  return { kinds: ledger.map(({ kind }) => kind).toSorted(), net: realised?.net, sum: netOf(ledger), alerts }
}

const netOf = (rows: readonly LedgerRow[]): string => toDecimalString(sumDecimals(rows.map(({ net }) => net)))

test('B21: a void exit made by hand is taken out of the result that counted it, and comes back when it stands again', async (t) => {
  const { book, told, read } = await open(t)
  // By hand: no client order id says whose it is, the ledger's evidence does.
  const byHand = { ...closing, clientOrderId: null }
  told.fills = [opening, byHand]
  await read()
  await bookClosed(book)
  told.fills = [opening]
  told.voided = [closing.fillId]
  await read()
  assert.deepEqual(await booked(book), {
    kinds: ['realised', 'reversal'],
    net: '-0.1',
    sum: '-0.1',
    alerts: ['trade-voided'],
  })
  told.fills = [opening, byHand]
  told.voided = []
  for (let again = 0; again < 3; again++) {
    const { sums } = await read()
    assert.deepEqual([sums.closedPnl, sums.fees], ['20', '0.2'])
  }
  const back = { kinds: ['realised', 'reinstated', 'reversal'], net: '19.8', sum: '19.8', alerts: ['trade-reinstated'] }
  assert.deepEqual(await booked(book), back)
  const standing = standingFills((await book.list('fills', BY_TIME)).map(({ row }) => row))
  const chain = chainFills(standing, { evidence: 'time' })
  assert.deepEqual([chain.gaps, buildEpisodes(chain).map(({ residual }) => residual)], [[], ['0']])
  // Back and forth as often as the venue likes.
  told.fills = [opening]
  told.voided = [closing.fillId]
  await read()
  assert.deepEqual([(await booked(book)).net, (await booked(book)).sum], ['-0.1', '-0.1'])
})

test('B21: a trade whose result is another once one before it is void is booked with the new one', async (t) => {
  const { book, told, read } = await open(t)
  told.fills = [opening, closing]
  await read()
  await bookClosed(book)
  // Without the entry the exit opened a short: it realised nothing.
  told.fills = [{ ...closing, startPosition: d('0'), closedPnl: d('0') }]
  told.voided = [opening.fillId]
  const { sums } = await read()
  assert.deepEqual([sums.closedPnl, sums.fees], ['0', '0.1'])
  assert.deepEqual(await booked(book), {
    kinds: ['realised', 'reinstated', 'reversal', 'reversal'],
    net: '-0.1',
    sum: '-0.1',
    alerts: ['trade-restated', 'trade-voided'],
  })
})

test('B22: a fee that the venue states later replaces the pending one, once and without an alarm', async (t) => {
  const { book, told, read } = await open(t)
  told.fills = [opening, { ...closing, fee: d('0'), feePending: true }]
  assert.equal((await read()).sums.fees, '0.1')
  told.fills = [opening, closing]
  for (let again = 0; again < 2; again++) assert.equal((await read()).sums.fees, '0.2')
  const fills = standingFills((await book.list('fills', BY_TIME)).map(({ row }) => row))
  assert.deepEqual(
    fills.map(({ fee, feePending }) => [fee, feePending]),
    [
      ['0.1', undefined],
      ['0.1', undefined],
    ],
  )
  assert.deepEqual((await book.list('alerts', STANDING)).length, 0)
})

test('B21: an incomplete read takes nothing back, whatever it does not show', async (t) => {
  const { book, told, read } = await open(t)
  told.fills = [opening, closing]
  await read()
  told.fills = [opening]
  told.voided = [closing.fillId]
  told.gap = 'chain: something is missing'
  const { sums, gap } = await read()
  assert.deepEqual([sums.closedPnl, gap], ['20', told.gap])
  assert.equal((await book.list('fills', BY_TIME)).length, 2)
})

test('F1: a fee taken in the bought coin leaves sizes as they were traded and the settlement currency alone', async (t) => {
  const { book, told, read } = await open(t)
  const spot = { ...opening, fillId: 'spot', instrument: '@107', feeToken: 'HYPE', fee: d('0.0021') }
  told.fills = [spot, closing]
  const { sums } = await read()
  assert.deepEqual([sums.closedPnl, sums.fees], ['20', '0.1'])
  const stored = (await book.load('fills', 'spot'))?.row
  assert.deepEqual([stored?.size, stored?.fee, stored?.feeToken], ['2', '0.0021', 'HYPE'])
})

test('B21: an entry that was taken back and in again before the exit is one stretch, and its trades are known by any telling', async (t) => {
  const { book, told, read } = await open(t)
  told.fills = [opening]
  await read()
  told.fills = []
  told.voided = [opening.fillId]
  await read()
  told.fills = [opening, closing]
  told.voided = []
  await read()
  const fills = (await book.list('fills', BY_TIME)).map(({ row }) => row)
  assert.equal(fills.length, 4, 'the entry, its reversal, the entry again, the exit')
  const row = aPosition({ positionId: position, orders: [{ clientOrderId: entry, event: 'entry', leg: 0 }] })
  const [episode, ...others] = episodesOf(row, fills, 'USDC')
  assert.deepEqual([episode?.status, episode?.grossVenue, episode?.fees, others], ['closed', '20', { USDC: '0.2' }, []])

  await bookClosed(
    book,
    episode?.legs.map(({ fill }) => fill.fillId),
  )
  told.fills = []
  told.voided = [opening.fillId, closing.fillId]
  await read()
  const { net, sum } = await booked(book)
  assert.deepEqual([net, sum], ['0', '0'])
})
