/** The stop that goes off while nobody looks: a price spike through an account's nearest protective order, and back. */
import { VenueControlError } from '#simulators/venue/control-command.ts'
import { closableQty } from './account.ts'
import { movePrices } from './prices.ts'
import type { AccountState, MarketState, Order, VenueState } from './state.ts'

/** Moves all prices of the symbol to the nearest stop's trigger and back. Returns the ids of the orders that fired. */
export function tripStop(state: VenueState, account: AccountState, market: MarketState): readonly string[] {
  const sleeping = [...market.open].filter((order) => order.account === account && order.status === 'Untriggered')
  const nearest = sleeping
    .filter((order) => isStop(order))
    .toSorted((a, b) => distance(market, a) - distance(market, b))
    .at(0)
  if (nearest?.trigger == null) {
    throw new VenueControlError(`Expected a stop of ${account.name} in ${market.instrument.symbol}, saw none.`)
  }
  const { mark, last, index } = market
  const { price } = nearest.trigger
  movePrices(state, market, { mark: price, last: price, index: price })
  movePrices(state, market, { mark, last, index })
  return sleeping
    .filter(({ status }) => status !== 'Untriggered' && status !== 'Deactivated')
    .map(({ orderId }) => orderId)
}

/** A stop closes the position when the price goes against it: a sell on the way down, a buy on the way up. */
function isStop(order: Order): boolean {
  return !closableQty(order).isZero() && (order.trigger?.direction === 1) === (order.side === 'Buy')
}

/** A distance for sorting only. */
function distance({ mark }: MarketState, { trigger }: Order): number {
  return trigger === null ? Infinity : mark.minus(trigger.price).abs().toNumber()
}
