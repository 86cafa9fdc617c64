/**
 * The ledger closes: whatever happens at a venue, through its real adapter nothing of the account's equity is left unexplained, on any
 * day, to the last digit; every term is that of the venue's own ledger. Seeded, so that a failure comes back.
 */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { decimal, sumDecimals, toDecimalString } from '#domain/decimal.ts'
import type { EquityDayRow, EquityRow } from '#domain/equity-row.ts'
import { seededRandom } from '#simulators/venue/seeded-random.ts'
import { TRADER, openSimulatedAccount as openBybit } from '#test/brokers/bybit/simulated-account.ts'
import { MASTER, openSimulatedAccount as openHyperliquid } from '#test/brokers/hyperliquid/simulated-account.ts'
import { ACCOUNT_NAME, FRONT, openSimulatedAccount as openProjectX } from '#test/brokers/projectx/simulated-account.ts'
import { type LedgerDesk, openLedgerDesk } from './ledger-desk.ts'

const HOUR = 3_600_000
// With 29 a void trade is out of sight before what it changed is.
const SEEDS = [1, 2, 3, 29]
const STEPS = 40
/** Steps between two sweeps. */
const SWEEP_EVERY = 4

/** What the venue's own ledger says, USD. */
interface Terms {
  readonly closedPnl: string
  readonly fees: string
  readonly funding: string
  readonly transfers: string
  /** Equity without open PnL. */
  readonly cash: string
}

/** A venue that a test drives. */
interface Stage {
  readonly desk: LedgerDesk
  /** Something happens. */
  act(random: () => number): void
  terms(): Terms
}

/** Plays and sweeps; after every sweep all is explained, and at the end the days say the same as the whole. */
async function play({ desk, act, terms }: Stage, seed: number): Promise<readonly EquityDayRow[]> {
  const random = seededRandom(seed)
  await desk.sweep()
  for (let step = 1; step <= STEPS; step += 1) {
    act(random)
    if (step % SWEEP_EVERY !== 0) continue
    const swept = await desk.sweep()
    assert.equal(swept.complete, true, swept.detail)
    const row = await desk.equity()
    const told = terms()
    const { closedPnl, fees, funding, transfers } = row
    const cash = toDecimalString(decimal(row.brokerEquity).minus(row.unrealised))
    assert.deepEqual({ closedPnl, fees, funding, transfers, cash }, told, `seed ${seed}, step ${step}`)
    assert.deepEqual([row.unexplained, row.unknown], ['0', null], `seed ${seed}, step ${step}`)
  }
  const raised = (await desk.alerts()).filter(({ kind }) => kind === 'equity-unexplained')
  assert.deepEqual(raised, [], `seed ${seed}`)
  const days = await desk.days()
  assertChained(days, await desk.equity())
  return days
}

function assertChained(days: readonly EquityDayRow[], row: EquityRow): void {
  assert.ok(days.length >= 3, `${days.length} days`)
  for (const [index, day] of days.entries()) {
    assert.deepEqual([day.unexplained, day.unknown], ['0', null], day.day)
    if (index > 0) assert.equal(day.openingEquity, days[index - 1]?.closingEquity)
  }
  assert.equal(days.at(-1)?.closingEquity, row.brokerEquity)
  const changes = days.map((day) =>
    sumDecimals([day.closedPnl, day.funding, day.transfers, day.unrealised]).minus(day.fees),
  )
  const change = changes.reduce((sum, each) => sum.plus(each))
  assert.equal(toDecimalString(change.plus(days[0]?.openingEquity ?? 0)), row.brokerEquity)
}

const pick = <T>(random: () => number, ...choices: readonly T[]): T =>
  choices[Math.floor(random() * choices.length)] ?? assert.fail('a choice')

async function hyperliquid(t: TestContext): Promise<Stage> {
  // Makers get a rebate; hand trades take.
  const venue = { clock: { kind: 'manual' }, engine: { makerFee: '-0.0001' } } as const
  const account = await openHyperliquid(t, { venue })
  const { clock, engine } = account.venue
  const { operator, oracle } = engine
  const desk = await openLedgerDesk(t, account.broker, () => clock.now())
  const marks = { BTC: 100_000, ETH: 3_500 } as const
  const isHeld = (coin: string): boolean => oracle.ledger(MASTER).positions.some((held) => held.coin === coin)
  return {
    desk,
    act(random) {
      clock.advance(Math.floor(random() * 5 * HOUR))
      const coin = pick(random, 'BTC', 'ETH')
      const kind = pick(
        random,
        'trade',
        'trade',
        'trade',
        'trade',
        'mark',
        'funding',
        'deposit',
        'liquidate',
        'deleverage',
      )
      if (kind === 'trade') {
        operator.trade({ user: MASTER, coin, side: pick(random, 'B', 'A'), sz: (0.01 + random()).toFixed(2) })
      } else if (kind === 'mark') operator.setMark(coin, (marks[coin] * (0.98 + random() * 0.04)).toFixed(0))
      else if (kind === 'funding') operator.setFundingRate(coin, ((random() - 0.5) / 1_000).toFixed(6))
      else if (kind === 'deposit') operator.deposit(MASTER, (1 + random() * 1_000).toFixed(2))
      else if (isHeld(coin) && kind === 'liquidate') operator.liquidate(MASTER, coin)
      else if (isHeld(coin)) operator.autoDeleverage(MASTER, coin)
    },
    terms() {
      const { accountValue, unrealized, ...terms } = oracle.ledger(MASTER).equity
      return { ...terms, cash: toDecimalString(decimal(accountValue).minus(unrealized)) }
    },
  }
}

async function bybit(t: TestContext): Promise<Stage> {
  // Takers get a rebate here: hand trades take.
  const account = await openBybit(t, { venue: { clock: { kind: 'manual' }, engine: { takerFee: '-0.0001' } } })
  const { clock, engine } = account.venue
  const { operator, oracle } = engine
  operator.deposit(TRADER, '500', 'MNT')
  const desk = await openLedgerDesk(t, account.broker, () => clock.now())
  const marks = { BTCUSDT: 100_000, ETHUSDT: 3_500 } as const
  const isHeld = (symbol: string): boolean => oracle.ledger(TRADER).positions.some((held) => held.symbol === symbol)
  return {
    desk,
    act(random) {
      clock.advance(Math.floor(random() * 5 * HOUR))
      const symbol = pick(random, 'BTCUSDT', 'ETHUSDT')
      const kinds = [
        'trade',
        'trade',
        'trade',
        'trade',
        'mark',
        'funding',
        'deposit',
        'coin',
        'liquidate',
        'deleverage',
        'close',
      ] as const
      const kind = pick(random, ...kinds)
      if (kind === 'trade') {
        operator.tradeByHand(TRADER, symbol, pick(random, 'Buy', 'Sell'), (0.01 + random() / 2).toFixed(2))
      } else if (kind === 'mark')
        operator.setPrices(symbol, { mark: (marks[symbol] * (0.98 + random() * 0.04)).toFixed(0) })
      else if (kind === 'funding') operator.setFundingRate(symbol, ((random() - 0.5) / 1_000).toFixed(6))
      else if (kind === 'deposit') operator.deposit(TRADER, (1 + random() * 1_000).toFixed(2))
      // F5: from now on fees are taken in the other coin, which no equity in USDT pays.
      else if (kind === 'coin') operator.createAccount(TRADER, pick(random, 'MNT', 'USDT'))
      else if (!isHeld(symbol)) return
      else if (kind === 'liquidate') operator.liquidate(TRADER, symbol)
      else if (kind === 'deleverage') operator.autoDeleverage(TRADER, symbol, '0.01')
      else operator.closeByHand(TRADER, symbol)
    },
    terms() {
      const { cashFlow: closedPnl, fees, funding, transfers, walletBalance: cash } = oracle.ledger(TRADER).equity
      return { closedPnl, fees, funding, transfers, cash }
    },
  }
}

async function projectx(t: TestContext): Promise<Stage> {
  const account = await openProjectX(t, { venue: { engine: { rules: { session: 'open' } } } })
  const { clock, engine } = account.venue
  const { operator, oracle } = engine
  const desk = await openLedgerDesk(t, account.broker, () => clock.now())
  const recent = () => oracle.ledger(ACCOUNT_NAME).trades.slice(-6)
  return {
    desk,
    act(random) {
      // Sweeps stay within the time in which a trade can be taken back.
      clock.advance(Math.floor(random() * 4 * HOUR))
      const kind = pick(random, 'trade', 'trade', 'trade', 'trade', 'mark', 'void', 'unvoid', 'close', 'liquidate')
      if (kind === 'trade') {
        const side = pick(random, 'buy', 'sell')
        operator.trade({ account: ACCOUNT_NAME, contract: FRONT, side, size: 1 + Math.floor(random() * 3) })
      } else if (kind === 'mark') operator.setMark('NQ', (20_000 + Math.floor(random() * 400) / 4).toFixed(2))
      else if (kind === 'void' || kind === 'unvoid') {
        const trade = recent()[Math.floor(random() * 6)]
        if (trade !== undefined && trade.creationTimestamp.ms > clock.now() - 10 * HOUR) {
          operator.voidTrade(trade.id, kind === 'void')
        }
      } else if (oracle.ledger(ACCOUNT_NAME).positions.length === 0) return
      else if (kind === 'close') operator.closeByHand(ACCOUNT_NAME, FRONT)
      else operator.liquidate(ACCOUNT_NAME)
    },
    terms() {
      const { profitAndLoss, fees, commissions, balance: cash } = oracle.ledger(ACCOUNT_NAME).equity
      const costs = toDecimalString(sumDecimals([fees, commissions]))
      return { closedPnl: profitAndLoss, fees: costs, funding: '0', transfers: '0', cash }
    },
  }
}

for (const seed of SEEDS) {
  test(`F4: Hyperliquid explains every day with trades, funding, deposits, liquidations and deleveraging (seed ${seed})`, async (t) => {
    await play(await hyperliquid(t), seed)
  })
  test(`F2, F4, F5: Bybit explains every day with rebates, fees in two coins, funding and forced closes (seed ${seed})`, async (t) => {
    await play(await bybit(t), seed)
  })
  test(`B21: ProjectX explains every day with trades taken back and taken in again (seed ${seed})`, async (t) => {
    await play(await projectx(t), seed)
  })
}

test('money that comes in between the readings of cash and of equity is explained in the same sweep', async (t) => {
  const { broker, venue } = await openHyperliquid(t, { venue: { clock: { kind: 'manual' } } })
  const { clock, engine } = venue
  let comesIn = false
  const interrupted = new Proxy(broker, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target)
      if (name !== 'readAccount' || !comesIn) return typeof member === 'function' ? member.bind(target) : member
      return async () => {
        if (++readings === 2) engine.operator.deposit(MASTER, '123.45')
        return await target.readAccount()
      }
    },
  })
  let readings = 0
  // Every look is one of its own, as on a clock that runs.
  const desk = await openLedgerDesk(t, interrupted, () => (clock.advance(1), clock.now()))
  await desk.sweep()
  comesIn = true
  await desk.sweep()
  const { unexplained, transfers, brokerEquity } = await desk.equity()
  assert.ok(readings > 2, `${readings} readings of equity`)
  assert.deepEqual([unexplained, transfers, brokerEquity], ['0', '100123.45', '100123.45'])
})
