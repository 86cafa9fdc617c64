/** Stops and take-profits: fired by the mark price, executed as reduce-only orders under their own oid. */
import { accountOf, heldSize } from './account.ts'
import { isTriggered } from './check-order.ts'
import { withdraw } from './order-group.ts'
import { closeOrder, setStatus } from './order-record.ts'
import { executeLimit } from './place-order.ts'
import { refreshQuotes } from './quotes.ts'
import type { CoinState, Order, VenueState } from './state.ts'

/** Fires every untriggered order of the coin whose condition holds, oldest first. Returns the oids that fired. */
export function fireTriggers(state: VenueState, coin: CoinState): readonly number[] {
  const fired: number[] = []
  // One at a time: firing one may cancel its siblings and other reduce-only orders.
  for (;;) {
    const order = coin.triggers.find(
      (candidate) => candidate.trigger !== null && isTriggered(candidate.isBuy, candidate.trigger, coin.mark),
    )
    if (order === undefined) return fired
    fire(state, coin, order)
    fired.push(order.oid)
  }
}

/** Fires what was armed during this step and is already due. */
export function fireArmed(state: VenueState): void {
  // Firing may arm more (a parent filled by a fired order), so take the names one by one.
  for (const name of state.armedCoins) {
    state.armedCoins.delete(name)
    const coin = state.coins.get(name)
    if (coin !== undefined) fireTriggers(state, coin)
  }
}

function fire(state: VenueState, coin: CoinState, order: Order): void {
  const account = accountOf(state, order.user)
  withdraw(state, order)
  account.open.delete(order.oid)
  order.place = 'none'
  setStatus(state, order, 'triggered')
  const held = heldSize(account, coin.instrument.name)
  if (held.isZero() || held.isNegative() !== order.isBuy) {
    closeOrder(state, order, 'reduceOnlyCanceled')
    return
  }
  if (order.isPositionTpsl && order.origSz.isZero()) {
    order.origSz = held.abs()
    order.remaining = held.abs()
  }
  order.tif = order.trigger?.isMarket === true ? 'Ioc' : 'Gtc'
  refreshQuotes(state, coin)
  executeLimit(state, account, coin, order)
}
