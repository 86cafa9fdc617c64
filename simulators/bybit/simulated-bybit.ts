/** A running Bybit venue in the words that all simulated venues share. */
import { decimal, toDecimalString } from '#domain/decimal.ts'
import { VenueControlError } from '#simulators/venue/control-command.ts'
import type { SimulatedVenue, TrueFill, TrueFunding, TrueOrder, VenueTruth } from '#simulators/venue/simulated-venue.ts'
import type { OracleOrder } from '#simulators/bybit/engine/ledger-oracle.ts'
import type { Execution } from '#simulators/bybit/engine/record.ts'
import type { Side } from '#simulators/bybit/engine/vocabulary.ts'
import type { RunningVenue } from './server/venue-server.ts'

/** The venue as tests, demo and storms see it. */
export function simulatedBybit(running: RunningVenue): SimulatedVenue {
  const { engine, clock } = running
  return {
    venue: 'bybit',
    url: running.url,
    now: () => engine.now(),
    advance: (ms) => {
      clock.advance(ms)
      engine.settle()
    },
    mark: (symbol) => markOf(running, symbol),
    setMark: (symbol, price) => engine.operator.setPrices(symbol, { mark: price }),
    tradeByHand: (account, symbol, side, size) => {
      engine.operator.tradeByHand(account, symbol, side === 'buy' ? 'Buy' : 'Sell', size)
    },
    closeByHand: (account, symbol) => {
      engine.operator.closeByHand(account, symbol)
    },
    tripStop: (account, symbol) => {
      engine.operator.tripStop(account, symbol)
    },
    silenceNextOrder: () => {
      const fault = { kind: 'hang', processed: true } as const
      running.faults.add({ match: { path: '/v5/order/create' }, fault, skip: 0, count: 1, probability: 1 })
    },
    dropSockets: (account) => running.dropSockets(account),
    truth: (account) => truthOf(running, account),
    stop: () => running.stop(),
  }
}

function markOf({ engine }: RunningVenue, symbol: string): string {
  const prices = engine.market.prices(symbol)
  if (prices === undefined) throw new VenueControlError(`Expected a listed symbol, saw "${symbol}".`)
  return prices.mark
}

function truthOf({ engine }: RunningVenue, account: string): VenueTruth {
  const { orders, executions, positions, equity } = engine.oracle.ledger(account)
  return {
    positions: positions.map(({ symbol, size }) => ({ symbol, size })),
    // Funding comes as executions on this venue, but moves no position.
    fills: executions.filter(({ execType }) => execType !== 'Funding').map(trueFill),
    orders: orders.map(trueOrder),
    equity: equity.equity,
    funding: equity.funding,
    fundingPayments: executions.filter(({ execType }) => execType === 'Funding').map(trueFunding),
  }
}

/** The fee of such an execution is what the position paid. */
function trueFunding({ symbol, execTime, execFee }: Execution): TrueFunding {
  return { symbol, time: execTime, amount: toDecimalString(decimal(execFee).neg()) }
}

function trueFill(execution: Execution): TrueFill {
  return {
    symbol: execution.symbol,
    side: sideOf(execution.side),
    price: execution.execPrice,
    size: execution.execQty,
    time: execution.execTime,
    closedPnl: execution.execPnl,
    fee: toDecimalString(decimal(execution.execFee)),
    orderId: execution.orderId,
    clientOrderId: execution.orderLinkId === '' ? null : execution.orderLinkId,
    voided: false,
  }
}

function trueOrder(order: OracleOrder): TrueOrder {
  return {
    orderId: order.orderId,
    clientOrderId: order.orderLinkId === '' ? null : order.orderLinkId,
    symbol: order.symbol,
    side: sideOf(order.side),
    size: order.qty,
    working: order.working,
    rejected: order.rejectReason !== 'EC_NoError',
  }
}

function sideOf(side: Side): 'buy' | 'sell' {
  return side === 'Buy' ? 'buy' : 'sell'
}
