/** The Hyperliquid simulator in venue-free words. Symbols are coins (`BTC`), accounts are master addresses in lower case. */
import type { SimulatedVenue, TrueFill, TrueFunding, TrueOrder, VenueTruth } from '#simulators/venue/simulated-venue.ts'
import type { OrderHistory } from './engine/ledger-oracle.ts'
import type { Fill, FundingPayment } from './engine/record.ts'
import type { Venue } from './engine/venue.ts'
import { faultRule } from './faults/fault.ts'
import type { RunningVenue } from './server/venue-server.ts'

/** A view of a running venue; stopping it stops the venue. */
export function simulatedHyperliquid(running: RunningVenue): SimulatedVenue {
  const { engine, clock, url } = running
  const { operator } = engine
  return {
    venue: 'hyperliquid',
    url,
    now: () => engine.now(),
    advance(ms) {
      clock.advance(ms)
      engine.settle()
    },
    mark(symbol) {
      const context = engine.market.context(symbol)
      if (context === undefined) throw new RangeError(`Expected a listed coin, saw ${symbol}.`)
      return context.markPx
    },
    setMark: (symbol, price) => operator.setMark(symbol, price),
    tradeByHand(user, coin, side, sz) {
      operator.trade({ user, coin, side: side === 'buy' ? 'B' : 'A', sz })
    },
    closeByHand(user, coin) {
      operator.closeByHand(user, coin)
    },
    tripStop(user, coin) {
      operator.tripStop(user, coin)
    },
    silenceNextOrder() {
      const match = { path: '/exchange', action: 'order' } as const
      running.faults.add(faultRule.parse({ match, fault: { kind: 'hang', processed: true } }))
    },
    dropSockets: (account) => running.dropSockets(account),
    truth: (account) => truthOf(engine, account),
    stop: () => running.stop(),
  }
}

function truthOf(engine: Venue, account: string): VenueTruth {
  const user = account as `0x${string}`
  const { positions, fills, orders, equity, funding } = engine.oracle.ledger(user)
  const working = new Set(engine.account.openOrders(user).map((order) => order.oid))
  return {
    positions: positions.map(({ coin, szi }) => ({ symbol: coin, size: szi })),
    fills: fills.map(trueFill),
    orders: orders.map((history) => trueOrder(history, working)),
    equity: equity.accountValue,
    funding: equity.funding,
    fundingPayments: funding.map(trueFunding),
  }
}

/** A funding payment in the words that all simulated venues share. */
export function trueFunding({ coin, time, usdc }: FundingPayment): TrueFunding {
  return { symbol: coin, time, amount: usdc }
}

/** A fill in the words that all simulated venues share. */
export function trueFill(fill: Fill): TrueFill {
  return {
    symbol: fill.coin,
    side: fill.side === 'B' ? 'buy' : 'sell',
    price: fill.px,
    size: fill.sz,
    time: fill.time,
    closedPnl: fill.closedPnl,
    fee: fill.fee,
    orderId: String(fill.oid),
    clientOrderId: fill.cloid ?? null,
    voided: false,
  }
}

function trueOrder({ order, statuses }: OrderHistory, working: ReadonlySet<number>): TrueOrder {
  return {
    orderId: String(order.oid),
    clientOrderId: order.cloid,
    symbol: order.coin,
    side: order.side === 'B' ? 'buy' : 'sell',
    size: order.origSz,
    working: working.has(order.oid),
    rejected: statuses.at(-1)?.status.endsWith('ejected') ?? false,
  }
}
