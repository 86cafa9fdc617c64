/**
 * The running venue in the venue-free words of simulators/venue/simulated-venue.ts. Symbols are contract ids such as
 * `CON.F.US.ENQ.Z26`, accounts are named by their name.
 */
import { decimal, toDecimalString } from '#domain/decimal.ts'
import type { SimulatedVenue, TrueFill, TrueOrder, VenueTruth } from '#simulators/venue/simulated-venue.ts'
import { SIDE, STATUS, isAlive, type Side } from './engine/codes.ts'
import type { AccountLedger } from './engine/ledger-oracle.ts'
import { faultRule } from './faults/fault.ts'
import type { RunningVenue } from './server/venue-server.ts'

/** Wraps a running venue; stopping the one stops the other. */
export function simulatedProjectX(venue: RunningVenue): SimulatedVenue {
  const { engine, clock } = venue
  return {
    venue: 'projectx',
    url: venue.url,
    now: () => engine.now(),
    advance: (ms) => {
      clock.advance(ms)
      engine.settle()
    },
    mark: (symbol) => engine.operator.quote(symbol).lastPrice,
    setMark: (symbol, price) => {
      engine.operator.setMark(symbol, price)
    },
    tradeByHand: (account, symbol, side, size) => {
      engine.operator.trade({ account, contract: symbol, side, size: Number(size) })
    },
    closeByHand: (account, symbol) => {
      engine.operator.closeByHand(account, symbol)
    },
    tripStop: (account, symbol) => {
      engine.operator.tripStop(account, symbol)
    },
    silenceNextOrder: () => {
      const match = { path: '/api/Order/place' }
      venue.faults.add(faultRule.parse({ match, fault: { kind: 'hang', processed: true } }))
    },
    dropSockets: (account) =>
      venue.dropSockets(account === undefined ? undefined : engine.oracle.ledger(account).account.id),
    truth: (account) => truthOf(engine.oracle.ledger(account)),
    stop: () => venue.stop(),
  }
}

function truthOf(ledger: AccountLedger): VenueTruth {
  const tags = new Map(ledger.orders.map(({ order }) => [order.id, order.customTag]))
  return {
    positions: ledger.positions.map(({ contractId, type, size }) => ({
      symbol: contractId,
      size: String(type === 1 ? size : -size),
    })),
    fills: ledger.trades.map((trade): TrueFill => ({
      symbol: trade.contractId,
      side: word(trade.side),
      price: trade.price,
      size: String(trade.size),
      time: trade.creationTimestamp.ms,
      closedPnl: trade.profitAndLoss ?? '0',
      fee: toDecimalString(decimal(trade.fees).plus(trade.commissions)),
      orderId: String(trade.orderId),
      clientOrderId: tags.get(trade.orderId) ?? null,
      voided: trade.voided,
    })),
    orders: ledger.orders.map(({ order }): TrueOrder => ({
      orderId: String(order.id),
      clientOrderId: order.customTag,
      symbol: order.contractId,
      side: word(order.side),
      size: String(order.size),
      working: isAlive(order.status),
      rejected: order.status === STATUS.rejected,
    })),
    equity: ledger.equity.equity,
    funding: '0',
    fundingPayments: [],
  }
}

function word(side: Side): 'buy' | 'sell' {
  return side === SIDE.buy ? 'buy' : 'sell'
}
