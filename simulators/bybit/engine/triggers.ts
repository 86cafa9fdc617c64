/** Sleeping orders: they wake when the price they watch reaches their trigger. */
import type { Decimal } from '#domain/decimal.ts'
import { placeOrder } from './match.ts'
import { noteOrder } from './order.ts'
import type { MarketState, Order, Trigger, VenueState } from './state.ts'
import type { PriceKind } from './vocabulary.ts'

/** The price a trigger watches. */
export function watchedPrice(market: MarketState, by: PriceKind): Decimal {
  return by === 'MarkPrice' ? market.mark : by === 'IndexPrice' ? market.index : market.last
}

/** Whether the price is at or beyond the trigger. */
export function isReached(market: MarketState, { price, direction, by }: Trigger): boolean {
  const watched = watchedPrice(market, by)
  return direction === 1 ? watched.gte(price) : watched.lte(price)
}

/** Fires every trigger that is due in the markets where one may be. */
export function fireArmed(state: VenueState): void {
  for (const market of state.armed) {
    state.armed.delete(market)
    for (let due = nextReached(market); due !== undefined; due = nextReached(market)) fire(state, due)
  }
}

function nextReached(market: MarketState): Order | undefined {
  for (const order of market.open) {
    if (order.status === 'Untriggered' && order.trigger !== null && isReached(market, order.trigger)) return order
  }
  return undefined
}

function fire(state: VenueState, order: Order): void {
  order.status = 'Triggered'
  noteOrder(state, order)
  placeOrder(state, order)
}
