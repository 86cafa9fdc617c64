/** The `order` action: the batch check, then each leg, with its TP/SL grouping. */
import type { ActionResult, OrderAction, OrderLegStatus } from './action.ts'
import { ALONE } from './check-order.ts'
import { checkBatch, type CheckedOrder } from './check-batch.ts'
import type { OrderHistory } from './ledger-oracle.ts'
import { batchError, orderRejection } from './messages.ts'
import { followParentFill } from './order-group.ts'
import type { OrderDraft } from './order-record.ts'
import { coinOf, placeOrder } from './place-order.ts'
import type { AccountState, Order, VenueState } from './state.ts'

export function executeOrderAction(
  state: VenueState,
  account: AccountState,
  action: OrderAction,
  origin: OrderHistory['origin'],
): ActionResult {
  if (
    state.rules.postOnlyWindow &&
    !action.orders.every((order) => 'limit' in order.t && order.t.limit.tif === 'Alo')
  ) {
    return { kind: 'err', message: batchError.postOnlyWindow, cause: 'action' }
  }
  const batch = checkBatch(state, account, action.orders, action.grouping, action.builder ?? null)
  if (!batch.ok) {
    if (action.orders.length === 0 || batch.message === batchError.builderFee) {
      return { kind: 'err', message: batch.message, cause: 'action' }
    }
    return { kind: 'order', legs: [{ kind: 'error', error: batch.message }] }
  }
  if (action.grouping === 'normalTpsl') return placeWithChildren(state, account, batch.orders, origin)
  const placed: Order[] = []
  const legs = batch.orders.map((checked): OrderLegStatus => {
    if (checked.draft === null) return { kind: 'error', error: orderRejection.spotBalance(checked.asset).message }
    const { order, leg } = placeOrder(state, account, checked.draft, origin)
    if (order.place === 'trigger') placed.push(order)
    return leg
  })
  if (action.grouping === 'positionTpsl') for (const order of placed) order.siblings = placed
  return { kind: 'order', legs }
}

/** Parent first, children waiting on it. When the parent fails, its children fail with the same words and leave no record. */
function placeWithChildren(
  state: VenueState,
  account: AccountState,
  orders: readonly CheckedOrder[],
  origin: OrderHistory['origin'],
): ActionResult {
  const drafts = orders.flatMap(({ draft }) => (draft === null ? [] : [draft]))
  const [parentDraft, ...childDrafts] = drafts
  if (parentDraft === undefined) return { kind: 'err', message: batchError.empty, cause: 'action' }
  const parent = placeOrder(state, account, parentDraft, origin, ALONE)
  if (parent.leg.kind === 'error') return { kind: 'order', legs: orders.map(() => parent.leg) }
  const coin = coinOf(state, parentDraft.instrument.name)
  const referencePx = restsAt(parent.order, parentDraft) ?? coin.mark
  const children: Order[] = []
  const childLegs = childDrafts.map((draft): OrderLegStatus => {
    const child = placeOrder(state, account, draft, origin, { childOf: { referencePx } })
    if (child.leg.kind === 'error') return child.leg
    child.order.parent = parent.order
    children.push(child.order)
    return child.leg
  })
  for (const child of children) child.siblings = children
  parent.order.children.push(...children)
  followParentFill(state, coin, parent.order)
  const awake = parent.order.status === 'filled'
  const shown = childLegs.map((leg): OrderLegStatus =>
    awake && leg.kind === 'waitingForFill' ? { kind: 'waitingForTrigger' } : leg,
  )
  return { kind: 'order', legs: [parent.leg, ...shown] }
}

/** Limit price of a parent that rests; an executed one was judged at the market. */
function restsAt(order: Order, draft: OrderDraft): OrderDraft['limitPx'] | undefined {
  return order.place === 'book' ? draft.limitPx : undefined
}
