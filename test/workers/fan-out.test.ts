/** One signal at several accounts, and several strategies at one: each account has its own outcome, and one owner per instrument. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Book } from '#book/book.ts'
import { openEmbeddedBook } from '#book/embedded/open.ts'
import type { Broker } from '#brokers/broker.ts'
import { BrokerUnavailable } from '#brokers/errors.ts'
import type { Envelope } from '#domain/message.ts'
import type { GatePolicy } from '#domain/policy.ts'
import { signalSchema } from '#domain/signal.ts'
import { type Acceptance, acceptSignal, readAcceptance } from '#ingest/accept-signal.ts'
import { BTC, GATES, NOW, PACE, d } from '#test/domain/samples.ts'
import { routeSignal } from '#workers/route.ts'
import type { Tools, TradingAccount } from '#workers/worker.ts'

const ACCOUNTS = ['own', 'capped', 'away'] as const
type Account = (typeof ACCOUNTS)[number]

interface Desk extends AsyncDisposable {
  readonly book: Book
  /** Accounts whose broker does not answer. */
  readonly down: Set<string>
  /** Accepts a signal, an entry unless it names its kind; answers it and what was queued. */
  accept(change?: object): Promise<{ readonly acceptance: Acceptance; readonly queued: readonly Envelope[] }>
  route(envelope: Envelope | undefined): Promise<void>
  /** What the sender is told now: account, result and gate. */
  told(acceptance: Acceptance): Promise<(readonly [string, string | null, string | null])[]>
  positions(account: Account): Promise<number>
}

async function open(accounts: readonly Account[] = ACCOUNTS): Promise<Desk> {
  const book = await openEmbeddedBook({ file: ':memory:' })
  const down = new Set<string>()
  const tradings = new Map(accounts.map((account) => [account as string, accountOf(account, down)]))
  const account = (id: string): TradingAccount => tradings.get(id) ?? assert.fail(`${id} is no account`)
  const tools = { book, account, accountIds: accounts, now: () => NOW } as unknown as Tools
  const policies = [...tradings.values()].map(({ policy }) => policy)
  return {
    book,
    down,
    async accept(change = {}) {
      const queued: Envelope[] = []
      const queue = { enqueue: async (envelope: Envelope) => void queued.push(envelope) }
      const ingest = { book, queue, accounts: policies, onEnqueueFailed: () => assert.fail('queued') }
      const acceptance = await acceptSignal(
        ingest,
        signalSchema.parse('kind' in change ? change : { ...OPEN, ...change }),
        NOW,
      )
      return { acceptance, queued }
    },
    route: async (envelope) => void (await routeSignal(envelope ?? assert.fail('a route message'), tools)),
    async told({ signalKey }) {
      const now = (await readAcceptance(book, signalKey)) ?? assert.fail('an acceptance')
      return now.accounts.map(({ account: id, outcome }) => [id, outcome?.result ?? null, outcome?.gate ?? null])
    },
    positions: async (id) => (await book.list('positions', { where: { account: id, open: true } })).length,
    [Symbol.asyncDispose]: () => book.close(),
  }
}

const OPEN = {
  kind: 'open',
  signal_id: 'one',
  source: 'test',
  strategy: 'trend',
  ts: NOW,
  instrument: 'BTC-PERP',
  side: 'long',
  size: { type: 'contracts', value: '1' },
  stop_loss: { distance_bps: 200 },
} as const

/** `capped` may not trade that much. */
function accountOf(account: Account, down: ReadonlySet<string>): TradingAccount {
  const gates: GatePolicy = account === 'capped' ? { ...GATES, maxOrderNotional: d('99') } : GATES
  const readAccount = async () => {
    if (down.has(account)) throw new BrokerUnavailable('HTTP 502')
    return { equity: d('10000'), positions: [] }
  }
  const capabilities = { attachedStop: true }
  const common = { strategies: ['*'], sizing: null, strategySizing: {}, programme: null, pace: PACE }
  return {
    policy: { account, venue: 'hyperliquid', ...common, gates },
    broker: { account, venue: 'hyperliquid', capabilities, readAccount } as unknown as Broker,
    instrument: async () => BTC,
    front: async () => BTC,
    changedAt: () => 0,
    mark: async () => d('100'),
  }
}

test('C21, G7: one account denies, one is away, one trades: each is a result of its own and none repeats another', async () => {
  await using desk = await open()
  desk.down.add('away')
  const { acceptance, queued } = await desk.accept()
  const [own, capped, away] = queued
  await desk.route(own)
  await desk.route(capped)
  await assert.rejects(desk.route(away), BrokerUnavailable)
  const partial = [
    ['own', 'done', null],
    ['capped', 'denied', 'order-notional'],
    ['away', null, null],
  ] as const
  assert.deepEqual(await desk.told(acceptance), partial)
  // The sender repeats, and every message is delivered again: whoever has an outcome keeps it.
  const again = await desk.accept()
  assert.deepEqual([again.acceptance.status, again.queued], ['repeated', []])
  await desk.route(own)
  await desk.route(capped)
  assert.deepEqual(await desk.told(acceptance), partial)
  assert.deepEqual(await Promise.all(ACCOUNTS.map(desk.positions)), [1, 0, 0])
  desk.down.clear()
  await desk.route(away)
  assert.deepEqual((await desk.told(acceptance))[2], ['away', 'done', null])
  assert.deepEqual(await Promise.all(ACCOUNTS.map(desk.positions)), [1, 0, 1])
})

test('G7: a follower that is locked out takes no copy, whatever the others do; its own exits are asked for as ever', async () => {
  await using desk = await open(['own', 'capped'])
  const { queued } = await desk.accept({ size: { type: 'contracts', value: '0.5' } })
  for (const envelope of queued) await desk.route(envelope)
  assert.deepEqual([await desk.positions('own'), await desk.positions('capped')], [1, 1])
  const stored = await desk.book.load('accounts', 'capped')
  assert.ok(stored !== null)
  const row = { ...stored.row, state: 'reduce-only' } as const
  await desk.book.commit([{ op: 'replace', kind: 'accounts', id: 'capped', revision: stored.revision, row }])
  const copied = await desk.accept({ signal_id: 'two', instrument: 'ETH-PERP' })
  for (const envelope of copied.queued) await desk.route(envelope)
  assert.equal((await desk.told(copied.acceptance))[1]?.[2], 'account-state')
  const { source, strategy, ts, instrument } = OPEN
  const ended = await desk.accept({ kind: 'close', signal_id: 'three', source, strategy, ts, instrument })
  for (const envelope of ended.queued) await desk.route(envelope)
  assert.deepEqual(
    (await desk.told(ended.acceptance)).map(([account, result]) => [account, result]),
    [
      ['own', 'done'],
      ['capped', 'done'],
    ],
  )
})

test('B20: what one strategy holds on an instrument of an account is no other strategy’s to add to', async () => {
  await using desk = await open(['own'])
  const first = await desk.accept()
  const second = await desk.accept({ signal_id: 'two', strategy: 'mean-reversion', side: 'short' })
  await Promise.all([...first.queued, ...second.queued].map(desk.route))
  const outcomes = [...(await desk.told(first.acceptance)), ...(await desk.told(second.acceptance))]
  assert.equal(outcomes.filter(([, result]) => result === 'done').length, 1)
  assert.equal(outcomes.find(([, result]) => result === 'denied')?.[2], 'one-position-per-instrument')
  assert.equal(await desk.positions('own'), 1)
})
