/** Fill history on the simulator: who made a fill, what lags, and how far back it reaches. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BrokerUnavailable } from '#brokers/errors.ts'
import { forcedBy } from '#domain/fill.ts'
import { faultRule } from '#simulators/bybit/faults/fault.ts'
import { idOf, protectedEntryOf } from '#test/brokers/orders.ts'
import { decimalString } from '#domain/decimal.ts'
import { openSimulatedAccount, type SimulatedAccount, TRADER } from './simulated-account.ts'

const manual = { venue: { clock: { kind: 'manual' } } } as const
const DAY_MS = 86_400_000

const fillsOf = ({ broker, venue }: SimulatedAccount, from = 0) =>
  broker.listFills({ from, through: venue.clock.now() })

async function enter(account: SimulatedAccount, name: string): Promise<void> {
  const entry = protectedEntryOf(name, { limitPrice: decimalString('100900') })
  const now = account.venue.clock.now()
  const request = await account.broker.prepare(entry, { nonce: 1, now })
  const outcome = await account.broker.send(request, entry)
  assert.equal(outcome.kind, 'accepted', JSON.stringify(outcome))
}

test('D2: a fill of the stop that rode along names the entry it belongs to', async (t) => {
  const account = await openSimulatedAccount(t, manual)
  await enter(account, 'a')
  account.venue.engine.operator.tripStop(TRADER, 'BTCUSDT')
  const { fills } = await fillsOf(account)
  assert.deepEqual(
    fills.map((fill) => [fill.side, fill.clientOrderId, fill.attachedTo ?? null, forcedBy(fill)]),
    [
      ['buy', idOf('a'), null, null],
      ['sell', null, idOf('a'), null],
    ],
  )
})

test('D9, D10: what the venue or the programme closed says so', async (t) => {
  const account = await openSimulatedAccount(t, manual)
  const { operator } = account.venue.engine
  const closes = [
    ['liquidation', () => operator.liquidate(TRADER, 'BTCUSDT')],
    ['adl', () => operator.autoDeleverage(TRADER, 'BTCUSDT')],
    ['programme', () => operator.adminClose(TRADER, 'BTCUSDT')],
    [null, () => operator.closeByHand(TRADER, 'BTCUSDT')],
  ] as const
  for (const [expected, close] of closes) {
    operator.tradeByHand(TRADER, 'BTCUSDT', 'Buy', '0.01')
    close()
    const { fills } = await fillsOf(account)
    const last = fills.at(-1)
    assert.ok(last !== undefined && last.side === 'sell')
    assert.deepEqual([forcedBy(last), last.liquidation !== null], [expected, expected === 'liquidation'])
    account.venue.clock.advance(1_000)
  }
})

test('the log lags behind the trades: its fills and all later ones are withheld, and the read says so', async (t) => {
  const account = await openSimulatedAccount(t, manual)
  const { operator } = account.venue.engine
  const rule = faultRule.parse({
    fault: { kind: 'log-lag' },
    count: null,
    match: { path: '/v5/account/transaction-log' },
  })
  operator.tradeByHand(TRADER, 'BTCUSDT', 'Buy', '0.01')
  account.venue.clock.advance(1_000)
  const from = account.venue.clock.now() - 60_000
  operator.tradeByHand(TRADER, 'BTCUSDT', 'Buy', '0.02')
  const id = account.venue.faults.add(rule)
  const { fills, coverage } = await fillsOf(account, from)
  assert.deepEqual(
    fills.map((fill) => fill.size),
    ['0.01'],
  )
  assert.equal(coverage.complete, false)
  assert.match(coverage.gap ?? '', /^log-lag/)
  // A first read is where the book begins: a part of it is no beginning.
  await assert.rejects(fillsOf(account), (error) => error instanceof BrokerUnavailable && /log-lag/.test(error.message))
  account.venue.faults.clear(id)
  assert.deepEqual([(await fillsOf(account, from)).coverage.complete, (await fillsOf(account)).fills.length], [true, 2])
})

test('trades that the log shows and the list does not are missed, not forgotten', async (t) => {
  const account = await openSimulatedAccount(t, manual)
  account.venue.engine.operator.tradeByHand(TRADER, 'BTCUSDT', 'Buy', '0.01')
  const from = account.venue.clock.now() - 60_000
  const rule = { fault: { kind: 'truncate', rows: 0 }, count: null, match: { path: '/v5/execution/list' } } as const
  account.venue.faults.add(faultRule.parse(rule))
  const { fills, coverage } = await fillsOf(account, from)
  assert.deepEqual([fills, coverage.complete], [[], false])
  assert.match(coverage.gap ?? '', /^execution-lag/)
})

test('a fresh fill whose order record is not shown yet waits for it; an old one does not', async (t) => {
  const account = await openSimulatedAccount(t, manual)
  account.venue.engine.operator.tradeByHand(TRADER, 'BTCUSDT', 'Buy', '0.01')
  const from = account.venue.clock.now() - 60_000
  account.venue.faults.add(faultRule.parse({ fault: { kind: 'hide-order' }, count: null }))
  const fresh = await fillsOf(account, from)
  assert.deepEqual([fresh.fills, fresh.coverage.complete], [[], false])
  assert.match(fresh.coverage.gap ?? '', /^order-lag/)
  account.venue.clock.advance(120_000)
  const old = await fillsOf(account, from)
  assert.deepEqual([old.fills.length, old.coverage.complete], [1, true])
})

test('a first read goes back to the horizon; only an account that traded before lacks something', async (t) => {
  const account = await openSimulatedAccount(t, { ...manual, broker: { historyDays: 10 } })
  const { operator } = account.venue.engine
  const opened = account.venue.clock.now()
  operator.tradeByHand(TRADER, 'BTCUSDT', 'Buy', '0.01')
  const young = await fillsOf(account)
  assert.deepEqual([young.fills.length, young.coverage.from, young.coverage.complete], [1, 0, true])
  const older = await openSimulatedAccount(t, {
    venue: { clock: { kind: 'manual', start: opened } },
    broker: { historyDays: 10, clock: () => opened + 30 * DAY_MS },
  })
  older.venue.engine.operator.tradeByHand(TRADER, 'BTCUSDT', 'Buy', '0.01')
  older.venue.clock.advance(30 * DAY_MS)
  const { fills, coverage } = await fillsOf(older)
  assert.deepEqual(fills, [])
  assert.deepEqual([coverage.from, coverage.complete, coverage.gap], [opened + 20 * DAY_MS, false, 'history horizon'])
  const whole = await older.broker.listFills({ from: opened + 25 * DAY_MS, through: opened + 30 * DAY_MS })
  assert.equal(whole.coverage.complete, true)
  // The horizon is where a book begins; one that was left alone for longer is read from where it stopped.
  const resumed = await older.broker.listFills({ from: opened - 1, through: opened + 30 * DAY_MS })
  assert.deepEqual([resumed.fills.length, resumed.coverage.complete], [1, true])
})

test('B4: fills of many orders made by hand cost a few questions, not one each', async (t) => {
  const account = await openSimulatedAccount(t, manual)
  for (let count = 0; count < 40; count += 1) {
    account.venue.engine.operator.tradeByHand(TRADER, 'BTCUSDT', 'Buy', '0.001')
  }
  const asked = account.venue.faults.add(
    faultRule.parse({ fault: { kind: 'delay', ms: 0 }, count: null, match: { path: '/v5/order/history' } }),
  )
  assert.equal((await fillsOf(account)).fills.length, 40)
  assert.equal(account.venue.faults.list().find(({ id }) => id === asked)?.matches, 1)
})
