/** Signals that name a product: entries go to its front contract, everything else to the contract that is held, also after the roll. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Broker } from '#brokers/broker.ts'
import type { Book } from '#book/book.ts'
import { openEmbeddedBook } from '#book/embedded/open.ts'
import { type Instrument, frontContract } from '#domain/instrument.ts'
import type { Envelope } from '#domain/message.ts'
import type { AccountPolicy } from '#domain/policy.ts'
import type { Outcome } from '#domain/records.ts'
import type { PositionId } from '#domain/ids.ts'
import { signalSchema } from '#domain/signal.ts'
import { acceptSignal, readAcceptance } from '#ingest/accept-signal.ts'
import { GATES, NOW, NQ, PACE, d } from '#test/domain/samples.ts'
import { commitRelease } from '#workers/exposure.ts'
import { routeSignal } from '#workers/route.ts'
import type { Tools, TradingAccount } from '#workers/worker.ts'

const POLICY: AccountPolicy = {
  account: 'topstep',
  venue: 'projectx',
  strategies: ['*'],
  sizing: null,
  strategySizing: { trend: { type: 'risk_usd', value: d('1700') } },
  gates: {
    ...GATES,
    instruments: ['NQ'],
    maxOrderNotional: null,
    maxExposure: null,
    maxDrawdown: null,
    maxDailyLoss: null,
  },
  programme: null,
  pace: PACE,
}

interface Listing {
  instruments: readonly Instrument[]
}
const NQH = { ...NQ, instrument: 'NQH7', expiresAt: NOW + 120 * 86_400_000 }
const BEFORE_ROLL = [NQ, { ...NQH, active: false }]
const AFTER_ROLL = [{ ...NQ, active: false }, NQH]

interface Fixture extends AsyncDisposable {
  readonly book: Book
  readonly listing: Listing
  /** Accepts a signal, routes it and answers its position id and outcome. */
  send(signal: object): Promise<{ id: PositionId; outcome: Outcome }>
  route(envelope: Envelope): Promise<void>
}

async function start(): Promise<Fixture> {
  const book = await openEmbeddedBook({ file: ':memory:' })
  const listing: Listing = { instruments: BEFORE_ROLL }
  const listed = (): Map<string, Instrument> => new Map(listing.instruments.map((one) => [one.instrument, one]))
  const trading: TradingAccount = {
    policy: POLICY,
    broker: { account: 'topstep', venue: 'projectx', capabilities: { attachedStop: true } } as unknown as Broker,
    instrument: async (id) => listed().get(id) ?? assert.fail(`${id} is not listed`),
    front: async (name) => frontContract(listed(), name),
    changedAt: () => 0,
    mark: async () => d('20040'),
  }
  const tools = { book, account: () => trading, now: () => NOW } as unknown as Tools
  let sent = 0
  return {
    book,
    listing,
    route: async (envelope) => void (await routeSignal(envelope, tools)),
    async send(change) {
      const queued: Envelope[] = []
      const queue = { enqueue: async (envelope: Envelope) => void queued.push(envelope) }
      const ingest = { book, queue, accounts: [POLICY], onEnqueueFailed: () => assert.fail('queued') }
      const common = { signal_id: `s-${++sent}`, source: 'test', strategy: 'trend', ts: NOW }
      const signal = signalSchema.parse({ ...common, ...change })
      const accepted = await acceptSignal(ingest, signal, NOW)
      await routeSignal(queued[0] ?? assert.fail('a route message'), tools)
      const id = accepted.accounts[0]?.positionId ?? assert.fail('one account')
      return { id, outcome: (await book.load('processed', `${id}.route`))?.row.outcome ?? assert.fail('an outcome') }
    },
    [Symbol.asyncDispose]: () => book.close(),
  }
}

const open = { kind: 'open', instrument: 'NQ', side: 'long', stop_loss: { price: '20000' } }

test('an entry by product becomes a position in the front contract, sized with its multiplier, and the outcome says so', async () => {
  await using desk = await start()
  const { id, outcome } = await desk.send(open)
  assert.deepEqual(outcome, { result: 'done', detail: 'buy 2 NQZ6', sizing: 'risk_usd 1700 by strategy_sizing' })
  assert.equal((await desk.book.load('positions', id))?.row.instrument, 'NQZ6')
  const [intent] = await desk.book.list('intents', { where: { account: 'topstep', settled: false } })
  assert.deepEqual(
    [intent?.row.instrument, intent?.row.command.type === 'new-order' && intent.row.command.instrument],
    ['NQZ6', 'NQZ6'],
  )
  const account = await desk.book.load('accounts', 'topstep')
  assert.deepEqual(account?.row.exposures, {
    NQZ6: { positionId: id, side: 'long', notional: '801600', size: '2', root: 'NQ' },
  })
})

test('H7: after the roll a second entry is refused while the old contract is held, by product and by contract', async () => {
  await using desk = await start()
  const held = await desk.send(open)
  desk.listing.instruments = AFTER_ROLL
  for (const instrument of ['NQ', 'NQH7']) {
    const { outcome } = await desk.send({ ...open, instrument })
    assert.equal(outcome.gate, 'one-position-per-instrument')
    assert.match(outcome.observed ?? '', new RegExp(`${held.id} on NQZ6`))
  }
})

test('H7: after the roll close, adjust and flatten reach the position in the old contract', async () => {
  await using desk = await start()
  const held = await desk.send(open)
  desk.listing.instruments = AFTER_ROLL
  const row = async () => (await desk.book.load('positions', held.id))?.row
  await desk.send({ kind: 'adjust', instrument: 'NQ', stop_loss: { distance_bps: 10 } })
  assert.equal((await row())?.discipline.stopLoss, '20020')
  const missed = await desk.send({ kind: 'close', instrument: 'NQH7' })
  assert.deepEqual(missed.outcome, { result: 'nothing-to-do', detail: 'no position on NQH7' })
  assert.equal((await row())?.exit, null)
  await desk.send({ kind: 'close', instrument: 'NQ' })
  assert.equal((await row())?.exit?.reason, 'signal')
  const flat = await desk.send({ kind: 'flatten', reason: 'end of day' })
  assert.equal(flat.outcome.result, 'done')
})

test('H7: after the roll a reverse ends the old contract and opens the new one', async () => {
  await using desk = await start()
  const held = await desk.send(open)
  desk.listing.instruments = AFTER_ROLL
  const reverse = await desk.send({ ...open, kind: 'reverse', side: 'short', stop_loss: { price: '20080' } })
  const position = (await desk.book.load('positions', held.id)) ?? assert.fail('the position')
  assert.equal(position.row.exit?.reason, 'reversal')
  await commitRelease(desk.book, position.row, [], NOW)
  await desk.route(position.row.afterClose ?? assert.fail('the second half is owed'))
  const opened = await desk.book.load('positions', reverse.id)
  assert.ok(opened !== null)
  assert.deepEqual([opened.row.instrument, opened.row.side], ['NQH7', 'short'])
  const told = await readAcceptance(desk.book, opened.row.signalKey)
  assert.match(told?.accounts[0]?.outcome?.detail ?? '', /^sell 2 NQH7$/)
})

test('an entry in a contract that is not in front, in no known product or of no size is refused and says why', async () => {
  await using desk = await start()
  const gateOf = async (change: object) => (await desk.send({ ...open, ...change })).outcome.gate
  assert.equal(await gateOf({ instrument: 'NQH7' }), 'instrument-active')
  assert.equal(await gateOf({ instrument: 'ES' }), 'instrument-listed')
  assert.equal(await gateOf({ strategy: 'carry' }), 'size')
  desk.listing.instruments = [NQ, NQH]
  assert.equal(await gateOf({}), 'instrument-listed')
  assert.equal((await desk.book.load('accounts', 'topstep')) ?? null, null)
})
