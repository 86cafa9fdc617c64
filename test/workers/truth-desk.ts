/**
 * One account at a venue whose every answer a test sets, a book in memory and the stages that compare both: what workers make of
 * answers that come late, come twice, contradict each other or do not come at all.
 */
import assert from 'node:assert/strict'
import type { Book } from '#book/book.ts'
import { openEmbeddedBook } from '#book/embedded/open.ts'
import type { AccountSnapshot, Broker, FillRead, Resolution, SendOutcome } from '#brokers/broker.ts'
import { BrokerUnavailable } from '#brokers/errors.ts'
import {
  closeEnvelope,
  monitorEnvelope,
  placeEnvelope,
  precheckEnvelope,
  reconcileEnvelope,
} from '#domain/envelopes.ts'
import type { Fill } from '#domain/fill.ts'
import type { Envelope } from '#domain/message.ts'
import { type ClientOrderId, clientOrderIdOf } from '#domain/ids.ts'
import { newIntent } from '#domain/new-intent.ts'
import type { BrokerOrder, IntentRow, NewOrder, OrderCommand } from '#domain/order.ts'
import type { PositionRow } from '#domain/position.ts'
import type { AlertRow, CursorRow, LedgerRow, Outcome, SweepRow } from '#domain/records.ts'
import type { Signal } from '#domain/signal.ts'
import { acceptSignal, readAcceptance } from '#ingest/accept-signal.ts'
import { sweepEnvelope } from '#queues/repeated-work.ts'
import { trade } from '#test/domain/fill-row.ts'
import { NOW, POSITION, aPosition, anAccount, d } from '#test/domain/samples.ts'
import { readFills } from '#workers/account-view.ts'
import { closePosition } from '#workers/close.ts'
import { monitorPosition } from '#workers/monitor.ts'
import { placeOrder } from '#workers/place.ts'
import { precheckEntry } from '#workers/precheck.ts'
import { reconcilePosition } from '#workers/reconcile.ts'
import { routeSignal } from '#workers/route.ts'
import { sweepAccounts } from '#workers/sweep.ts'
import type { Tools, Verdict } from '#workers/worker.ts'
import { plainAccount } from './plain-account.ts'
import { NO_SINKS } from './silent-sinks.ts'

export const ACCOUNT = 'account'
export const ENTRY = clientOrderIdOf(POSITION, 'entry', 0)
export const EXIT = clientOrderIdOf(POSITION, 'exit', 0)

type Read = 'readAccount' | 'listOpenOrders' | 'listFills' | 'findOrder' | 'listCash'

/** What the venue answers next. */
interface Venue {
  /** Signed sizes by instrument; what is not named is flat. */
  held: Record<string, string>
  fills: Fill[]
  open: BrokerOrder[]
  /** The record of any order that is asked for. */
  record: BrokerOrder | null
  answer: SendOutcome
  /** What is found out about a request whose outcome is unknown. */
  resolution: Resolution
  /** What becomes of making a request impossible. */
  fenced: Awaited<ReturnType<Broker['fence']>>
  /** Fills that were taken back. Only a venue that ever does so (`voidableForMs`) is asked. */
  voided: string[]
  voidableForMs: number | null
  /** Why a fill read is not complete; null when it is. */
  gap: string | null
  /** How far its clock is ahead of ours, ms. */
  aheadMs: number
  /** Fills up to this instant (ms) are gone for good; null when none are. */
  expiredThrough: number | null
  /** Reads that fail. */
  down: Set<Read>
  /** Runs while a read is on its way: what happens meanwhile. */
  meanwhile: (read: Read) => Promise<void>
}

export interface TruthDesk extends AsyncDisposable {
  readonly book: Book
  readonly tools: Tools
  readonly venue: Venue
  /** Every reading of it is one ms later than the one before. */
  readonly clock: { now: number }
  /** Intervals that fills were asked for. */
  readonly asked: { readonly from: number; readonly through: number }[]
  readonly sent: OrderCommand[]
  /** Of each resolution, whether it was allowed to send the same bytes again. */
  readonly resolved: { readonly command: OrderCommand; readonly resend: boolean }[]
  /** Runs while the sweep waits between its two looks. */
  betweenLooks: () => void
  /** Puts a position into the book: 1 BTC long, open and settled, unless told otherwise; its slot is reserved. */
  hold(change?: Partial<PositionRow>): Promise<void>
  /** Puts the entry's intent into the book. */
  intend(change?: Partial<IntentRow>): Promise<void>
  /** `venueTime` (ms): ours unless told. */
  readFills(venueTime?: number): Promise<CursorRow>
  sweep(): Promise<SweepRow>
  /** `askedAt`: since when it is waited for, ms. */
  reconcile(source?: string, askedAt?: number): Promise<Verdict>
  close(leg?: number): Promise<Verdict>
  monitor(): Promise<Verdict>
  precheck(): Promise<Verdict>
  place(intentId?: ClientOrderId): Promise<Verdict>
  /** Accepts a signal and routes it; answers the outcome. */
  route(signal: Signal): Promise<Outcome>
  position(): Promise<PositionRow>
  ledger(): Promise<LedgerRow[]>
  fills(): Promise<Fill[]>
  /** Severity and kind of the alerts that stand, sorted. */
  alerts(): Promise<string[]>
  alert(kind: string): Promise<AlertRow>
  /** Instruments whose entries are locked. */
  locks(): Promise<string[]>
}

/** Our entry: 1 BTC bought at 100. */
export const BOUGHT = trade({ side: 'buy', size: '1', start: '0', clientOrderId: ENTRY, n: 1 })

/** The whole of it sold at 110, by our exit unless told otherwise. */
export function sold(change: Partial<Fill> = {}): Fill {
  const fill = trade({ side: 'sell', size: '1', start: '1', clientOrderId: EXIT, n: 2, price: '110', closedPnl: '10' })
  return { ...fill, ...change }
}

/** Truebook's own order for the entry. */
export const ENTRY_ORDER: NewOrder = {
  type: 'new-order',
  clientOrderId: ENTRY,
  instrument: 'BTC-PERP',
  side: 'buy',
  size: d('1'),
  limitPrice: d('101'),
  timeInForce: 'ioc',
  reduceOnly: false,
  trigger: null,
  attachedStop: null,
}

/** Opens the desk; a book of the caller's stays open when the desk ends. */
export async function openTruthDesk(shared: Book | null = null): Promise<TruthDesk> {
  const book = shared ?? (await openEmbeddedBook({ file: ':memory:' }))
  const clock = { now: NOW + 1000 }
  const now = (): number => (clock.now += 1)
  const venue: Venue = {
    held: {},
    fills: [],
    open: [],
    record: null,
    answer: { kind: 'unknown', observed: 'nothing was answered' },
    resolution: { kind: 'unknown', observed: 'nothing is known' },
    fenced: { kind: 'unknown', observed: 'the noop was not answered' },
    voided: [],
    voidableForMs: null,
    gap: null,
    expiredThrough: null,
    aheadMs: 0,
    down: new Set(),
    meanwhile: async () => undefined,
  }
  const asked: TruthDesk['asked'][number][] = []
  const sent: OrderCommand[] = []
  const resolved: TruthDesk['resolved'] = []
  const broker = brokerOf(venue, { now, asked, sent, resolved })
  const trading = plainAccount(ACCOUNT, broker, async () => d('100'))
  const silent = { debug() {}, info() {}, warn() {}, error() {} }
  const tools: Tools = {
    book,
    account: () => trading,
    accountIds: [ACCOUNT],
    log: silent,
    queue: { enqueue: async () => undefined, ensure: async () => true, wake: async () => undefined },
    alerting: NO_SINKS,
    now,
    pause: async (ms) => {
      clock.now += ms
      desk.betweenLooks()
    },
  }
  const about = { positionId: POSITION, account: ACCOUNT }
  const desk: TruthDesk = {
    book,
    tools,
    venue,
    clock,
    asked,
    sent,
    resolved,
    betweenLooks: () => undefined,
    async hold(change = {}) {
      const row = aPosition({ createdAt: NOW - 1000, ...change })
      const exposure = { positionId: POSITION, side: row.side, notional: d('100'), size: row.size, root: null }
      await book.commit([
        { op: 'create', kind: 'positions', id: POSITION, row },
        { op: 'put', kind: 'accounts', id: ACCOUNT, row: anAccount({ exposures: { [row.instrument]: exposure } }) },
      ])
    },
    async intend(change = {}) {
      const terms = { intentId: ENTRY, event: 'entry', leg: 0, command: ENTRY_ORDER, sendBefore: null } as const
      const row = { ...newIntent({ ...about, instrument: 'BTC-PERP' }, terms, NOW), ...change }
      await book.commit([{ op: 'create', kind: 'intents', id: row.intentId, row }])
    },
    readFills: async (venueTime = tools.now()) => await readFills(tools, broker, venueTime),
    async sweep() {
      const before = new Set((await sweepsOf(book)).map(({ sweepId }) => sweepId))
      await sweepAccounts(sweepEnvelope(ACCOUNT, 'demand', now()), tools)
      return (await sweepsOf(book)).find(({ sweepId }) => !before.has(sweepId)) ?? assert.fail('a sweep')
    },
    reconcile: async (source = 'monitor', askedAt = now()) =>
      await reconcilePosition(reconcileEnvelope(about, source, askedAt), tools),
    close: async (leg = 0) => await closePosition(closeEnvelope(about, leg, 'test', now()), tools),
    monitor: async () => await monitorPosition(monitorEnvelope(about, 'test', now()), tools),
    precheck: async () => await precheckEntry(precheckEnvelope(about, ENTRY, now()), tools),
    place: async (intentId = ENTRY) => await placeOrder(placeEnvelope(about, intentId, 'test', now()), tools),
    async route(signal) {
      const queued: Envelope[] = []
      const queue = { enqueue: async (envelope: Envelope) => void queued.push(envelope) }
      const accounts = [{ account: ACCOUNT, strategies: ['*'] }]
      const { signalKey } = await acceptSignal({ book, queue, accounts, onEnqueueFailed: assert.fail }, signal, now())
      for (const envelope of queued) await routeSignal(envelope, tools)
      return (await readAcceptance(book, signalKey))?.accounts[0]?.outcome ?? assert.fail('an outcome')
    },
    position: async () => (await book.load('positions', POSITION))?.row ?? assert.fail('a position'),
    ledger: async () => {
      const query = { where: { account: ACCOUNT }, orderBy: { field: 'at', direction: 'ascending' } } as const
      return (await book.list('ledger', query)).map(({ row }) => row)
    },
    fills: async () => {
      const query = { where: { account: ACCOUNT }, orderBy: { field: 'time', direction: 'ascending' } } as const
      return (await book.list('fills', query)).map(({ row }) => row)
    },
    alerts: async () => (await standing(book)).map(({ severity, kind }) => `${severity} ${kind}`).toSorted(),
    alert: async (kind) => (await standing(book)).find((row) => row.kind === kind) ?? assert.fail(`an alert ${kind}`),
    locks: async () => Object.keys((await book.load('accounts', ACCOUNT))?.row.locks ?? {}),
    [Symbol.asyncDispose]: async () => {
      if (shared === null) await book.close()
    },
  }
  return desk
}

interface Observed {
  readonly now: () => number
  readonly asked: TruthDesk['asked'][number][]
  readonly sent: OrderCommand[]
  readonly resolved: TruthDesk['resolved'][number][]
}

function brokerOf(venue: Venue, { now, asked, sent, resolved }: Observed): Broker {
  /** An answer is what stood when the question arrived. */
  const answer = async <Value>(read: Read, tell: () => Value): Promise<Value> => {
    if (venue.down.has(read)) throw new BrokerUnavailable(`${read}: HTTP 502`)
    const told = tell()
    await venue.meanwhile(read)
    return told
  }
  return {
    account: ACCOUNT,
    venue: 'hyperliquid',
    signer: 'key',
    capabilities: {
      attachedStop: true,
      reduceOnly: true,
      idempotentResend: true,
      fence: true,
      settlement: 'USDC',
      fundingEveryMs: null,
      get voidableForMs() {
        return venue.voidableForMs
      },
      statesPnl: false,
      clockBoundMs: 5_000,
    },
    readAccount: async () => await answer('readAccount', () => snapshotOf(venue, now() + venue.aheadMs)),
    listOpenOrders: async () => await answer('listOpenOrders', () => [...venue.open]),
    findOrder: async () => await answer('findOrder', () => venue.record),
    listCash: async () => await answer('listCash', () => []),
    listFills: async ({ from, through }: { from: number; through: number }): Promise<FillRead> => {
      asked.push({ from, through })
      return await answer('listFills', () => ({
        fills: venue.fills.filter(({ time }) => time >= from && time <= through),
        voided: [...venue.voided],
        coverage: coverageOf(venue, from, through),
      }))
    },
    prepare: async () => ({ signer: 'key', nonce: null, deadline: null, body: '{}', preparedAt: now() }),
    send: async (_request: unknown, command: OrderCommand) => {
      sent.push(command)
      return venue.answer
    },
    resolve: async (_request: unknown, command: OrderCommand, { resend }: { resend: boolean }) => {
      resolved.push({ command, resend })
      return venue.resolution
    },
    fence: async () => venue.fenced,
    checkCredentials: async () => [],
  } as unknown as Broker
}

function coverageOf({ gap, expiredThrough }: Venue, from: number, through: number): FillRead['coverage'] {
  const expired = expiredThrough !== null && from <= expiredThrough
  if (expired) return { from: expiredThrough + 1, through, pages: 1, complete: false, gap: 'retention', expired }
  return { from, through, pages: 1, complete: gap === null, gap, expired }
}

function snapshotOf({ held }: Venue, asOf: number): AccountSnapshot {
  const positions = Object.entries(held).map(([instrument, size]) => ({
    instrument,
    size: d(size),
    entryAverage: null,
    unrealised: d('0'),
    liquidationPrice: null,
  }))
  return { equity: d('10000'), balance: d('10000'), restriction: null, unrealised: d('0'), positions, asOf }
}

async function standing(book: Book): Promise<AlertRow[]> {
  const rows = await book.list('alerts', {
    where: { account: ACCOUNT, active: true },
    orderBy: { field: 'raisedAt', direction: 'ascending' },
  })
  return rows.map(({ row }) => row)
}

async function sweepsOf(book: Book): Promise<SweepRow[]> {
  const rows = await book.list('sweeps', {
    where: { account: ACCOUNT },
    orderBy: { field: 'startedAt', direction: 'ascending' },
  })
  return rows.map(({ row }) => row)
}
