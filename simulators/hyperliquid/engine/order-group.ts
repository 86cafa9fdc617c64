/**
 * Linked orders: taking a live order off wherever it is, waking the TP/SL children of a filled parent, cancelling siblings.
 *
 * Choices where sources are thin: children wake when the parent is completely filled, or when an IOC parent ends partially filled
 * (its terminal status is `filled`) and then cover what filled; when the rest of a partially filled resting parent is cancelled
 * they are cancelled too, or cover what filled (rule `childrenOnPartialCancel`).
 */
import { Decimal } from '#domain/decimal.ts'
import { removeFromBook } from './order-book.ts'
import { closeOrder, openOrder, setStatus } from './order-record.ts'
import type { OrderStatus } from './record.ts'
import type { CoinState, Order, VenueState } from './state.ts'
import { emit } from './step.ts'

function marketOf(state: VenueState, order: Order): CoinState {
  const coin = state.coins.get(order.instrument.name)
  if (coin === undefined) throw new Error(`Expected coin ${order.instrument.name} to be listed for oid ${order.oid}.`)
  return coin
}

/** Removes a live order from the book or the triggers without giving it a status. */
export function withdraw(state: VenueState, order: Order): void {
  const coin = marketOf(state, order)
  if (order.place === 'book') removeFromBook(state, coin, order)
  if (order.place === 'trigger') coin.triggers = coin.triggers.filter((other) => other !== order)
}

/** Ends a live order with a cancel status, and deals with the children that waited for it. */
export function cancelOrder(state: VenueState, order: Order, status: OrderStatus): void {
  withdraw(state, order)
  closeOrder(state, order, status)
  const waiting = order.children.filter((child) => child.place === 'waiting')
  if (waiting.length === 0) return
  if (!order.filledSz.isZero() && state.rules.childrenOnPartialCancel === 'resize') {
    wakeChildren(state, marketOf(state, order), order)
    return
  }
  for (const child of waiting) cancelOrder(state, child, 'canceled')
}

/** The same, not asked for by the owner: announced as `nonUserCancel`. */
export function cancelByVenue(state: VenueState, order: Order, status: OrderStatus): void {
  cancelOrder(state, order, status)
  emit(state, () => ({ type: 'nonUserCancel', user: order.user, coin: order.instrument.name, oid: order.oid }))
}

/** Puts a trigger order among the untriggered. */
export function armTrigger(state: VenueState, coin: CoinState, order: Order): void {
  coin.triggers.push(order)
  state.armedCoins.add(coin.instrument.name)
  openOrder(state, order, 'trigger')
}

function wakeChildren(state: VenueState, coin: CoinState, parent: Order): void {
  for (const child of parent.children) {
    if (child.place !== 'waiting') continue
    if (child.origSz.gt(parent.filledSz)) {
      child.origSz = parent.filledSz
      child.remaining = Decimal.min(child.remaining, parent.filledSz)
    }
    armTrigger(state, coin, child)
    setStatus(state, child, 'open')
  }
}

/** Called when a parent has just ended `filled`: its children wake. */
export function followParentFill(state: VenueState, coin: CoinState, parent: Order): void {
  if (parent.status === 'filled') wakeChildren(state, coin, parent)
}

/** One of a TP/SL pair has filled: the others are cancelled. */
export function cancelSiblings(state: VenueState, order: Order): void {
  for (const sibling of order.siblings) {
    if (sibling !== order && sibling.place !== 'none') cancelByVenue(state, sibling, 'siblingFilledCanceled')
  }
}
