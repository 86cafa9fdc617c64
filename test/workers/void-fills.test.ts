/** B21: a trade that the venue takes back after it was booked is reversed once, in position, result, fees and ledger, with an alert. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { openEmbeddedBook } from '#book/embedded/open.ts'
import type { Broker } from '#brokers/broker.ts'
import { buildEpisodes } from '#domain/build-episodes.ts'
import type { Fill } from '#domain/fill.ts'
import { chainFills } from '#domain/fill-chain.ts'
import { clientOrderIdOf, positionIdOf, signalKeyOf } from '#domain/ids.ts'
import { readFills } from '#workers/account-view.ts'
import type { Tools } from '#workers/worker.ts'
import { trade } from '#test/domain/fill-row.ts'

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
  const told: { fills: Fill[]; voided: string[] } = { fills: [], voided: [] }
  const broker = {
    account: 'account',
    capabilities: { voidableForMs: 86_400_000, settlement: 'USDC' },
    listFills: ({ from, through }: { from: number; through: number }) =>
      Promise.resolve({ ...told, coverage: { from, through, pages: 1, complete: true, gap: null } }),
  } as unknown as Broker
  const tools = { book, now: () => NOW } as unknown as Tools
  return { book, told, read: () => readFills(tools, broker) }
}

const opening = trade({ side: 'buy', size: '2', start: '0', clientOrderId: entry, n: 1, price: '100' })
const closing = trade({ side: 'sell', size: '2', start: '2', clientOrderId: exit, n: 2, price: '110', closedPnl: '20' })

test('a void exit reopens the position in the chain and takes its result and fee back, once', async (t) => {
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

test('fills that come with the news start from the position without the void trade', async (t) => {
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

test('a trade that was void before it was ever booked leaves no trace', async (t) => {
  const { book, told, read } = await open(t)
  told.fills = [opening]
  told.voided = [closing.fillId]
  assert.equal((await read()).sums.closedPnl, '0')
  assert.equal((await book.list('fills', BY_TIME)).length, 1)
  assert.equal((await book.list('alerts', STANDING)).length, 0)
})
