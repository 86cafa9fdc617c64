/** One account under a shipped programme, with a venue whose answers and clock a test sets, and a book in memory. */
import assert from 'node:assert/strict'
import type { Book } from '#book/book.ts'
import { openEmbeddedBook } from '#book/embedded/open.ts'
import type { AccountSnapshot } from '#brokers/broker.ts'
import { BrokerUnavailable } from '#brokers/errors.ts'
import type { Fill } from '#domain/fill.ts'
import { clientOrderIdOf, type PositionId } from '#domain/ids.ts'
import { type Instrument, frontContract } from '#domain/instrument.ts'
import type { Envelope } from '#domain/message.ts'
import type { AccountPolicy } from '#domain/policy.ts'
import type { PositionRow } from '#domain/position.ts'
import type { ProgrammeTerms } from '#domain/programme/rules.ts'
import type { AlertRow, Outcome } from '#domain/records.ts'
import { signalSchema } from '#domain/signal.ts'
import { acceptSignal } from '#ingest/accept-signal.ts'
import { guardEnvelope } from '#queues/repeated-work.ts'
import { reconcileEnvelope } from '#domain/envelopes.ts'
import { programme } from '#test/domain/programme/paths.ts'
import { BTC, GATES, NOW, NQ, PACE, aPosition, anAccount, d } from '#test/domain/samples.ts'
import { trade } from '#test/domain/fill-row.ts'
import { guardAccount } from '#workers/guard.ts'
import { reconcilePosition } from '#workers/reconcile.ts'
import { routeSignal } from '#workers/route.ts'
import type { Tools, TradingAccount, Verdict } from '#workers/worker.ts'

/** What the venue answers; `down`: nothing. */
interface Venue {
  equity: string
  balance: string
  restriction: string | null
  down: boolean
  fills: Fill[]
  held: string
}

export interface ProgrammeDesk extends AsyncDisposable {
  readonly book: Book
  readonly venue: Venue
  readonly clock: { now: number }
  readonly looks: () => number
  guard(): Promise<Verdict>
  /** Routes a signal and answers its outcome. */
  send(signal: object): Promise<Outcome>
  /** Puts an open position into the book, 1 NQ long unless told otherwise. */
  hold(change?: Partial<PositionRow>): Promise<PositionId>
  position(id: PositionId): Promise<PositionRow>
  reconcile(id: PositionId): Promise<Verdict>
  /** Kinds of alerts that stand, sorted. */
  alerts(): Promise<string[]>
}

const ACCOUNT = 'account'

export async function openProgrammeDesk(
  terms: ProgrammeTerms = programme('topstep-combine-50k'),
  now: number = NOW,
): Promise<ProgrammeDesk> {
  const book = await openEmbeddedBook({ file: ':memory:' })
  const start = terms.startBalance
  const venue: Venue = { equity: start, balance: start, restriction: null, down: false, fills: [], held: '0' }
  const clock = { now }
  let looks = 0
  let sent = 0
  const policy = policyOf(terms)
  const listed = new Map<string, Instrument>([NQ, BTC].map((one) => [one.instrument, one]))
  const broker = brokerOf(venue, clock, () => (looks += 1))
  const trading: TradingAccount = {
    policy,
    broker,
    instrument: async (id) => listed.get(id) ?? assert.fail(`${id} is not listed`),
    front: async (name) => frontContract(listed, name),
    changedAt: () => 0,
    mark: async () => d('20000'),
  }
  const tools = { book, account: () => trading, accountIds: [ACCOUNT], now: () => clock.now } as unknown as Tools
  return {
    book,
    venue,
    clock,
    looks: () => looks,
    guard: async () => await guardAccount(guardEnvelope(ACCOUNT, clock.now), tools),
    async send(change) {
      const queued: Envelope[] = []
      const queue = { enqueue: async (envelope: Envelope) => void queued.push(envelope) }
      const ingest = { book, queue, accounts: [policy], onEnqueueFailed: () => assert.fail('queued') }
      sent += 1
      const common = { signal_id: `s-${sent}`, source: 'test', strategy: 'trend', ts: clock.now }
      const accepted = await acceptSignal(ingest, signalSchema.parse({ ...common, ...change }), clock.now)
      await routeSignal(queued[0] ?? assert.fail('a route message'), tools)
      const id = accepted.accounts[0]?.positionId ?? assert.fail('one account')
      return (await book.load('processed', `${id}.route`))?.row.outcome ?? assert.fail('an outcome')
    },
    hold: async (change = {}) => await hold(book, clock.now, change),
    position: async (id) => (await book.load('positions', id))?.row ?? assert.fail('a position'),
    reconcile: async (positionId) =>
      await reconcilePosition(reconcileEnvelope({ positionId, account: ACCOUNT }, 'monitor', clock.now), tools),
    alerts: async () => (await standing(book)).map(({ kind }) => kind).toSorted(),
    [Symbol.asyncDispose]: () => book.close(),
  }
}

function policyOf(programmeTerms: ProgrammeTerms): AccountPolicy {
  return {
    account: ACCOUNT,
    venue: 'projectx',
    strategies: ['*'],
    sizing: null,
    strategySizing: {},
    programme: programmeTerms,
    gates: { ...GATES, maxOrderNotional: null, maxExposure: null, maxDrawdown: null, maxDailyLoss: null },
    pace: PACE,
  }
}

function brokerOf(venue: Venue, clock: { now: number }, onLook: () => void): TradingAccount['broker'] {
  const readAccount = async (): Promise<AccountSnapshot> => {
    onLook()
    if (venue.down) throw new BrokerUnavailable('the venue is down')
    return {
      equity: d(venue.equity),
      balance: d(venue.balance),
      restriction: venue.restriction,
      unrealised: d('0'),
      positions:
        venue.held === '0'
          ? []
          : [
              {
                instrument: 'NQZ6',
                size: d(venue.held),
                entryAverage: null,
                unrealised: d('0'),
                liquidationPrice: null,
              },
            ],
      asOf: clock.now,
    }
  }
  return {
    account: ACCOUNT,
    venue: 'projectx',
    capabilities: {
      attachedStop: true,
      settlement: 'USDC',
      fundingEveryMs: null,
      voidableForMs: null,
      statesPnl: false,
    },
    readAccount,
    listOpenOrders: async () => [],
    listFills: async ({ from, through }: { from: number; through: number }) => ({
      fills: venue.fills,
      voided: [],
      coverage: { from, through, pages: 1, complete: true, gap: null },
    }),
  } as unknown as TradingAccount['broker']
}

async function hold(book: Book, now: number, change: Partial<PositionRow>): Promise<PositionId> {
  const row = aPosition({
    instrument: 'NQZ6',
    entryAverage: d('20000'),
    discipline: { ...aPosition().discipline, stopLoss: d('19995') },
    createdAt: now - 1000,
    openedAt: now - 900,
    ...change,
  })
  const exposure = { positionId: row.positionId, side: row.side, notional: d('400000'), size: row.size, root: 'NQ' }
  await book.commit([
    { op: 'create', kind: 'positions', id: row.positionId, row },
    { op: 'put', kind: 'accounts', id: ACCOUNT, row: anAccount({ exposures: { [row.instrument]: exposure } }) },
  ])
  return row.positionId
}

async function standing(book: Book): Promise<AlertRow[]> {
  const rows = await book.list('alerts', {
    where: { account: ACCOUNT, active: true },
    orderBy: { field: 'raisedAt', direction: 'ascending' },
  })
  return rows.map(({ row }) => row)
}

/** Fills of a position that was opened by its own entry and closed by an order of nobody's. */
export function closedByNobody(position: PositionId, closedAt: number): Fill[] {
  const entry = clientOrderIdOf(position, 'entry', 0)
  const opening = trade({ side: 'buy', size: '1', start: '0', clientOrderId: entry, n: 1, price: '20000' })
  const closing = trade({
    side: 'sell',
    size: '1',
    start: '1',
    clientOrderId: null,
    n: 2,
    price: '19990',
    closedPnl: '-200',
  })
  return [opening, { ...closing, time: closedAt }].map((fill) => ({ ...fill, instrument: 'NQZ6' }))
}
