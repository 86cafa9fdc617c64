/** Fill and cash history on the simulator: complete, or saying why not. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BrokerUnavailable } from '#brokers/errors.ts'
import { toDecimalString, sumDecimals } from '#domain/decimal.ts'
import { faultRule } from '#simulators/hyperliquid/faults/fault.ts'
import { AGENT_KEY, MASTER, openSimulatedAccount, type SimulatedAccount } from './simulated-account.ts'

const PAGE = 4
const RETAINED = 12
const small = {
  venue: { engine: { limits: { fillsPerAnswer: PAGE, fillsRetained: RETAINED, ledgerPerAnswer: 3 } } },
  broker: { limits: { fillPage: PAGE, fillRetention: RETAINED, ledgerPage: 3 } },
}

/** Trades back and forth, one fill or more a trade, `stepMs` apart in venue time. */
function trade({ venue }: SimulatedAccount, times: number, stepMs: number): void {
  for (let index = 0; index < times; index += 1) {
    venue.clock.advance(stepMs)
    venue.engine.operator.trade({ user: MASTER, coin: 'BTC', side: index % 2 === 0 ? 'B' : 'A', sz: '0.01' })
  }
}

test('B1: fills beyond a page arrive once each, in the venue order, with a complete certificate', async (t) => {
  const account = await openSimulatedAccount(t, small)
  trade(account, 10, 1_000)
  const through = account.venue.clock.now()
  const { fills, coverage } = await account.broker.listFills({ from: 0, through })
  const truth = account.venue.engine.oracle.ledger(MASTER).fills
  assert.deepEqual(
    fills.map((fill) => [fill.tradeId, fill.startPosition, fill.time]),
    truth.map((fill) => [String(fill.tid), fill.startPosition, fill.time]),
  )
  assert.ok(coverage.pages > 2)
  assert.deepEqual(
    { ...coverage, pages: 0 },
    {
      from: 0,
      through,
      pages: 0,
      complete: true,
      gap: null,
      expired: false,
    },
  )
})

test('B1: a window that predates retention has expired up to the oldest fill still served, a later window is complete', async (t) => {
  const account = await openSimulatedAccount(t, small)
  trade(account, 20, 1_000)
  const through = account.venue.clock.now()
  const whole = await account.broker.listFills({ from: 0, through })
  assert.deepEqual([whole.fills.length, whole.coverage.complete, whole.coverage.gap], [RETAINED, false, 'retention'])
  // Of the oldest instant others may be gone already.
  assert.deepEqual([whole.coverage.expired, whole.coverage.from], [true, (whole.fills[0]?.time ?? 0) + 1])
  const recent = await account.broker.listFills({ from: through - 5_500, through })
  assert.deepEqual([recent.fills.length, recent.coverage.complete], [6, true])
  const old = await account.broker.listFills({ from: 0, through: through - 9_500 })
  assert.deepEqual([old.coverage.complete, old.coverage.gap], [false, 'retention'])
})

test('B3: one ms with more fills than a page holds has expired: it is said, never taken for the whole, and what follows is proven', async (t) => {
  const account = await openSimulatedAccount(t, {
    ...small,
    venue: { ...small.venue, clock: { kind: 'manual' } },
  })
  trade(account, PAGE + 1, 0)
  const crowded = account.venue.clock.now()
  trade(account, 2, 1_000)
  const { fills, coverage } = await account.broker.listFills({ from: 0, through: account.venue.clock.now() })
  assert.deepEqual([coverage.complete, coverage.expired, coverage.from], [false, true, crowded + 1])
  assert.match(coverage.gap ?? '', new RegExp(`^saturated: 4 fills or more within the one millisecond ${crowded}$`))
  assert.equal(fills.filter(({ time }) => time > crowded).length, 2)
  const later = await account.broker.listFills({ from: crowded + 1, through: account.venue.clock.now() })
  assert.deepEqual([later.fills.length, later.coverage.complete], [2, true])
})

test('H3: a rate limit in the middle of the pages is unavailable, and the same question answered later is whole', async (t) => {
  const account = await openSimulatedAccount(t, small)
  trade(account, 10, 1_000)
  const interval = { from: 0, through: account.venue.clock.now() }
  const fault = { kind: 'rate-limit' } as const
  account.venue.faults.add(faultRule.parse({ match: { info: 'userFillsByTime' }, fault, skip: 1 }))
  await assert.rejects(account.broker.listFills(interval), (error) => {
    assert.ok(error instanceof BrokerUnavailable)
    assert.match(error.message, /429/)
    return true
  })
  const { fills, coverage } = await account.broker.listFills(interval)
  assert.deepEqual([fills.length, coverage.complete], [account.venue.engine.oracle.ledger(MASTER).fills.length, true])
})

test('funding and transfers arrive once each, signed, page after page', async (t) => {
  const account = await openSimulatedAccount(t, small)
  const { operator } = account.venue.engine
  operator.setFundingRate('BTC', '0.0001')
  operator.trade({ user: MASTER, coin: 'BTC', side: 'B', sz: '0.5' })
  for (let hour = 0; hour < 8; hour += 1) account.venue.clock.advance(3_600_000)
  operator.deposit(MASTER, '250')
  const through = account.venue.clock.now()
  const rows = await account.broker.listCash({ from: 0, through })
  const { equity } = account.venue.engine.oracle.ledger(MASTER)
  const sumOf = (kind: 'funding' | 'transfer'): string =>
    toDecimalString(sumDecimals(rows.filter((row) => row.kind === kind).map((row) => row.amount)))
  assert.deepEqual([sumOf('funding'), sumOf('transfer')], [equity.funding, equity.transfers])
  assert.equal(rows.filter((row) => row.kind === 'funding').length, 8)
  assert.ok(rows.every((row) => row.kind !== 'funding' || row.amount.startsWith('-')))
  assert.equal(new Set(rows.map((row) => row.id)).size, rows.length)
  assert.deepEqual(await account.broker.listCash({ from: 0, through }), rows)
})

test('C17, unified accounts: zeros that mean nothing are unavailable instead', async (t) => {
  const account = await openSimulatedAccount(t)
  account.venue.engine.operator.setAbstraction(MASTER, 'unifiedAccount')
  await assert.rejects(account.broker.readAccount(), (error) => {
    assert.ok(error instanceof BrokerUnavailable)
    assert.match(error.message, /unifiedAccount/)
    return true
  })
})

test('the agent key shows in no error, outcome or finding, whatever the venue answers', async (t) => {
  const account = await openSimulatedAccount(t)
  const { inspect } = await import('node:util')
  const seen: unknown[] = [account.broker]
  account.venue.faults.add(
    faultRule.parse({ fault: { kind: 'garbage', body: '[1]' }, count: null, match: { path: '/info' } }),
  )
  for (const read of [() => account.broker.readAccount(), () => account.broker.checkCredentials(0)]) {
    seen.push(await read().catch((error: unknown) => error))
  }
  account.venue.faults.clear()
  seen.push(await account.broker.checkCredentials(account.venue.clock.now()))
  for (const value of seen) {
    const text = inspect(value, { depth: 12, showHidden: true }) + (JSON.stringify(value) ?? '')
    assert.ok(!text.toLowerCase().includes(AGENT_KEY.slice(2)))
  }
})
