/** Orders: making the record, changing its status with its event, showing it. */
import { type Decimal, toDecimalString, ZERO, ZERO_STRING } from '#domain/decimal.ts'
import { notePosition, positionOf } from './account.ts'
import { newId } from './ids.ts'
import { isExit, isOpen } from './order-status.ts'
import type { OrderView } from './record.ts'
import type { ExitTerms, Order, OrderDraft, VenueState } from './state.ts'
import { emit, touchWallet } from './step.ts'
import type { CancelType, ExecType, RejectReason } from './vocabulary.ts'

/** Makes an order that nobody sees yet. */
export function recordOrder(state: VenueState, draft: OrderDraft, execType: ExecType = 'Trade'): Order {
  const order: Order = {
    ...draft,
    orderId: newId(state),
    leaves: draft.qty,
    cumQty: ZERO,
    cumValue: ZERO,
    fees: new Map(),
    status: 'Created',
    cancelType: 'UNKNOWN',
    rejectReason: 'EC_NoError',
    execType,
    pair: [],
    exits: [],
    closed: null,
    lastPriceOnCreated: draft.market.last,
    createdTime: state.time,
    history: [],
  }
  const { account } = draft
  account.orders.push(order)
  account.byId.set(order.orderId, order)
  if (order.orderLinkId !== '') account.byLinkId.set(order.orderLinkId, order)
  return order
}

/** Records how the order stands, and tells it together with its position and wallet. */
export function noteOrder(state: VenueState, order: Order): void {
  const { account, market } = order
  if (isOpen(order)) market.open.add(order)
  else market.open.delete(order)
  const view = orderView(order, state.time)
  order.history.push(view)
  emit(state, () => ({ type: 'order', account: account.name, order: view }))
  notePosition(state, account, positionOf(account, market))
  touchWallet(state, account)
}

/** Ends an order that did not fill completely. One that had not triggered yet is deactivated (reference section B3). */
export function endOrder(
  state: VenueState,
  order: Order,
  cancelType: CancelType,
  reason: RejectReason = 'EC_NoError',
): void {
  order.status = order.status === 'Untriggered' ? 'Deactivated' : 'Cancelled'
  order.cancelType = cancelType
  order.rejectReason = reason
  order.leaves = ZERO
  noteOrder(state, order)
}

/** The order as it stands. */
export function orderView(order: Order, time: number): OrderView {
  return {
    ...identity(order),
    price: toDecimalString(order.price),
    qty: toDecimalString(order.qty),
    leavesQty: toDecimalString(order.leaves),
    cumExecQty: toDecimalString(order.cumQty),
    cumExecValue: toDecimalString(order.cumValue),
    fees: Object.fromEntries([...order.fees].map(([coin, fee]: [string, Decimal]) => [coin, toDecimalString(fee)])),
    closedPnl: order.closed?.closedPnl ?? ZERO_STRING,
    status: order.status === 'Created' ? 'New' : order.status,
    cancelType: order.cancelType,
    rejectReason: order.rejectReason,
    ...triggerView(order),
    ...exitsView(order),
    lastPriceOnCreated: toDecimalString(order.lastPriceOnCreated),
    createdTime: order.createdTime,
    updatedTime: time,
  }
}

function triggerView({ trigger }: Order): Pick<OrderView, 'triggerPrice' | 'triggerDirection' | 'triggerBy'> {
  return trigger === null
    ? { triggerPrice: null, triggerDirection: 0, triggerBy: 'UNKNOWN' }
    : { triggerPrice: toDecimalString(trigger.price), triggerDirection: trigger.direction, triggerBy: trigger.by }
}

function exitsView(order: Order) {
  const { takeProfit, stopLoss } = order
  const price = (terms: ExitTerms | null) => (terms === null ? null : toDecimalString(terms.price))
  const limit = (terms: ExitTerms | null) => (terms?.limitPrice == null ? null : toDecimalString(terms.limitPrice))
  return {
    takeProfit: price(takeProfit),
    stopLoss: price(stopLoss),
    tpTriggerBy: takeProfit?.by ?? 'LastPrice',
    slTriggerBy: stopLoss?.by ?? 'LastPrice',
    tpslMode: hasExits(order) || isExit(order) ? order.tpslMode : ('' as const),
    tpLimitPrice: limit(takeProfit),
    slLimitPrice: limit(stopLoss),
  }
}

function hasExits(order: Order): boolean {
  return order.takeProfit !== null || order.stopLoss !== null
}

function identity(order: Order) {
  return {
    orderId: order.orderId,
    orderLinkId: order.orderLinkId,
    symbol: order.market.instrument.symbol,
    side: order.side,
    orderType: order.orderType,
    timeInForce: order.timeInForce,
    stopOrderType: order.stopOrderType,
    reduceOnly: order.reduceOnly,
    closeOnTrigger: order.closeOnTrigger,
    createType: order.createType,
    parentOrderLinkId: order.parentOrderLinkId,
  }
}
