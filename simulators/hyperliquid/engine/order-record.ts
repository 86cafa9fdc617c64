/** Orders: making the record, changing its status (with events), showing it. */
import { type Decimal, ZERO, ZERO_STRING, toDecimalString } from '#domain/decimal.ts'
import type { Tif, Tpsl } from './action.ts'
import { accountOf } from './account.ts'
import type { PerpInstrument } from './instrument.ts'
import type { OrderHistory } from './ledger-oracle.ts'
import type { OrderState, OrderStatus, OrderTypeName, OrderView } from './record.ts'
import type { AccountState, Order, VenueState } from './state.ts'
import { emit, touchAccount } from './step.ts'

export interface OrderDraft {
  readonly instrument: PerpInstrument
  readonly isBuy: boolean
  readonly limitPx: Decimal
  readonly sz: Decimal
  readonly reduceOnly: boolean
  readonly tif: Tif | 'LiquidationMarket' | null
  readonly trigger: { readonly isMarket: boolean; readonly triggerPx: Decimal; readonly tpsl: Tpsl } | null
  readonly isPositionTpsl: boolean
  readonly cloid: string | null
  readonly builder: { readonly address: string; readonly feeTenthsBps: number } | null
}

/** Gives the draft an oid and enters it into the account's history; it is not live yet. */
export function recordOrder(
  state: VenueState,
  account: AccountState,
  draft: OrderDraft,
  origin: OrderHistory['origin'],
): Order {
  const { sz, ...rest } = draft
  const order: Order = {
    ...rest,
    oid: state.nextOid++,
    user: account.address,
    origSz: sz,
    remaining: sz,
    filledSz: ZERO,
    filledNotional: ZERO,
    timestamp: state.time,
    origin,
    place: 'none',
    status: 'open',
    statusTimestamp: state.time,
    statuses: [],
    children: [],
    siblings: [],
    parent: null,
  }
  if (account.kind === 'house') return order
  account.orders.push(order)
  if (order.cloid !== null) {
    const same = account.byCloid.get(order.cloid)
    if (same === undefined) account.byCloid.set(order.cloid, [order])
    else same.push(order)
  }
  return order
}

/** Enters the next status into the history and tells the subscribers. The market maker's orders have no history. */
export function setStatus(state: VenueState, order: Order, status: OrderStatus): void {
  order.status = status
  order.statusTimestamp = state.time
  if (order.user === state.house.address) return
  // A partial fill repeats `open` on the stream; the history lists changes.
  if (order.statuses.at(-1)?.status !== status) order.statuses.push({ status, time: state.time })
  emit(state, () => ({ type: 'orderUpdate', user: order.user, state: orderState(order) }))
  touchAccount(state, order.user)
}

/** Takes the order off the account's live list and gives it its final status. It must already be out of the book. */
export function closeOrder(state: VenueState, order: Order, status: OrderStatus): void {
  order.place = 'none'
  accountOf(state, order.user).open.delete(order.oid)
  setStatus(state, order, status)
}

/** Makes the order live in the given place. */
export function openOrder(state: VenueState, order: Order, place: 'book' | 'trigger' | 'waiting'): void {
  order.place = place
  if (order.user !== state.house.address) accountOf(state, order.user).open.set(order.oid, order)
}

function orderTypeName(order: Order): OrderTypeName {
  if (order.trigger === null)
    return order.tif === 'FrontendMarket' || order.tif === 'LiquidationMarket' ? 'Market' : 'Limit'
  if (order.trigger.tpsl === 'sl') return order.trigger.isMarket ? 'Stop Market' : 'Stop Limit'
  return order.trigger.isMarket ? 'Take Profit Market' : 'Take Profit Limit'
}

/** Whether the trigger fires when the mark is at or above its price (else at or below). */
export function triggersAbove(isBuy: boolean, tpsl: Tpsl): boolean {
  return (tpsl === 'sl') === isBuy
}

export function orderView(order: Order): OrderView {
  const { trigger } = order
  const triggerPx = trigger === null ? ZERO_STRING : toDecimalString(trigger.triggerPx)
  return {
    user: order.user,
    coin: order.instrument.name,
    asset: order.instrument.asset,
    side: order.isBuy ? 'B' : 'A',
    limitPx: toDecimalString(order.limitPx),
    sz: toDecimalString(order.remaining),
    origSz: toDecimalString(order.origSz),
    oid: order.oid,
    timestamp: order.timestamp,
    cloid: order.cloid,
    reduceOnly: order.reduceOnly,
    orderType: orderTypeName(order),
    tif: order.tif,
    isTrigger: trigger !== null,
    triggerPx,
    triggerCondition:
      trigger === null ? 'N/A' : `Price ${triggersAbove(order.isBuy, trigger.tpsl) ? 'above' : 'below'} ${triggerPx}`,
    isPositionTpsl: order.isPositionTpsl,
    children: order.children.filter((child) => child.place === 'waiting').map(orderView),
  }
}

export function orderState(order: Order): OrderState {
  return { order: orderView(order), status: order.status, statusTimestamp: order.statusTimestamp }
}
