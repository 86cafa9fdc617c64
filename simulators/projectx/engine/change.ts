/** Order/modify and Order/cancel (reference C4). */
import type { Decimal } from '#domain/decimal.ts'
import { accountFor, accountObjection, isOpen } from './admission.ts'
import { gridObjection, stopObjection, trailObjection } from './check-order.ts'
import { CHANGE_ERROR, ORDER_TYPE, STATUS, isAlive } from './codes.ts'
import { isStop } from './match.ts'
import { cancelOrder } from './orders.ts'
import { tradeOn } from './prices.ts'
import { DONE, type ModifyRequest, type Verdict } from './request.ts'
import type { Order, VenueState } from './state.ts'
import { orderChanged } from './step.ts'

/** Cancels a living order of a user. */
export function cancelByRequest(
  state: VenueState,
  userName: string,
  request: { readonly accountId: number; readonly orderId: number },
): Verdict {
  const found = findOrder(state, userName, request, 'cancel')
  if ('errorCode' in found) return found
  cancelOrder(state, found.order)
  return DONE
}

/** Changes size and prices of a living order. Suspended children have no prices yet: only their size can change. */
export function modifyByRequest(state: VenueState, userName: string, request: ModifyRequest): Verdict {
  const found = findOrder(state, userName, request, 'modify')
  if ('errorCode' in found) return found
  const { order } = found
  const wrong = modifyObjection(order, request)
  if (wrong !== undefined) return { errorCode: CHANGE_ERROR.rejected, errorMessage: wrong }
  apply(order, request)
  orderChanged(state, order)
  if (isOpen(state)) tradeOn(state, order.contract)
  return DONE
}

function findOrder(
  state: VenueState,
  userName: string,
  { accountId, orderId }: { readonly accountId: number; readonly orderId: number },
  verb: 'modify' | 'cancel',
): { readonly order: Order } | Verdict {
  const account = accountFor(state, userName, accountId)
  if (account === undefined) return { errorCode: CHANGE_ERROR.accountNotFound, errorMessage: null }
  const objection = accountObjection(account, verb)
  if (objection !== undefined) return { errorCode: CHANGE_ERROR.accountRejected, errorMessage: objection }
  const order = state.orders.get(orderId)
  if (order?.account !== account) return { errorCode: CHANGE_ERROR.orderNotFound, errorMessage: null }
  if (isAlive(order.status)) return { order }
  return { errorCode: CHANGE_ERROR.rejected, errorMessage: `Order is not open (status ${order.status}).` }
}

function modifyObjection(order: Order, request: ModifyRequest): string | undefined {
  const { size, limitPrice, stopPrice, trailPrice } = request
  if (size !== null && size <= order.filled) return `Invalid order size (${size}).`
  if (order.status !== STATUS.suspended) return pricesObjection(order, request)
  const hasPrices = limitPrice !== null || stopPrice !== null || trailPrice !== null
  return hasPrices ? 'Suspended orders have no price.' : undefined
}

function pricesObjection(order: Order, { limitPrice, stopPrice, trailPrice }: ModifyRequest): string | undefined {
  const { contract, side, type } = order
  const offGrid = [limitPrice, stopPrice, trailPrice].map((price) => gridObjection(contract, price))
  const wrong = offGrid.find((objection) => objection !== undefined)
  if (wrong !== undefined || !isStop(order)) return wrong
  return type === ORDER_TYPE.trailingStop
    ? trailObjection(contract, side, trailPrice)
    : stopObjection(contract, side, stopPrice)
}

/** A price that the order's type does not have is ignored. */
function apply(order: Order, { size, limitPrice, stopPrice, trailPrice }: ModifyRequest): void {
  if (size !== null) order.size = size
  const isTrailing = order.type === ORDER_TYPE.trailingStop
  if (limitPrice !== null && order.limitPrice !== null) setLimit(order, limitPrice)
  if (stopPrice !== null && order.stopPrice !== null && !isTrailing) order.stopPrice = stopPrice
  if (trailPrice !== null && isTrailing) {
    order.stopPrice = trailPrice
    order.trail = trailPrice.minus(order.contract.last).abs()
  }
}

function setLimit(order: Order, price: Decimal): void {
  order.limitPrice = price
  // It comes to the market anew: what crosses now trades now.
  order.restingSince = null
}
