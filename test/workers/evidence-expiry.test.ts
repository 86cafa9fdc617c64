/**
 * Fills that can no longer be read (B1, B3), end to end at every venue that has a limit: an alert when they are lost, a day whose equity is
 * unknown, and a position that ends unresolved with PnL null. What still stands at the broker is looked after all the same.
 */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Broker } from '#brokers/broker.ts'
import { reconcileEnvelope } from '#domain/envelopes.ts'
import { decimalString } from '#domain/decimal.ts'
import type { PositionRow } from '#domain/position.ts'
import type { AlertRow } from '#domain/records.ts'
import { faultRule } from '#simulators/hyperliquid/faults/fault.ts'
import { TRADER, openSimulatedAccount as openBybit } from '#test/brokers/bybit/simulated-account.ts'
import { MASTER, openSimulatedAccount as openHyperliquid } from '#test/brokers/hyperliquid/simulated-account.ts'
import { entryOf, idOf } from '#test/brokers/orders.ts'
import { ACCOUNT_NAME, FRONT, openSimulatedAccount as openProjectX } from '#test/brokers/projectx/simulated-account.ts'
import { POSITION, aPosition, anAccount } from '#test/domain/samples.ts'
import { reconcilePosition } from '#workers/reconcile.ts'
import { type LedgerDesk, openLedgerDesk } from './ledger-desk.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const ENTRY = idOf('a')

/** Buys 0.01 BTC by an order of ours and puts the position into the book. */
async function hold(desk: LedgerDesk, broker: Broker, nonce: number): Promise<void> {
  const now = desk.tools.now()
  const order = entryOf('a', { limitPrice: decimalString('101000') })
  const sent = await broker.send(await broker.prepare(order, { nonce, now }), order)
  assert.equal(sent.kind, 'accepted')
  const { account } = broker
  const row = aPosition({
    account,
    size: order.size,
    orders: [{ clientOrderId: ENTRY, event: 'entry', leg: 0 }],
    nativeStop: null,
    createdAt: now,
  })
  const accounts = await desk.book.load('accounts', account)
  await desk.book.commit([
    { op: 'create', kind: 'positions', id: POSITION, row },
    { op: 'put', kind: 'accounts', id: account, row: accounts?.row ?? anAccount({ account }) },
  ])
}

async function reconcile(desk: LedgerDesk, account: string) {
  const about = { positionId: POSITION, account }
  return await reconcilePosition(reconcileEnvelope(about, 'sweep', desk.tools.now()), desk.tools)
}

const positionOf = async ({ book }: LedgerDesk): Promise<PositionRow> =>
  (await book.load('positions', POSITION))?.row ?? assert.fail('a position')

const expiries = async (desk: LedgerDesk): Promise<AlertRow[]> =>
  (await desk.alerts()).filter(({ kind }) => kind === 'evidence-expired')

/** The position's fills were lost while nobody looked, and it is flat at the broker now. */
async function assertUnresolved(desk: LedgerDesk, account: string, why: RegExp): Promise<void> {
  const swept = await desk.sweep()
  assert.deepEqual([swept.complete, swept.findings.map(({ kind }) => kind)], [true, ['orphan']])
  const [lost] = await expiries(desk)
  assert.deepEqual([lost?.severity, lost?.positionId], ['critical', null])
  assert.match(lost?.detail ?? '', why)
  const row = await desk.equity()
  assert.equal(row.unexplained, null)
  assert.match(row.unknown ?? '', why)
  assert.deepEqual((await desk.days()).at(-1)?.unexplained, null)

  assert.equal((await reconcile(desk, account)).kind, 'done')
  const { state, realised, open } = await positionOf(desk)
  assert.deepEqual([state, realised, open], ['unresolved', null, true])
  const alerts = await expiries(desk)
  assert.deepEqual(
    alerts.map(({ positionId, severity }) => [positionId, severity]),
    [
      [null, 'critical'],
      [POSITION, 'critical'],
    ],
  )
  assert.deepEqual(
    (await desk.ledger()).filter(({ kind }) => kind === 'realised'),
    [],
  )
  // Once: neither the next sweep nor the same message again says it twice.
  await desk.sweep()
  await reconcile(desk, account)
  assert.equal((await expiries(desk)).length, 2)
}

const PAGE = 4
const RETAINED = 12
const small = {
  venue: {
    clock: { kind: 'manual' },
    engine: { limits: { fillsPerAnswer: PAGE, fillsRetained: RETAINED, ledgerPerAnswer: 50 } },
  },
  broker: { limits: { fillPage: PAGE, fillRetention: RETAINED, ledgerPage: 50 } },
} as const

async function hyperliquid(t: TestContext) {
  const account = await openHyperliquid(t, small)
  const { clock, engine } = account.venue
  const desk = await openLedgerDesk(t, account.broker, () => clock.now())
  await desk.sweep()
  clock.advance(HOUR / 4)
  await hold(desk, account.broker, account.nonce())
  await desk.sweep()
  const trade = (times: number, stepMs: number): void => {
    for (let count = 0; count < times; count += 1) {
      clock.advance(stepMs)
      engine.operator.trade({ user: MASTER, coin: 'ETH', side: count % 2 === 0 ? 'B' : 'A', sz: '0.1' })
    }
  }
  return { ...account, clock, engine, desk, trade }
}

test('B1: more fills than Hyperliquid keeps while nobody looked: alert, unknown day, unresolved position, each once', async (t) => {
  const { broker, clock, engine, desk, trade } = await hyperliquid(t)
  assert.deepEqual(await expiries(desk), [])
  engine.operator.closeByHand(MASTER, 'BTC')
  trade(RETAINED + 2, 1_000)
  await assertUnresolved(desk, broker.account, /retention/)

  clock.advance(DAY)
  await desk.sweep()
  clock.advance(DAY)
  trade(2, 1_000)
  await desk.sweep()
  const days = await desk.days()
  assert.deepEqual(
    days.map(({ unexplained }) => unexplained),
    [null, '0', '0'],
    'what is read since is proven',
  )
})

test('B1: a position that still stands when its fills are gone stays open; only its result will be unknown', async (t) => {
  const { broker, clock, engine, desk, trade } = await hyperliquid(t)
  trade(RETAINED + 2, 1_000)
  const swept = await desk.sweep()
  assert.deepEqual([swept.complete, swept.findings], [true, []])
  const verdict = await reconcile(desk, broker.account)
  assert.deepEqual([verdict.detail, (await positionOf(desk)).state], ['the broker still holds it', 'open'])
  clock.advance(1_000)
  engine.operator.closeByHand(MASTER, 'BTC')
  await desk.sweep()
  await reconcile(desk, broker.account)
  const { state, realised } = await positionOf(desk)
  assert.deepEqual([state, realised], ['unresolved', null])
})

test('B3: one millisecond with more fills than an answer holds: alert, unknown day, unresolved position, and reading goes on', async (t) => {
  const { broker, clock, engine, desk, trade } = await hyperliquid(t)
  clock.advance(1_000)
  engine.operator.closeByHand(MASTER, 'BTC')
  trade(PAGE, 0)
  clock.advance(1_000)
  await assertUnresolved(desk, broker.account, /saturated: 4 fills or more within the one millisecond/)
  trade(2, 1_000)
  const { provenThrough } = await desk.sweep()
  assert.equal(provenThrough, clock.now())
})

test('B1: what is older than the two years Bybit serves: alert, unknown day, unresolved position', async (t) => {
  const { broker, venue } = await openBybit(t, { venue: { clock: { kind: 'manual' } } })
  const desk = await openLedgerDesk(t, broker, () => venue.clock.now())
  await desk.sweep()
  venue.clock.advance(HOUR)
  await hold(desk, broker, 1)
  await desk.sweep()
  venue.clock.advance(HOUR)
  venue.engine.operator.closeByHand(TRADER, 'BTCUSDT')
  venue.clock.advance(2 * 365 * DAY)
  await assertUnresolved(desk, broker.account, /history horizon/)
})

test('B1: ProjectX positions from before the first read: a warning that the history begins there, and equity that closes since', async (t) => {
  const { broker, venue } = await openProjectX(t, {
    broker: { historyDays: 2 },
    venue: { engine: { rules: { session: 'open' } } },
  })
  venue.engine.operator.trade({ account: ACCOUNT_NAME, contract: FRONT, side: 'buy', size: 1 })
  venue.clock.advance(3 * DAY)
  const desk = await openLedgerDesk(t, broker, () => venue.clock.now())
  await desk.sweep()
  const [begins, ...others] = await expiries(desk)
  assert.deepEqual([begins?.severity, others], ['warning', []])
  assert.match(begins?.detail ?? '', /stood at 1 .* already, opened by older trades/)
  venue.clock.advance(HOUR)
  venue.engine.operator.closeByHand(ACCOUNT_NAME, FRONT)
  await desk.sweep()
  assert.equal((await desk.equity()).unexplained, '0')
  assert.equal((await expiries(desk)).length, 1)
})

test('a payout at ProjectX leaves that day unknown with its amount, and the days after it known', async (t) => {
  const { broker, venue } = await openProjectX(t, { venue: { engine: { rules: { session: 'open' } } } })
  const desk = await openLedgerDesk(t, broker, () => venue.clock.now())
  await desk.sweep()
  venue.clock.advance(1_000)
  venue.engine.operator.trade({ account: ACCOUNT_NAME, contract: FRONT, side: 'buy', size: 1 })
  await desk.sweep()
  assert.equal((await desk.equity()).unexplained, '0', 'trades explain all of it')
  venue.clock.advance(1_000)
  venue.engine.operator.deposit(ACCOUNT_NAME, '-500')
  await desk.sweep()
  const { unexplained, remainder, unknown } = await desk.equity()
  assert.deepEqual([unexplained, remainder], [null, '-500'])
  assert.match(unknown ?? '', /lists no deposits, withdrawals and payouts/)
  venue.clock.advance(DAY)
  venue.engine.operator.closeByHand(ACCOUNT_NAME, FRONT)
  await desk.sweep()
  assert.deepEqual(
    (await desk.days()).map((day) => day.unexplained),
    [null, '0'],
  )
})

test('cash rows that cannot be read: the sweep is incomplete, equity unknown, and known again when they can', async (t) => {
  const { broker, clock, desk, trade, venue } = await hyperliquid(t)
  const id = venue.faults.add(
    faultRule.parse({
      match: { info: 'userNonFundingLedgerUpdates' },
      fault: { kind: 'error', status: 502 },
      count: null,
    }),
  )
  trade(2, 1_000)
  const swept = await desk.sweep()
  assert.equal(swept.complete, false)
  const blind = await desk.equity()
  assert.deepEqual([blind.unexplained, blind.brokerEquity], [null, (await broker.readAccount()).equity])
  assert.match(blind.unknown ?? '', /funding and transfers could not be read/)
  assert.equal((await desk.days()).at(-1)?.unexplained, null)
  venue.faults.clear(id)
  clock.advance(1_000)
  assert.equal((await desk.sweep()).complete, true)
  assert.deepEqual([(await desk.equity()).unexplained, (await desk.days()).at(-1)?.unexplained], ['0', '0'])
})
