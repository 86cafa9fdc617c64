/** Amending an open order: quantity, price, trigger, exits. It keeps its id. */
import { type Decimal, isDecimalText, ZERO } from '#domain/decimal.ts'
import { rematch } from './match.ts'
import { checkExits, checkPrice, checkPriceLimit, checkQty, sentDecimal } from './order-checks.ts'
import { isOpen, isResting } from './order-status.ts'
import { noteOrder } from './order.ts'
import { ackOf, afterAck, openOrder } from './orders.ts'
import { badParameter, firstRefusal, isRefusal, type Refusal } from './refusal.ts'
import type { Acked, AmendRequest } from './request.ts'
import type { AccountState, ExitTerms, Order, VenueState } from './state.ts'
import type { PriceKind } from './vocabulary.ts'

interface Amendment {
  readonly qty: Decimal
  readonly price: Decimal
  readonly trigger: Order['trigger']
  readonly takeProfit: ExitTerms | null
  readonly stopLoss: ExitTerms | null
}

/** `order/amend`. */
export function amendOrder(state: VenueState, account: AccountState, request: AmendRequest): Acked | Refusal {
  const order = openOrder(account, request)
  if (isRefusal(order)) return order
  const amendment = readAmendment(state, order, request)
  if (isRefusal(amendment)) return amendment
  afterAck(state, () => {
    if (isOpen(order)) apply(state, order, amendment)
  })
  return ackOf(order)
}

function readAmendment(state: VenueState, order: Order, request: AmendRequest): Amendment | Refusal {
  for (const text of [request.qty, request.price, request.triggerPrice, request.takeProfit, request.stopLoss]) {
    if (text !== undefined && text !== '' && !isDecimalText(text)) return badParameter(`${text} is no decimal`)
  }
  const qty = changed(request.qty) ?? order.qty
  const price = changed(request.price) ?? order.price
  const triggerPrice = changed(request.triggerPrice)
  const trigger =
    order.trigger === null
      ? null
      : { ...order.trigger, price: triggerPrice ?? order.trigger.price, by: request.triggerBy ?? order.trigger.by }
  const amendment = {
    qty,
    price,
    trigger,
    takeProfit: amendExit(order.takeProfit, request.takeProfit, request.tpTriggerBy),
    stopLoss: amendExit(order.stopLoss, request.stopLoss, request.slTriggerBy),
  }
  return checkAmendment(state, order, amendment) ?? amendment
}

function checkAmendment(state: VenueState, order: Order, next: Amendment): Refusal | undefined {
  const { market, side } = order
  const { instrument } = market
  const isLimit = order.orderType === 'Limit'
  const newQty = next.qty.eq(order.qty) ? undefined : next.qty
  return firstRefusal([
    () => (isSame(order, next) ? badParameter('order not modified') : undefined),
    () => (newQty?.lte(order.cumQty) === true ? badParameter('qty must exceed what is filled') : undefined),
    () => (newQty === undefined ? undefined : checkQty(instrument, newQty, order)),
    () => (isLimit ? checkPrice(instrument, next.price) : undefined),
    () => (isResting(order) ? checkPriceLimit(state, market, { side, price: next.price }) : undefined),
    () => (next.trigger === null ? undefined : checkPrice(instrument, next.trigger.price)),
    () => checkExits({ ...next, side, market }, isLimit ? next.price : market.mark),
  ])
}

function isSame(order: Order, next: Amendment): boolean {
  const sameTrigger = order.trigger === null || next.trigger?.price.eq(order.trigger.price) === true
  const sameExits = next.takeProfit === order.takeProfit && next.stopLoss === order.stopLoss
  return next.qty.eq(order.qty) && next.price.eq(order.price) && sameTrigger && sameExits
}

function apply(state: VenueState, order: Order, next: Amendment): void {
  order.qty = next.qty.gt(order.cumQty) ? next.qty : order.qty
  order.leaves = order.qty.minus(order.cumQty)
  order.price = next.price
  order.trigger = next.trigger
  order.takeProfit = next.takeProfit
  order.stopLoss = next.stopLoss
  noteOrder(state, order)
  if (order.status === 'Untriggered') state.armed.add(order.market)
  else rematch(state, order)
}

function changed(text: string | undefined): Decimal | undefined {
  const value = text === undefined || text === '' ? undefined : sentDecimal(text)
  return value?.gt(0) === true ? value : undefined
}

/** Not sent: as it was; "0": removed. */
function amendExit(before: ExitTerms | null, text: string | undefined, by: PriceKind | undefined): ExitTerms | null {
  if (text === undefined || text === '') return before
  const price = sentDecimal(text) ?? ZERO
  if (price.isZero()) return null
  return {
    price,
    by: by ?? before?.by ?? 'LastPrice',
    orderType: before?.orderType ?? 'Market',
    limitPrice: before?.limitPrice ?? null,
  }
}
