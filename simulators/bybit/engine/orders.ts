/** Creating and cancelling orders: acknowledged at once, in effect after the venue's delay (reference section B3). */
import { draftOrder } from './draft-order.ts'
import { placeOrder } from './match.ts'
import { isOpen } from './order-status.ts'
import { endOrder, noteOrder, orderView, recordOrder } from './order.ts'
import { badParameter, isRefusal, ORDER_NOT_FOUND, type Refusal } from './refusal.ts'
import type { Acked, OrderReference, OrderRequest } from './request.ts'
import type { AccountState, Order, VenueState } from './state.ts'
import { emit } from './step.ts'

/** Runs a change after the acknowledgement delay, in the order of the requests. */
export function afterAck(state: VenueState, run: () => void): void {
  if (state.ackDelayMs === 0) {
    run()
    return
  }
  const due = state.time + state.ackDelayMs
  const later = state.pending.findIndex((effect) => effect.due > due)
  state.pending.splice(later === -1 ? state.pending.length : later, 0, { due, run })
}

/** `order/create`. */
export function createOrder(state: VenueState, account: AccountState, request: OrderRequest): Acked | Refusal {
  const draft = draftOrder(state, account, request)
  if (isRefusal(draft)) return draft
  const order = recordOrder(state, draft)
  afterAck(state, () => activate(state, order))
  return ackOf(order)
}

/** Brings an acknowledged order into effect. */
export function activate(state: VenueState, order: Order): void {
  if (order.trigger === null) {
    placeOrder(state, order)
    return
  }
  order.status = 'Untriggered'
  noteOrder(state, order)
  state.armed.add(order.market)
}

/** `order/cancel`. The acknowledgement says nothing: a fill may still come first. */
export function cancelOrder(state: VenueState, account: AccountState, reference: OrderReference): Acked | Refusal {
  const order = openOrder(account, reference)
  if (isRefusal(order)) return order
  afterAck(state, () => cancelNow(state, order))
  return ackOf(order)
}

/** `order/cancel-all` of one symbol, or of all. Returns what is being cancelled. */
export function cancelAll(state: VenueState, account: AccountState, symbol: string | undefined): readonly Acked[] {
  const orders = account.orders.filter(
    (order) => isOpen(order) && (symbol === undefined || order.market.instrument.symbol === symbol),
  )
  for (const order of orders) afterAck(state, () => cancelNow(state, order))
  return orders.map(ackOf)
}

/** The open order a request means. */
export function openOrder(account: AccountState, reference: OrderReference): Order | Refusal {
  const { orderId = '', orderLinkId = '', symbol } = reference
  if (orderId === '' && orderLinkId === '') return badParameter('orderId or orderLinkId is required')
  const order = orderId === '' ? account.byLinkId.get(orderLinkId) : account.byId.get(orderId)
  const fits = order !== undefined && order.market.instrument.symbol === symbol && isOpen(order)
  return fits ? order : ORDER_NOT_FOUND
}

/** The acknowledgement of a request about an order. */
export function ackOf({ orderId, orderLinkId }: Order): Acked {
  return { orderId, orderLinkId }
}

/** A cancel that comes after the fill makes a second `Filled` message (reference section B9). */
function cancelNow(state: VenueState, order: Order): void {
  if (isOpen(order)) {
    endOrder(state, order, 'CancelByUser')
    return
  }
  if (order.status !== 'Filled') return
  const refused = { cancelType: 'CancelByUser', rejectReason: 'EC_OrigClOrdIDDoesNotExist' } as const
  emit(state, () => ({
    type: 'order',
    account: order.account.name,
    order: { ...orderView(order, state.time), ...refused },
  }))
}
