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
  firstRefusal,
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
  const refused = checkIdentity(account, request)
  if (refused !== undefined) return refused
  const numbers = readNumbers(state, market, request)
  if (isRefusal(numbers)) return numbers
  const draft: OrderDraft = { ...numbers, ...wordsOf(request, numbers), account, market }
  return checkDraft(state, draft) ?? draft
}

/** Position side and the client's own id. */
function checkIdentity(account: AccountState, { positionIdx, orderLinkId = '' }: OrderRequest): Refusal | undefined {
  if (positionIdx !== undefined && positionIdx !== 0) return WRONG_POSITION_MODE
  return checkLinkId(orderLinkId) ?? (account.byLinkId.has(orderLinkId) ? DUPLICATE_LINK_ID : undefined)
}

function wordsOf(request: OrderRequest, { trigger }: Numbers): Omit<OrderDraft, keyof Numbers | 'account' | 'market'> {
  const {
    orderLinkId = '',
    timeInForce = 'GTC',
    reduceOnly = false,
    closeOnTrigger = false,
    tpslMode = 'Full',
  } = request
  return {
    orderLinkId,
    side: request.side,
    orderType: request.orderType,
    timeInForce: request.orderType === 'Market' ? 'IOC' : timeInForce,
    reduceOnly,
    closeOnTrigger,
    tpslMode,
    stopOrderType: trigger === null ? 'UNKNOWN' : 'Stop',
    createType: trigger === null ? 'CreateByUser' : 'CreateByStopOrder',
    parentOrderLinkId: '',
  }
}

function checkDraft(state: VenueState, draft: OrderDraft): Refusal | undefined {
  const { account, market, qty, trigger } = draft
  const { instrument } = market
  const isLimit = draft.orderType === 'Limit'
  const closesAll = qty.isZero() && draft.reduceOnly && draft.closeOnTrigger
  const start = trigger?.price ?? market.mark
  const price = isLimit ? draft.price : start
  return firstRefusal([
    () =>
      draft.reduceOnly && hasExits(draft) ? badParameter('takeProfit and stopLoss need reduceOnly false') : undefined,
    () => (closesAll ? undefined : checkQty(instrument, qty, draft)),
    () => (isLimit ? checkPrice(instrument, price) : undefined),
    () => (isLimit && trigger === null ? checkPriceLimit(state, market, draft) : undefined),
    () => checkTrigger(draft),
    () => (draft.reduceOnly && closableQty(draft).isZero() ? NOTHING_TO_REDUCE : undefined),
    () => checkExits(draft, price),
    () => checkMoney(account, draft, price),
    () => checkCount(draft),
  ])
}

function hasExits({ takeProfit, stopLoss }: OrderDraft): boolean {
  return takeProfit !== null || stopLoss !== null
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
  const { tpslMode: mode = 'Full', tpTriggerBy, slTriggerBy, tpOrderType, slOrderType } = request
  const takeProfit = readExit({
    price: request.takeProfit,
    by: tpTriggerBy,
    type: tpOrderType,
    limit: request.tpLimitPrice,
    mode,
  })
  if (takeProfit !== null && isRefusal(takeProfit)) return takeProfit
  const stopLoss = readExit({
    price: request.stopLoss,
    by: slTriggerBy,
    type: slOrderType,
    limit: request.slLimitPrice,
    mode,
  })
  if (stopLoss !== null && isRefusal(stopLoss)) return stopLoss
  return { takeProfit, stopLoss }
}

interface SentExit {
  readonly price: string | undefined
  readonly by: ExitTerms['by'] | undefined
  readonly type: ExitTerms['orderType'] | undefined
  readonly limit: string | undefined
  readonly mode: 'Full' | 'Partial'
}

function readExit({
  price: text,
  by = 'LastPrice',
  type: orderType = 'Market',
  limit,
  mode,
}: SentExit): ExitTerms | null | Refusal {
  if (text === undefined || text === '') return null
  const price = sentDecimal(text)
  if (price === undefined) return badParameter('takeProfit or stopLoss invalid')
  if (price.isZero()) return null
  if (orderType === 'Market') return { price, by, orderType, limitPrice: null }
  if (mode === 'Full') return badParameter('tpslMode Full supports market orders only')
  const limitPrice = sentDecimal(limit ?? '')
  const isGiven = limitPrice !== undefined && limitPrice.gt(0)
  return isGiven
    ? { price, by, orderType, limitPrice }
    : badParameter('limit price of take profit or stop loss invalid')
}
