/** Makes the plain rows of record.ts from the state. */
import { type Decimal, type DecimalString, toDecimalString } from '#domain/decimal.ts'
import { ORDER_TYPE } from './codes.ts'
import { isActive } from './contracts.ts'
import type { Moment } from './moment.ts'
import type { AccountRow, ContractRow, OrderRow, PositionRow, QuoteRow, TradeRow } from './record.ts'
import { bestAsk, bestBid } from './liquidity.ts'
import type { AccountState, ContractState, Order, Position, Trade } from './state.ts'

/** Decimals of averages on the wire. */
const AVERAGE_DECIMALS = 9

export function accountRow(account: AccountState): AccountRow {
  const { id, name, balance, canTrade, isVisible, simulated } = account
  return { id, name, balance: toDecimalString(balance), canTrade, isVisible, simulated }
}

export function contractRow({ spec }: Pick<ContractState, 'spec'>, now: number): ContractRow {
  const { id, name, description, product } = spec
  return {
    id,
    name,
    description,
    tickSize: toDecimalString(product.tickSize),
    tickValue: toDecimalString(product.tickValue),
    activeContract: isActive(spec, now),
    symbolId: product.symbolId,
  }
}

export function orderRow(order: Order): OrderRow {
  const { contract, trail } = order
  const isTrailing = order.type === ORDER_TYPE.trailingStop && trail !== null
  return {
    id: order.id,
    accountId: order.account.id,
    contractId: contract.spec.id,
    symbolId: contract.spec.product.symbolId,
    creationTimestamp: order.created,
    updateTimestamp: order.updated,
    status: order.status,
    type: order.type,
    side: order.side,
    size: order.size,
    limitPrice: textOrNull(order.limitPrice),
    stopPrice: textOrNull(order.stopPrice),
    fillVolume: order.filled,
    filledPrice: order.filled === 0 ? null : averageText(order.notional.div(order.filled)),
    customTag: order.customTag,
    trailDistance: isTrailing ? trail.div(contract.spec.product.tickSize).round().toNumber() : null,
    trailPrice: isTrailing ? toDecimalString(trail) : null,
    parentOrderId: order.parent?.id ?? null,
    linkedOrderId: order.linkedOrderId,
  }
}

export function positionRow(account: AccountState, position: Position): PositionRow {
  const { spec } = position.contract
  return {
    id: position.id,
    accountId: account.id,
    contractId: spec.id,
    contractDisplayName: spec.name,
    creationTimestamp: position.created,
    type: position.signed === 0 ? 0 : position.signed > 0 ? 1 : 2,
    size: Math.abs(position.signed),
    averagePrice: averageText(position.average),
  }
}

export function tradeRow(account: AccountState, trade: Trade): TradeRow {
  return {
    id: trade.id,
    accountId: account.id,
    contractId: trade.contract.spec.id,
    creationTimestamp: trade.created,
    price: toDecimalString(trade.price),
    profitAndLoss: textOrNull(trade.pnl),
    fees: toDecimalString(trade.fees),
    commissions: toDecimalString(trade.commissions),
    side: trade.side,
    size: trade.size,
    voided: trade.voided,
    orderId: trade.order.id,
  }
}

export function quoteRow(contract: ContractState, time: Moment): QuoteRow {
  return {
    contractId: contract.spec.id,
    symbolId: contract.spec.product.symbolId,
    lastPrice: toDecimalString(contract.last),
    bestBid: toDecimalString(bestBid(contract)),
    bestAsk: toDecimalString(bestAsk(contract)),
    open: toDecimalString(contract.open),
    high: toDecimalString(contract.high),
    low: toDecimalString(contract.low),
    volume: contract.volume,
    time,
  }
}

function averageText(value: Decimal): DecimalString {
  return toDecimalString(value.toDecimalPlaces(AVERAGE_DECIMALS))
}

function textOrNull(value: Decimal | null): DecimalString | null {
  return value === null ? null : toDecimalString(value)
}
