/** Order/place: who may, whether the tag is new, whether the terms are right; then the order and its bracket (reference C4). */
import { accountFor, accountObjection, isTrading, isWithinHours } from './admission.ts'
import { orderObjection } from './check-order.ts'
import { ORDER_TYPE, PLACE_ERROR, type Side } from './codes.ts'
import { contractOf } from './create-state.ts'
import { bestAsk, bestBid } from './liquidity.ts'
import { newOrder, openOrder, opposite, rejectOrder, type OrderTerms } from './orders.ts'
import { tradeOn } from './prices.ts'
import type { PlaceRequest, PlaceVerdict } from './request.ts'
import type { AccountState, ContractState, Order, VenueState } from './state.ts'
import { orderChanged } from './step.ts'

/** Places an order of a user. Business refusals leave a rejected row; refusals before that leave nothing. */
export function placeOrder(state: VenueState, userName: string, request: PlaceRequest): PlaceVerdict {
  const account = accountFor(state, userName, request.accountId)
  if (account === undefined) return refused(PLACE_ERROR.accountNotFound, null)
  const objection = accountObjection(account, 'place')
  if (objection !== undefined) return refused(PLACE_ERROR.accountRejected, objection)
  const contract = contractOf(state, request.contractId)
  if (contract === undefined) return refused(PLACE_ERROR.contractNotFound, null)
  if (!isTrading(state, contract)) return refused(PLACE_ERROR.contractNotActive, null)
  const { customTag } = request
  if (customTag !== null && account.tags.has(customTag)) {
    // Which row would carry the tag is not known; the first one does.
    return refused(PLACE_ERROR.orderRejected, `Order rejected: custom tag already in use (${customTag}).`)
  }
  const wrong = businessObjection(state, account, contract, request)
  const order = newOrder(state, termsOf(account, contract, request))
  if (wrong !== undefined) {
    rejectOrder(state, order, wrong.text ?? '')
    return { orderId: order.id, errorCode: wrong.code, errorMessage: wrong.text }
  }
  accept(state, order, request)
  return { orderId: order.id, errorCode: 0, errorMessage: null }
}

function refused(errorCode: number, errorMessage: string | null): PlaceVerdict {
  return { orderId: null, errorCode, errorMessage }
}

interface BusinessRefusal {
  readonly code: number
  readonly text: string | null
}

function businessObjection(
  state: VenueState,
  account: AccountState,
  contract: ContractState,
  request: PlaceRequest,
): BusinessRefusal | undefined {
  if (!account.canTrade) return { code: PLACE_ERROR.accountViolation, text: 'Account is not allowed to trade.' }
  if (!isWithinHours(state, account)) return { code: PLACE_ERROR.outsideTradingHours, text: 'Outside trading hours.' }
  const text = orderObjection(account, contract, request)
  return text === undefined ? undefined : { code: PLACE_ERROR.orderRejected, text }
}

function termsOf(account: AccountState, contract: ContractState, request: PlaceRequest): OrderTerms {
  const { type, size, limitPrice, stopPrice, trailPrice, customTag } = request
  const isTrailing = type === ORDER_TYPE.trailingStop
  return {
    account,
    contract,
    type,
    side: request.side as Side,
    size,
    limitPrice: joinedPrice(contract, type) ?? limitPrice,
    stopPrice: isTrailing ? trailPrice : stopPrice,
    trail: isTrailing && trailPrice !== null ? trailPrice.minus(contract.last).abs() : null,
    customTag,
    origin: 'api',
  }
}

function joinedPrice(contract: ContractState, type: number) {
  if (type === ORDER_TYPE.joinBid) return bestBid(contract)
  return type === ORDER_TYPE.joinAsk ? bestAsk(contract) : undefined
}

/** The children take the two ids after the entry's; stop loss, entry and target are announced in that order. */
function accept(state: VenueState, entry: Order, request: PlaceRequest): void {
  const { stopLossBracket: loss, takeProfitBracket: profit } = request
  const stop = loss === null ? undefined : newChild(state, entry, loss, 'SL')
  const target = profit === null ? undefined : newChild(state, entry, profit, 'TP')
  if (stop !== undefined && target !== undefined) {
    target.linkedOrderId = stop.id
    target.sibling = stop
    stop.sibling = target
  }
  if (stop !== undefined) orderChanged(state, stop)
  orderChanged(state, entry)
  if (target !== undefined) orderChanged(state, target)
  openOrder(state, entry)
  tradeOn(state, entry.contract)
}

function newChild(
  state: VenueState,
  entry: Order,
  bracket: { readonly ticks: number; readonly type: number },
  suffix: 'SL' | 'TP',
): Order {
  const child = newOrder(state, {
    account: entry.account,
    contract: entry.contract,
    type: bracket.type,
    side: opposite(entry.side),
    size: entry.size,
    customTag: entry.customTag === null ? null : `${entry.customTag}-${suffix}`,
    origin: entry.origin,
    parent: entry,
    ticks: bracket.ticks,
  })
  entry.children.push(child)
  return child
}
