/** What must hold whatever happens: money adds up exactly, chains are whole, positions sum to zero, the same run is the same. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Decimal, decimal, sumDecimals } from '#domain/decimal.ts'
import type { AccountLedger } from '#simulators/bybit/engine/ledger-oracle.ts'
import type { Execution } from '#simulators/bybit/engine/record.ts'
import type { Venue } from '#simulators/bybit/engine/venue.ts'
import { ALICE, BOB, type Desk, openDesk } from './desk.ts'

const NAMES = [ALICE, BOB]
const BASE = { BTCUSDT: 100_000, ETHUSDT: 3_500 }
const SYMBOLS = ['BTCUSDT', 'ETHUSDT'] as const
type Symbol = (typeof SYMBOLS)[number]
type Step = (desk: Desk) => void

const who = fc.constantFrom(ALICE, BOB)
const symbol = fc.constantFrom(...SYMBOLS)
const side = fc.constantFrom('Buy' as const, 'Sell' as const)

function near(name: Symbol, permille: number): string {
  return String(Math.round((BASE[name] * (1000 + permille)) / 1000))
}

const order: fc.Arbitrary<Step> = fc
  .record({
    who,
    symbol,
    side,
    permille: fc.integer({ min: -30, max: 30 }),
    lots: fc.integer({ min: 1, max: 400 }),
    type: fc.constantFrom('Market' as const, 'Limit' as const),
    timeInForce: fc.constantFrom('GTC' as const, 'IOC' as const, 'FOK' as const, 'PostOnly' as const),
    reduceOnly: fc.boolean(),
    exits: fc.constantFrom('none', 'stop', 'both', 'partial'),
  })
  .map((pick) => (desk) => {
    const qty = new Decimal(pick.lots).div(pick.symbol === 'BTCUSDT' ? 1000 : 100).toString()
    const away = pick.side === 'Buy' ? 1 : -1
    const exits = {
      ...(pick.exits === 'none' ? {} : { stopLoss: near(pick.symbol, pick.permille - 40 * away) }),
      ...(pick.exits === 'both' || pick.exits === 'partial'
        ? { takeProfit: near(pick.symbol, pick.permille + 40 * away) }
        : {}),
      ...(pick.exits === 'partial' ? { tpslMode: 'Partial' as const } : {}),
    }
    const reduceOnly = pick.reduceOnly && pick.lots % 3 === 0
    const { symbol: name, side: direction, type: orderType, timeInForce } = pick
    const terms = reduceOnly ? { reduceOnly } : exits
    desk.order(
      { symbol: name, side: direction, orderType, timeInForce, qty, price: near(name, pick.permille), ...terms },
      pick.who,
    )
  })

const conditional: fc.Arbitrary<Step> = fc
  .record({ who, symbol, side, permille: fc.integer({ min: -60, max: 60 }), reduceOnly: fc.boolean() })
  .map((pick) => (desk) => {
    const { symbol: name, side: direction, reduceOnly, permille } = pick
    const now = decimal(desk.venue.market.prices(name)!.last)
    const triggerPrice = near(name, permille)
    const triggerDirection = now.lt(triggerPrice) ? (1 as const) : (2 as const)
    desk.order({ symbol: name, side: direction, qty: '0.05', triggerPrice, triggerDirection, reduceOnly }, pick.who)
  })

const cancelOrAmend: fc.Arbitrary<Step> = fc
  .record({ who, nth: fc.nat(10), permille: fc.integer({ min: -20, max: 20 }), cancel: fc.boolean() })
  .map((pick) => (desk) => {
    const open = desk.open(pick.who)
    const target = open[pick.nth % Math.max(1, open.length)]
    if (target === undefined) return
    const { orderId, symbol: name, orderType } = target
    const change =
      orderType === 'Limit'
        ? { price: near(name as Symbol, pick.permille) }
        : { triggerPrice: near(name as Symbol, pick.permille) }
    if (pick.cancel) desk.venue.trading.cancel(pick.who, { symbol: name, orderId })
    else desk.venue.trading.amend(pick.who, { symbol: name, orderId, ...change })
  })

const move: fc.Arbitrary<Step> = fc
  .record({ symbol, permille: fc.integer({ min: -100, max: 100 }) })
  .map((pick) => (desk) => desk.mark(near(pick.symbol, pick.permille), pick.symbol))

const hours: fc.Arbitrary<Step> = fc
  .record({ symbol, ms: fc.integer({ min: 1, max: 40_000_000 }), rate: fc.integer({ min: -30, max: 30 }) })
  .map((pick) => (desk) => {
    desk.venue.operator.setFundingRate(pick.symbol, new Decimal(pick.rate).div(100_000).toFixed())
    desk.advance(pick.ms)
  })

const disturb: fc.Arbitrary<Step> = fc
  .record({ who, symbol, kind: fc.constantFrom('liquidate', 'autoDeleverage', 'adminClose', 'closeByHand', 'thin') })
  .map((pick) => (desk) => {
    const { operator, oracle } = desk.venue
    if (pick.kind === 'thin') return operator.setDepth(pick.symbol, { levels: 2, qty: '0.1' })
    const held = oracle.ledger(pick.who).positions.some(({ symbol: name }) => name === pick.symbol)
    if (!held) return undefined
    if (pick.kind === 'liquidate') return operator.liquidate(pick.who, pick.symbol)
    if (pick.kind === 'autoDeleverage') return operator.autoDeleverage(pick.who, pick.symbol, '0.02')
    return pick.kind === 'adminClose'
      ? operator.adminClose(pick.who, pick.symbol)
      : operator.closeByHand(pick.who, pick.symbol)
  })

const step = fc.oneof(
  { weight: 8, arbitrary: order },
  { weight: 2, arbitrary: conditional },
  { weight: 3, arbitrary: cancelOrAmend },
  { weight: 4, arbitrary: move },
  { weight: 1, arbitrary: hours },
  { weight: 1, arbitrary: disturb },
)

function run(steps: readonly Step[], ackDelayMs = 0): Desk {
  const desk = openDesk({ quotes: { levels: 5, levelUsd: 30_000 }, ackDelayMs })
  desk.venue.operator.deposit(ALICE, '30000')
  desk.venue.operator.createAccount(BOB, 'MNT')
  desk.venue.operator.deposit(BOB, '300', 'MNT')
  for (const act of steps) act(desk)
  desk.advance(ackDelayMs)
  return desk
}

function signed({ side: direction, execQty }: Execution): Decimal {
  return direction === 'Buy' ? decimal(execQty) : decimal(execQty).neg()
}

function same(a: Decimal, b: string | Decimal, what: string): void {
  assert.equal(a.toFixed(), new Decimal(b).toFixed(), what)
}

function checkMoney({ account, equity, transactionLog, executions, closedPnl }: AccountLedger): void {
  const sum = decimal(equity.transfers).plus(equity.cashFlow).minus(equity.fees).plus(equity.funding)
  same(sum, equity.walletBalance, `wallet of ${account}`)
  same(sum.plus(equity.unrealised), equity.equity, `equity of ${account}`)
  const trades = executions.filter(({ execType }) => execType !== 'Funding')
  const funding = executions.filter(({ execType }) => execType === 'Funding')
  const usdtFees = trades.filter(({ feeCurrency }) => feeCurrency === 'USDT')
  same(sumDecimals(trades.map(({ execPnl }) => execPnl)), equity.cashFlow, 'gross of executions is the cash flow')
  same(sumDecimals(usdtFees.map(({ execFee }) => execFee)), equity.fees, 'fees of executions')
  same(sumDecimals(funding.map(({ execFee }) => execFee)).neg(), equity.funding, 'funding of executions')
  const gross = sumDecimals(closedPnl.map(({ closedPnl: net }) => net))
    .plus(sumDecimals(closedPnl.map(({ openFee }) => openFee)))
    .plus(sumDecimals(closedPnl.map(({ closeFee }) => closeFee)))
  same(gross, equity.cashFlow, 'closed PnL rows before fees are the cash flow')
  for (const currency of ['USDT', 'MNT']) {
    let balance = new Decimal(0)
    for (const row of transactionLog.filter((each) => each.currency === currency)) {
      same(
        decimal(row.cashFlow)
          .plus(row.funding ?? 0)
          .minus(row.fee),
        row.change,
        'change of a cash row',
      )
      balance = balance.plus(row.change)
      same(balance, row.cashBalance, `balance after a ${currency} row`)
    }
  }
}

function checkChain({ account, executions, transactionLog, positions }: AccountLedger): void {
  for (const name of SYMBOLS) {
    let size = new Decimal(0)
    const rows = transactionLog.filter((row) => row.symbol === name && row.currency === 'USDT')
    const own = executions.filter((execution) => execution.symbol === name)
    assert.deepEqual(
      rows.map(({ tradeId }) => tradeId),
      own.map(({ execId }) => execId),
      'one cash row an execution',
    )
    for (const [index, execution] of own.entries()) {
      const before = size
      if (execution.execType !== 'Funding') size = size.plus(signed(execution))
      same(size, rows[index]!.size, `size after ${execution.execId} of ${account}`)
      const closes =
        before.isZero() || before.isNegative() === signed(execution).isNegative() || execution.execType === 'Funding'
      same(decimal(execution.closedSize), closes ? '0' : Decimal.min(before.abs(), execution.execQty), 'closed size')
    }
    same(size, positions.find((position) => position.symbol === name)?.size ?? '0', `position of ${account}`)
  }
}

function checkOrders(venue: Venue, { account, orders, executions }: AccountLedger): void {
  const live = new Set(
    venue.account
      .orders(account)
      .filter(({ status }) => ['New', 'PartiallyFilled', 'Untriggered'].includes(status))
      .map(({ orderId }) => orderId),
  )
  for (const row of orders) {
    const filled = executions.filter(({ orderId }) => orderId === row.orderId)
    same(sumDecimals(filled.map(({ execQty }) => execQty)), row.cumExecQty, `fills of ${row.orderId}`)
    same(sumDecimals(filled.map(({ execValue }) => execValue)), row.cumExecValue, `value of ${row.orderId}`)
    assert.ok(decimal(row.cumExecQty).lte(row.qty), `${row.orderId} is not overfilled`)
    assert.equal(row.working, live.has(row.orderId), `${row.orderId} lives`)
    if (row.reduceOnly)
      for (const { closedSize, execQty } of filled) assert.equal(closedSize, execQty, 'reduce-only only closes')
  }
}

test('after any history money adds up exactly, chains are whole, positions sum to zero', () => {
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 5, maxLength: 60, size: 'max' }),
      fc.constantFrom(0, 30),
      (steps, delay) => {
        const { venue } = run(steps, delay)
        for (const name of NAMES) {
          const ledger = venue.oracle.ledger(name)
          checkMoney(ledger)
          checkChain(ledger)
          checkOrders(venue, ledger)
        }
        for (const name of SYMBOLS) assert.equal(venue.oracle.netPosition(name), '0')
      },
    ),
    { numRuns: 150 },
  )
})

test('the same calls give the same venue, to the byte, and the same events', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 5, maxLength: 40, size: 'max' }), (steps) => {
      const [first, second] = [run(steps), run(steps)]
      const shot = ({ venue, events }: Desk): string =>
        JSON.stringify([NAMES.map((name) => venue.oracle.ledger(name)), events])
      assert.equal(shot(first), shot(second))
    }),
    { numRuns: 25 },
  )
})

test('the random histories reach what they are meant to shake', () => {
  const seen = new Set<string>()
  for (const steps of fc.sample(fc.array(step, { minLength: 40, maxLength: 60 }), { numRuns: 120, seed: 11 })) {
    const { venue } = run(steps)
    for (const name of NAMES) {
      const { orders, executions } = venue.oracle.ledger(name)
      for (const row of orders) {
        for (const { status } of row.statuses) seen.add(status)
        seen.add(row.cancelType).add(row.rejectReason).add(row.createType).add(row.stopOrderType)
      }
      for (const row of executions)
        seen
          .add(row.execType)
          .add(row.isMaker ? 'maker' : 'taker')
          .add(row.feeCurrency)
    }
  }
  const meant = `maker taker USDT MNT Trade Funding BustTrade AdlTrade New PartiallyFilled Untriggered Triggered Filled
    Cancelled Deactivated CancelByUser CancelByReduceOnly CancelByTpSlTsClear CancelAllBeforeLiq CancelByPrepareAdl
    CancelByAdmin EC_PostOnlyWillTakeLiquidity EC_NoImmediateQtyToFill EC_NoEnoughQtyToFill Stop TakeProfit StopLoss
    PartialTakeProfit PartialStopLoss CreateByStopOrder CreateByLiq CreateByAdl_PassThrough CreateByAdminClosing`
  assert.deepEqual(
    meant.split(/\s+/).filter((name) => !seen.has(name)),
    [],
  )
})
