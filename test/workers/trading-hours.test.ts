/** Trading hours at the workers: exits wait for the market and never for less (G8); contracts that end are watched to the end (H7). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Book } from '#book/book.ts'
import { openEmbeddedBook } from '#book/embedded/open.ts'
import type { Broker, SendOutcome } from '#brokers/broker.ts'
import { decimalString } from '#domain/decimal.ts'
import { closeEnvelope, monitorEnvelope } from '#domain/envelopes.ts'
import type { Fill } from '#domain/fill.ts'
import { clientOrderIdOf } from '#domain/ids.ts'
import type { Instrument } from '#domain/instrument.ts'
import type { BrokerOrder, OrderCommand } from '#domain/order.ts'
import type { PositionRow } from '#domain/position.ts'
import { contractDatesOf } from '#domain/session/contract-dates.ts'
import { trade } from '#test/domain/fill-row.ts'
import { GATES, NQ, PACE, POSITION, aBrokerOrder, aPosition, aSignal, anAccount, d } from '#test/domain/samples.ts'
import { closePosition } from '#workers/close.ts'
import { decideEntry } from '#workers/entry-decision.ts'
import { monitorPosition } from '#workers/monitor.ts'
import type { RouteView } from '#workers/route-view.ts'
import type { Tools, TradingAccount } from '#workers/worker.ts'

const MINUTE = 60_000
const at = (iso: string): number => Date.parse(iso)
const SATURDAY = at('2026-09-19T12:00:00Z')
const REOPENS = at('2026-09-20T22:00:00Z')
const REFUSED: SendOutcome = {
  kind: 'rejected',
  reason: 'outside trading hours',
  evidence: { kind: 'definitive-rejection', at: 0, detail: 'code 5' },
}
const DATES = contractDatesOf('NQZ6', SATURDAY)
const NQZ6: Instrument = { ...NQ, rollsAt: DATES.rollsAt, expiresAt: DATES.expiresAt }
const STOP = aBrokerOrder({ instrument: 'NQZ6' })

/** A long of one NQZ6 with its stop, at a venue that does as a test lets it. */
interface Fixture extends AsyncDisposable {
  readonly book: Book
  readonly tools: Tools
  readonly venue: { listed: Instrument[]; priced: boolean; held: string; answer: SendOutcome; open: BrokerOrder[] }
  readonly clock: { now: number }
  readonly sent: OrderCommand[]
  close(leg?: number): ReturnType<typeof closePosition>
  monitor(): ReturnType<typeof monitorPosition>
  alerts(): Promise<string[]>
  position(): Promise<PositionRow>
}

function brokerOf(venue: Fixture['venue'], sent: OrderCommand[], clock: Fixture['clock']): Broker {
  const bought = trade({
    side: 'buy',
    size: '1',
    start: '0',
    clientOrderId: clientOrderIdOf(POSITION, 'entry', 0),
    n: 1,
  })
  const fill: Fill = { ...bought, instrument: 'NQZ6', feeToken: 'USD', time: SATURDAY - 86_400_000 }
  return {
    account: 'account',
    venue: 'projectx',
    signer: 'key',
    capabilities: { reduceOnly: false, settlement: 'USD', voidableForMs: null, attachedStop: true },
    listOpenOrders: async () => venue.open,
    findOrder: async () => null,
    readAccount: async () => ({
      equity: d('50000'),
      asOf: clock.now,
      positions: venue.held === '0' ? [] : [{ instrument: 'NQZ6', size: decimalString(venue.held) }],
    }),
    listFills: async ({ from, through }: { from: number; through: number }) => ({
      fills: [fill],
      voided: [],
      coverage: { from, through, pages: 1, complete: true, gap: null },
    }),
    prepare: async () => ({ signer: 'key', nonce: null, deadline: null, body: '{}', preparedAt: clock.now }),
    send: async (_request: unknown, command: OrderCommand) => {
      sent.push(command)
      return venue.answer
    },
  } as unknown as Broker
}

async function open(now: number, change: Partial<PositionRow> = {}): Promise<Fixture> {
  const book = await openEmbeddedBook({ file: ':memory:' })
  const clock = { now }
  const venue: Fixture['venue'] = { listed: [NQZ6], priced: true, held: '1', answer: REFUSED, open: [] }
  const sent: OrderCommand[] = []
  const find = (id: string): Instrument => {
    const found = venue.listed.find(({ instrument }) => instrument === id)
    if (found === undefined) throw new RangeError(`${id} is not listed`)
    return found
  }
  const trading: TradingAccount = {
    policy: {
      account: 'account',
      venue: 'projectx',
      strategies: ['*'],
      sizing: null,
      strategySizing: {},
      programme: null,
      gates: GATES,
      pace: PACE,
    },
    broker: brokerOf(venue, sent, clock),
    instrument: async (id) => find(id),
    front: async () => venue.listed[0] ?? null,
    changedAt: () => Number.POSITIVE_INFINITY,
    mark: async (id) => {
      if (!venue.priced) throw new RangeError(`${id} is not priced`)
      return d('100')
    },
  }
  const tools = { book, account: () => trading, now: () => clock.now } as unknown as Tools
  const created = SATURDAY - 86_400_000
  const row = aPosition({ instrument: 'NQZ6', createdAt: created, openedAt: created, ...change })
  await book.commit([{ op: 'create', kind: 'positions', id: POSITION, row }])
  const about = { positionId: POSITION, account: 'account' }
  return {
    book,
    tools,
    venue,
    clock,
    sent,
    close: (leg = 0) => closePosition(closeEnvelope(about, leg, 'test', now), tools),
    monitor: () => monitorPosition(monitorEnvelope(about, 'test', now), tools),
    alerts: async () => {
      const where = {
        where: { account: 'account', active: true },
        orderBy: { field: 'raisedAt', direction: 'ascending' },
      } as const
      return (await book.list('alerts', where)).map(({ row: { severity, kind } }) => `${severity} ${kind}`)
    },
    position: async () => (await book.load('positions', POSITION))?.row ?? assert.fail('a position'),
    [Symbol.asyncDispose]: () => book.close(),
  }
}

const exiting = (leg = 0): Partial<PositionRow> => ({
  state: 'closing',
  exit: { reason: 'signal', requestedAt: SATURDAY, leg },
})

test('G8: an exit on a weekend waits for the opening: nothing is sent, the stop stays up, one warning says so', async () => {
  await using desk = await open(SATURDAY, exiting())
  desk.venue.open = [STOP]
  for (let look = 0; look < 3; look++) {
    const verdict = await desk.close()
    assert.equal(verdict.kind === 'again' && verdict.afterMs, MINUTE)
    assert.match(
      verdict.detail,
      /outside trading hours \(weekend\): the exit waits until 2026-09-20 17:00 America\/Chicago/,
    )
    assert.equal(verdict.next?.length ?? 0, look === 0 ? 1 : 0)
    desk.clock.now += MINUTE
  }
  assert.deepEqual(desk.sent, [])
  assert.deepEqual(await desk.book.list('intents', { where: { positionId: POSITION } }), [])
  assert.deepEqual(await desk.alerts(), ['warning exit-latched'])
})

test('G8: the latch ends to the ms with the opening, then the exit goes its usual way', async () => {
  await using desk = await open(REOPENS - 10, exiting())
  const before = await desk.close()
  assert.equal(before.kind === 'again' && before.afterMs, 10)
  desk.clock.now = REOPENS
  assert.equal((await desk.close()).detail, 'exit rejected: outside trading hours')
  assert.equal(desk.sent.length, 1)
})

test('G8: in hours that only a pattern calls closed the venue is asked at once, and then every five minutes', async () => {
  const now = at('2026-11-26T19:00:00Z')
  await using desk = await open(now, exiting())
  await desk.close(0)
  assert.equal(desk.sent.length, 1)
  const latched = await desk.close(1)
  assert.match(latched.detail, /^outside trading hours \(Thanksgiving Day\)/)
  desk.clock.now = now + 5 * MINUTE - 1
  const last = await desk.close(1)
  assert.equal(last.kind === 'again' && last.afterMs, 1)
  assert.equal(desk.sent.length, 1)
  desk.clock.now += 1
  await desk.close(1)
  assert.equal(desk.sent.length, 2)
  assert.equal((await desk.alerts()).filter((alert) => alert === 'warning exit-latched').length, 1)
})

test('a market that never closes is never latched, and neither is a contract that is listed no more', async () => {
  await using desk = await open(SATURDAY, exiting())
  desk.venue.listed = [{ ...NQZ6, calendar: null }]
  await desk.close()
  assert.equal(desk.sent.length, 1)
  await using gone = await open(SATURDAY, exiting())
  gone.venue.listed = []
  gone.venue.held = '0'
  assert.match((await gone.close()).detail, /broker is flat/)
})

test('H7: half an hour before the last trading instant the monitor asks for the exit, once', async () => {
  await using desk = await open(DATES.expiresAt - 30 * MINUTE - 1)
  desk.venue.open = [STOP]
  await desk.monitor()
  assert.equal((await desk.position()).exit, null)
  desk.clock.now += 1
  const { next } = await desk.monitor()
  assert.deepEqual(
    next?.filter(({ stage }) => stage === 'close').map(({ idempotency_key: key }) => key),
    [`${POSITION}.close.0`],
  )
  assert.equal((await desk.position()).exit?.reason, 'expiry')
})

test('H7: a position past the roll of its contract is said once and keeps its stop', async () => {
  await using desk = await open(DATES.rollsAt - 1)
  desk.venue.open = [STOP]
  await desk.monitor()
  assert.deepEqual(await desk.alerts(), [])
  desk.venue.listed = [{ ...NQZ6, active: false }]
  for (let look = 0; look < 3; look++) {
    desk.clock.now += MINUTE
    await desk.monitor()
  }
  assert.deepEqual(await desk.alerts(), ['warning contract-roll'])
  assert.notEqual((await desk.position()).nativeStop, null)
})

test('H7: a held contract that is listed or priced no more is a critical alert; once it is gone the fills are asked', async () => {
  await using desk = await open(DATES.expiresAt - 60 * MINUTE)
  desk.venue.open = [STOP]
  desk.venue.listed = []
  await desk.monitor()
  desk.venue.priced = false
  await desk.monitor()
  assert.deepEqual(await desk.alerts(), ['critical contract-unlisted'])
  desk.venue.held = '0'
  desk.venue.open = []
  desk.clock.now += MINUTE
  const { next } = await desk.monitor()
  assert.deepEqual(
    next?.map(({ stage }) => stage),
    ['reconcile'],
  )
})

test('an entry outside trading hours is denied with the time of the opening', async () => {
  await using desk = await open(SATURDAY)
  const view = {
    envelope: { account: 'account' },
    account: { row: anAccount() },
    now: SATURDAY,
  } as unknown as RouteView
  const decision = await decideEntry(view, aSignal({ instrument: 'NQ', ts: SATURDAY }), desk.tools)
  assert.equal(decision.kind === 'denied' && decision.denial.gate, 'session-open')
})
