/** What the venue looks at before it acknowledges an order: numbers, price and lot rules, limits (reference section B3, B7). */
import { Decimal, type DecimalString, isDecimalText, parseDecimal } from '#domain/decimal.ts'
import { availableMargin, closableQty, marginFor, positionOf } from './account.ts'
import type { Instrument } from './instrument.ts'
import { badParameter, type Refusal, refuse } from './refusal.ts'
import type { AccountState, MarketState, OrderDraft, VenueState } from './state.ts'
import { watchedPrice } from './triggers.ts'

const MAX_ACTIVE = 500
const MAX_CONDITIONAL = 10
const LINK_ID = /^[A-Za-z0-9_-]{0,36}$/

/** A decimal as sent, or undefined when it is none or negative. */
export function sentDecimal(text: string): Decimal | undefined {
  if (!isDecimalText(text)) return undefined
  const value = parseDecimal(text)
  return value.isNegative() && !value.isZero() ? undefined : value
}

/** Whether a price or quantity is a multiple of a step. */
export function isMultiple(value: Decimal, step: DecimalString): boolean {
  return value.mod(step).isZero()
}

/** The client's own id: its form only. */
export function checkLinkId(linkId: string): Refusal | undefined {
  return LINK_ID.test(linkId) ? undefined : badParameter('orderLinkId must be at most 36 of [A-Za-z0-9_-]')
}

/** Lot rules of a quantity that is not "close everything". */
export function checkQty(
  instrument: Instrument,
  qty: Decimal,
  draft: Pick<OrderDraft, 'orderType' | 'reduceOnly'>,
): Refusal | undefined {
  if (!qty.gt(0) || !isMultiple(qty, instrument.qtyStep)) return refuse(10001, 'Qty invalid')
  if (qty.lt(instrument.minOrderQty)) return refuse(10001, 'The number of contracts below minimum limit allowed')
  const max = draft.orderType === 'Market' ? instrument.maxMktOrderQty : instrument.maxOrderQty
  if (!draft.reduceOnly && qty.gt(max)) return refuse(10001, 'The number of contracts exceeds maximum limit allowed')
  return undefined
}

/** Tick and range of a price. */
export function checkPrice(instrument: Instrument, price: Decimal): Refusal | undefined {
  if (!isMultiple(price, instrument.tickSize)) return refuse(10001, 'Price invalid')
  if (price.lt(instrument.minPrice) || price.gt(instrument.maxPrice)) {
    return refuse(110003, 'Order price exceeds the allowable range.')
  }
  return undefined
}

/** A limit price may not go far through the mark; the bounds come from the instrument's risk parameters. */
export function checkPriceLimit(
  state: VenueState,
  market: MarketState,
  draft: Pick<OrderDraft, 'side' | 'price'>,
): Refusal | undefined {
  if (!state.priceLimits) return undefined
  const { mark, index } = market
  const { priceLimitRatioX: x, priceLimitRatioY: y } = market.instrument
  const one = new Decimal(1)
  if (draft.side === 'Buy') {
    const highest = Decimal.min(Decimal.max(index, mark.times(one.plus(x))), mark.times(one.plus(y)))
    return draft.price.gt(highest)
      ? refuse(30208, 'The order price is higher than the maximum buying price.')
      : undefined
  }
  const lowest = Decimal.max(Decimal.min(index, mark.times(one.minus(x))), mark.times(one.minus(y)))
  return draft.price.lt(lowest) ? refuse(30209, 'The order price is lower than the minimum selling price.') : undefined
}

/** A trigger must lie ahead of the price it watches. */
export function checkTrigger({ market, trigger }: OrderDraft): Refusal | undefined {
  if (trigger === null) return undefined
  const watched = watchedPrice(market, trigger.by)
  if (trigger.direction === 1 && trigger.price.lte(watched)) {
    return refuse(110092, 'expect Rising, but trigger_price <= current')
  }
  if (trigger.direction === 2 && trigger.price.gte(watched)) {
    return refuse(110093, 'expect Falling, but trigger_price >= current')
  }
  return checkPrice(market.instrument, trigger.price)
}

/** Exits must lie on the right sides of the price the entry starts from. */
export function checkExits(
  draft: Pick<OrderDraft, 'side' | 'takeProfit' | 'stopLoss' | 'market'>,
  base: Decimal,
): Refusal | undefined {
  const { side, takeProfit, stopLoss } = draft
  for (const [name, terms, above] of [
    ['TakeProfit', takeProfit, side === 'Buy'],
    ['StopLoss', stopLoss, side === 'Sell'],
  ] as const) {
    if (terms === null) continue
    if (!isMultiple(terms.price, draft.market.instrument.tickSize)) return badParameter(`${name} is not on a tick`)
    if (above ? terms.price.lte(base) : terms.price.gte(base)) {
      const expected = above ? 'higher' : 'lower'
      return refuse(
        10001,
        `${name}:${terms.price.toFixed()} set for ${side} position should be ${expected} than base_price:${base.toFixed()}`,
      )
    }
  }
  return undefined
}

/** How many orders may be open. */
export function checkCount(draft: OrderDraft): Refusal | undefined {
  const own = [...draft.market.open].filter(({ account }) => account === draft.account)
  const conditional = own.filter(({ stopOrderType }) => stopOrderType === 'Stop')
  if (draft.trigger !== null) {
    return conditional.length >= MAX_CONDITIONAL
      ? refuse(110009, 'The number of stop orders exceeds the maximum allowable limit.')
      : undefined
  }
  const active = own.length - conditional.length
  return active >= MAX_ACTIVE ? refuse(110020, 'Not allowed to have more than 500 active orders.') : undefined
}

/** Value and margin of the part of an order that opens. */
export function checkMoney(account: AccountState, draft: OrderDraft, price: Decimal): Refusal | undefined {
  if (draft.reduceOnly || draft.closeOnTrigger) return undefined
  const { market, qty } = draft
  if (qty.times(price).lt(market.instrument.minNotional)) {
    return refuse(110094, `Order does not meet minimum order value ${market.instrument.minNotional}USDT`)
  }
  const opening = Decimal.max(qty.minus(closableQty(draft)), 0)
  if (opening.isZero()) return undefined
  if (positionOf(account, market).isReduceOnly) {
    return refuse(110023, 'You can only reduce your position at this time.')
  }
  return marginFor(account, market, opening, price).gt(availableMargin(account))
    ? refuse(110007, 'ab not enough for new order')
    : undefined
}
