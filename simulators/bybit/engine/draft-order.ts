/** Reads an order request into a draft, or the reason why the venue refuses it. */
import { type Decimal, ZERO } from '#domain/decimal.ts'
import { closableQty } from './account.ts'
import { guardPrice } from './match.ts'
import {
  checkCount,
  checkExits,
  checkLinkId,
  checkMoney,
  checkPrice,
  checkPriceLimit,
  checkQty,
  checkTrigger,
  sentDecimal,
} from './order-checks.ts'
import {
  badParameter,
  DUPLICATE_LINK_ID,
  isRefusal,
  NOTHING_TO_REDUCE,
  type Refusal,
  WRONG_POSITION_MODE,
} from './refusal.ts'
import type { OrderRequest, TpslRequest } from './request.ts'
import type { AccountState, ExitTerms, MarketState, OrderDraft, Trigger, VenueState } from './state.ts'

/** The draft of an order that the venue will acknowledge, or its refusal. */
export function draftOrder(state: VenueState, account: AccountState, request: OrderRequest): OrderDraft | Refusal {
  const market = state.markets.get(request.symbol)
  if (market === undefined) return badParameter('symbol invalid')
  if ((request.positionIdx ?? 0) !== 0) return WRONG_POSITION_MODE
  const orderLinkId = request.orderLinkId ?? ''
  const badId = checkLinkId(orderLinkId)
  if (badId !== undefined) return badId
  if (orderLinkId !== '' && account.byLinkId.has(orderLinkId)) return DUPLICATE_LINK_ID
  const numbers = readNumbers(state, market, request)
  if (isRefusal(numbers)) return numbers
  const draft: OrderDraft = {
    ...numbers,
    account,
    market,
    orderLinkId,
    side: request.side,
    orderType: request.orderType,
    timeInForce: request.orderType === 'Market' ? 'IOC' : (request.timeInForce ?? 'GTC'),
    reduceOnly: request.reduceOnly ?? false,
    closeOnTrigger: request.closeOnTrigger ?? false,
    tpslMode: request.tpslMode ?? 'Full',
    stopOrderType: numbers.trigger === null ? 'UNKNOWN' : 'Stop',
    createType: numbers.trigger === null ? 'CreateByUser' : 'CreateByStopOrder',
    parentOrderLinkId: '',
  }
  return checkDraft(state, draft) ?? draft
}

function checkDraft(state: VenueState, draft: OrderDraft): Refusal | undefined {
  const { account, market, qty, reduceOnly, closeOnTrigger } = draft
  const hasExits = draft.takeProfit !== null || draft.stopLoss !== null
  if (reduceOnly && hasExits) return badParameter('takeProfit and stopLoss are not allowed with reduceOnly')
  const closesAll = qty.isZero() && reduceOnly && closeOnTrigger
  const price = draft.price.isZero() ? (draft.trigger?.price ?? market.mark) : draft.price
  const isLimit = draft.orderType === 'Limit'
  return (
    (closesAll ? undefined : checkQty(market.instrument, qty, draft)) ??
    (isLimit ? checkPrice(market.instrument, draft.price) : undefined) ??
    (isLimit && draft.trigger === null ? checkPriceLimit(state, market, draft) : undefined) ??
    checkTrigger(draft) ??
    (reduceOnly && closableQty(draft).isZero() ? NOTHING_TO_REDUCE : undefined) ??
    checkExits(draft, isLimit || draft.trigger !== null ? price : market.mark) ??
    checkMoney(account, draft, isLimit ? price : (draft.trigger?.price ?? market.mark)) ??
    checkCount(draft)
  )
}

type Numbers = Pick<OrderDraft, 'price' | 'qty' | 'trigger' | 'takeProfit' | 'stopLoss'>

function readNumbers(state: VenueState, market: MarketState, request: OrderRequest): Numbers | Refusal {
  const qty = sentDecimal(request.qty)
  if (qty === undefined) return badParameter('qty invalid')
  const price = readPrice(state, market, request)
  if (isRefusal(price)) return price
  const trigger = readTrigger(request)
  if (trigger !== null && isRefusal(trigger)) return trigger
  const exits = readExits(request)
  return isRefusal(exits) ? exits : { qty, price, trigger, ...exits }
}

function readPrice(state: VenueState, market: MarketState, request: OrderRequest): Decimal | Refusal {
  if (request.orderType === 'Market') {
    const { slippageTolerance: text, slippageToleranceType: type } = request
    const tolerance = text === undefined ? undefined : sentDecimal(text)
    if (text === undefined || type === undefined) return ZERO
    if (tolerance === undefined) return badParameter('slippageTolerance invalid')
    const away =
      type === 'TickSize' ? tolerance.times(market.instrument.tickSize) : market.mark.times(tolerance).div(100)
    return guardPrice(state, market, request.side, away)
  }
  const price = sentDecimal(request.price ?? '')
  return price?.gt(0) === true ? price : badParameter('price invalid')
}

function readTrigger(request: OrderRequest): Trigger | null | Refusal {
  if (request.triggerPrice === undefined || request.triggerPrice === '' || request.triggerPrice === '0') return null
  const price = sentDecimal(request.triggerPrice)
  if (price === undefined) return badParameter('triggerPrice invalid')
  const { triggerDirection: direction } = request
  return direction === undefined
    ? badParameter('triggerDirection invalid')
    : { price, direction, by: request.triggerBy ?? 'LastPrice' }
}

/** Take profit and stop loss of a request; both null when it has none. */
export function readExits(
  request: TpslRequest,
): Readonly<Record<'takeProfit' | 'stopLoss', ExitTerms | null>> | Refusal {
  const mode = request.tpslMode ?? 'Full'
  const takeProfit = readExit(
    {
      price: request.takeProfit,
      by: request.tpTriggerBy,
      orderType: request.tpOrderType,
      limitPrice: request.tpLimitPrice,
    },
    mode,
  )
  if (takeProfit !== null && isRefusal(takeProfit)) return takeProfit
  const stopLoss = readExit(
    {
      price: request.stopLoss,
      by: request.slTriggerBy,
      orderType: request.slOrderType,
      limitPrice: request.slLimitPrice,
    },
    mode,
  )
  if (stopLoss !== null && isRefusal(stopLoss)) return stopLoss
  return { takeProfit, stopLoss }
}

interface SentExit {
  readonly price: string | undefined
  readonly by: ExitTerms['by'] | undefined
  readonly orderType: ExitTerms['orderType'] | undefined
  readonly limitPrice: string | undefined
}

function readExit(sent: SentExit, mode: 'Full' | 'Partial'): ExitTerms | null | Refusal {
  if (sent.price === undefined || sent.price === '') return null
  const price = sentDecimal(sent.price)
  if (price === undefined) return badParameter('takeProfit or stopLoss invalid')
  if (price.isZero()) return null
  const orderType = sent.orderType ?? 'Market'
  if (orderType === 'Market') return { price, by: sent.by ?? 'LastPrice', orderType, limitPrice: null }
  if (mode === 'Full') return badParameter('tpslMode Full supports market orders only')
  const limitPrice = sentDecimal(sent.limitPrice ?? '')
  return limitPrice?.gt(0) === true
    ? { price, by: sent.by ?? 'LastPrice', orderType, limitPrice }
    : badParameter('limit price of take profit or stop loss invalid')
}
