/**
 * `modify` and `batchModify`: cancel and replace under a new oid. A replacement that fails its batch check leaves the original alone;
 * one that fails at execution has lost it (GUESS, the harder reading for a client).
 */
import type { ActionResult, BatchModifyAction, ModifyAction, OrderLegStatus, OrderWire } from './action.ts'
import { liveByCloid } from './cancel-action.ts'
import { checkBatch } from './check-batch.ts'
import type { OrderHistory } from './ledger-oracle.ts'
import { accountError } from './messages.ts'
import { bestOpposite, crosses } from './order-book.ts'
import { withdraw } from './order-group.ts'
import { closeOrder, type OrderDraft } from './order-record.ts'
import { coinOf, placeOrder } from './place-order.ts'
import { refreshQuotes } from './quotes.ts'
import type { AccountState, Order, VenueState } from './state.ts'

type Origin = OrderHistory['origin']

interface Replacement {
  readonly id: number | string
  readonly wire: OrderWire
  readonly alwaysPlace: boolean
}

export function executeModify(
  state: VenueState,
  account: AccountState,
  action: ModifyAction,
  origin: Origin,
): ActionResult {
  const leg = replace(state, account, { id: action.oid, wire: action.order, alwaysPlace: action.a === true }, origin)
  return leg.kind === 'error' ? { kind: 'err', message: leg.error, cause: 'action' } : { kind: 'default' }
}

export function executeBatchModify(
  state: VenueState,
  account: AccountState,
  action: BatchModifyAction,
  origin: Origin,
): ActionResult {
  const legs = action.modifies.map(({ oid, order }) =>
    replace(state, account, { id: oid, wire: order, alwaysPlace: action.a === true }, origin),
  )
  return { kind: 'order', legs }
}

function replace(state: VenueState, account: AccountState, replacement: Replacement, origin: Origin): OrderLegStatus {
  const { id, wire } = replacement
  const original = typeof id === 'number' ? account.open.get(id) : liveByCloid(account, id)
  if (original === undefined) return { kind: 'error', error: accountError.modifyGone }
  const grouping = original.isPositionTpsl ? 'positionTpsl' : 'na'
  const batch = checkBatch(state, account, [wire], grouping, null)
  if (!batch.ok) return { kind: 'error', error: batch.message }
  const draft = batch.orders[0]?.draft ?? null
  if (draft === null || draft.instrument !== original.instrument) {
    return { kind: 'error', error: accountError.modifyGone }
  }
  const allowed = replacement.alwaysPlace ? draft : restingDraft(state, draft)
  if (allowed === null) return { kind: 'error', error: accountError.modifyNeedsAlwaysPlace }
  return swap(state, account, original, allowed, origin)
}

/** Without always_place: post-only, or a GTC that cannot execute, which then becomes post-only. Null = not allowed. */
function restingDraft(state: VenueState, draft: OrderDraft): OrderDraft | null {
  if (!state.rules.modifyNeedsAlwaysPlace) return draft
  if (draft.trigger !== null) return null
  if (draft.tif === 'Alo') return draft
  const coin = coinOf(state, draft.instrument.name)
  refreshQuotes(state, coin)
  const best = bestOpposite(coin, draft.isBuy)
  const executable = best !== undefined && crosses(draft.isBuy, draft.limitPx, best.limitPx)
  return draft.tif === 'Gtc' && !executable ? { ...draft, tif: 'Alo' } : null
}

function swap(
  state: VenueState,
  account: AccountState,
  original: Order,
  draft: OrderDraft,
  origin: Origin,
): OrderLegStatus {
  const waiting = original.place === 'waiting'
  const standing = waiting ? { childOf: { referencePx: original.parent?.limitPx ?? draft.limitPx } } : undefined
  withdraw(state, original)
  // Not cancelOrder: children and siblings pass to the replacement.
  closeOrder(state, original, 'canceled')
  const { order, leg } = placeOrder(state, account, draft, origin, standing)
  inherit(original, order)
  return leg
}

function inherit(original: Order, order: Order): void {
  order.parent = original.parent
  const exchange = (other: Order): Order => (other === original ? order : other)
  if (original.parent !== null) {
    const children = original.parent.children.map(exchange)
    original.parent.children.splice(0, children.length, ...children)
  }
  const siblings = original.siblings.map(exchange)
  for (const member of siblings) member.siblings = siblings
  order.children.push(...original.children.splice(0))
  for (const child of order.children) child.parent = order
}
