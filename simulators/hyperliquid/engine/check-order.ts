/** Checks that need the market and the account: a failing leg gets an oid and a rejected status, the other legs go on. */
import { type Decimal } from '#domain/decimal.ts'
import { heldSize } from './account.ts'
import { canCarry } from './margin.ts'
import { type OrderRejection, orderRejection } from './messages.ts'
import { bestOpposite, crosses } from './order-book.ts'
import { triggersAbove, type OrderDraft } from './order-record.ts'
import type { AccountState, CoinState, VenueState } from './state.ts'

const MIN_NOTIONAL = 10

/** Where the order stands in a TP/SL group: a child's trigger is judged against its parent, and needs no position yet. */
export interface Standing {
  /** Price that stands in for the mark when judging a child's trigger price. */
  readonly childOf: { readonly referencePx: Decimal } | null
}
export const ALONE: Standing = { childOf: null }

/** The first reason to reject, in the venue's precedence: no liquidity before minimum before margin (reference 1.5). */
export function checkOrder(
  state: VenueState,
  account: AccountState,
  coin: CoinState,
  draft: OrderDraft,
  standing: Standing,
): OrderRejection | undefined {
  const { asset } = draft.instrument
  if (tooManyOpen(state, account, draft)) return orderRejection.tooManyOpenOrders(asset)
  if (duplicatesRestingCloid(state, account, draft)) return orderRejection.duplicateCloid(asset)
  if (draft.trigger !== null) return checkTrigger(state, account, coin, draft, standing)
  if (draft.limitPx.gt(coin.mark.times('1.8')) || draft.limitPx.lt(coin.mark.times('0.2'))) {
    return orderRejection.priceBand(asset)
  }
  if (draft.reduceOnly && !reduces(state, account, draft)) return orderRejection.reduceOnly(asset)
  return checkAgainstBook(state, account, coin, draft)
}

function checkAgainstBook(
  state: VenueState,
  account: AccountState,
  coin: CoinState,
  draft: OrderDraft,
): OrderRejection | undefined {
  const { asset } = draft.instrument
  const best = bestOpposite(coin, draft.isBuy)?.limitPx
  const executable = best !== undefined && crosses(draft.isBuy, draft.limitPx, best)
  const untimely = executable ? checkPostOnly(coin, draft) : checkImmediate(best, draft)
  if (untimely !== undefined) return untimely
  const notional = draft.sz.times(executable ? best : draft.limitPx)
  const exempt = draft.reduceOnly && state.rules.reduceOnlyExemptFromMinimum
  if (!exempt && notional.lt(MIN_NOTIONAL)) return orderRejection.minNotional(asset)
  if (draft.reduceOnly) return undefined
  const affordable = canCarry(state, account, draft.instrument, draft.isBuy ? draft.sz : draft.sz.neg())
  return affordable ? undefined : orderRejection.margin(asset)
}

/** An order that would trade now must not be post-only. */
function checkPostOnly(coin: CoinState, draft: OrderDraft): OrderRejection | undefined {
  if (draft.tif !== 'Alo') return undefined
  const [bid, ask] = [coin.bids[0]?.limitPx ?? draft.limitPx, coin.asks[0]?.limitPx ?? draft.limitPx]
  return orderRejection.postOnlyCross(bid, ask, draft.instrument.asset)
}

/** An order that would not trade now must not be immediate. */
function checkImmediate(best: Decimal | undefined, draft: OrderDraft): OrderRejection | undefined {
  const { asset } = draft.instrument
  if (draft.tif === 'FrontendMarket' && best === undefined) return orderRejection.noLiquidity(asset)
  return draft.tif === 'Ioc' || draft.tif === 'FrontendMarket' ? orderRejection.noMatch(asset) : undefined
}

function tooManyOpen(state: VenueState, account: AccountState, draft: OrderDraft): boolean {
  const restricted = draft.reduceOnly || draft.trigger !== null
  // The cap grows with volume to five times; beyond the base only plain orders are let in.
  const limit = restricted ? state.limits.openOrders : state.limits.openOrders * 5
  return account.open.size >= limit
}

function duplicatesRestingCloid(state: VenueState, account: AccountState, draft: OrderDraft): boolean {
  if (state.rules.acceptRestingDuplicateCloid || draft.cloid === null) return false
  return account.byCloid.get(draft.cloid)?.some((order) => order.place !== 'none') === true
}

function reduces(state: VenueState, account: AccountState, draft: OrderDraft): boolean {
  const held = heldSize(account, draft.instrument.name)
  if (held.isZero() || held.isNegative() !== draft.isBuy) return false
  return state.rules.reduceOnlyOversize === 'clamp' || draft.sz.lte(held.abs())
}

/** Whether a trigger's condition holds at this price. */
export function isTriggered(isBuy: boolean, trigger: NonNullable<OrderDraft['trigger']>, px: Decimal): boolean {
  return triggersAbove(isBuy, trigger.tpsl) ? px.gte(trigger.triggerPx) : px.lte(trigger.triggerPx)
}

function checkTrigger(
  state: VenueState,
  account: AccountState,
  coin: CoinState,
  draft: OrderDraft,
  standing: Standing,
): OrderRejection | undefined {
  const { asset } = draft.instrument
  if (draft.trigger === null) return undefined
  const reference = standing.childOf?.referencePx ?? coin.mark
  if (isTriggered(draft.isBuy, draft.trigger, reference)) return orderRejection.badTriggerPx(asset)
  if (standing.childOf !== null || !state.rules.triggerNeedsPosition) return undefined
  const held = heldSize(account, draft.instrument.name)
  const opposes = !held.isZero() && held.isNegative() === draft.isBuy
  return opposes ? undefined : orderRejection.reduceOnly(asset)
}
