/**
 * Take profit and stop loss: orders of the venue's own making that sleep until their price comes, follow the position in
 * Full mode, and go when nothing is left to close (reference section B3).
 */
import { Decimal, ZERO } from '#domain/decimal.ts'
import { closableQty, positionOf } from './account.ts'
import { isExit, isOpen, isResting } from './order-status.ts'
import { endOrder, noteOrder, recordOrder } from './order.ts'
import type { AccountState, ExitTerms, MarketState, Order, VenueState } from './state.ts'
import { opposite, type Side, type TpslMode } from './vocabulary.ts'

/** Which of the two. */
export type ExitKind = 'takeProfit' | 'stopLoss'

const NAMES = {
  takeProfit: {
    Full: { stopOrderType: 'TakeProfit', createType: 'CreateByTakeProfit' },
    Partial: { stopOrderType: 'PartialTakeProfit', createType: 'CreateByPartialTakeProfit' },
  },
  stopLoss: {
    Full: { stopOrderType: 'StopLoss', createType: 'CreateByStopLoss' },
    Partial: { stopOrderType: 'PartialStopLoss', createType: 'CreateByPartialStopLoss' },
  },
} as const

/** An exit to make. */
export interface ExitPlan {
  readonly kind: ExitKind
  readonly terms: ExitTerms
  readonly mode: TpslMode
  readonly qty: Decimal
  /** orderLinkId of the entry it came with; "" when set on the position. */
  readonly parentOrderLinkId: string
}

/** Makes one exit of the account's position; it sleeps. */
export function makeExit(state: VenueState, account: AccountState, market: MarketState, plan: ExitPlan): Order {
  const { kind, terms, mode, qty } = plan
  const side: Side = positionOf(account, market).holding.size.isNegative() ? 'Buy' : 'Sell'
  const order = recordOrder(state, {
    account,
    market,
    orderLinkId: '',
    side,
    orderType: terms.orderType,
    timeInForce: terms.orderType === 'Market' ? 'IOC' : 'GTC',
    price: terms.limitPrice ?? ZERO,
    qty,
    reduceOnly: true,
    closeOnTrigger: true,
    trigger: { price: terms.price, direction: (kind === 'takeProfit') === (side === 'Sell') ? 1 : 2, by: terms.by },
    takeProfit: null,
    stopLoss: null,
    tpslMode: mode,
    ...NAMES[kind][mode],
    parentOrderLinkId: plan.parentOrderLinkId,
  })
  order.status = 'Untriggered'
  noteOrder(state, order)
  state.armed.add(market)
  return order
}

/** Sets, moves or (null) removes the whole position's exit of one kind. */
export function setFullExit(
  state: VenueState,
  account: AccountState,
  market: MarketState,
  change: { readonly kind: ExitKind; readonly terms: ExitTerms | null; readonly parentOrderLinkId?: string },
): void {
  const { kind, terms, parentOrderLinkId } = change
  const position = positionOf(account, market)
  const standing = position[kind]
  const live = standing !== null && isOpen(standing) ? standing : null
  if (live !== null && terms !== null && parentOrderLinkId === undefined) {
    live.trigger = { direction: live.trigger?.direction ?? 1, price: terms.price, by: terms.by }
    state.armed.add(market)
    noteOrder(state, live)
    return
  }
  if (live !== null) endOrder(state, live, terms === null ? 'CancelByUser' : 'CancelByTpSlTsClear')
  if (terms === null) return
  const qty = position.holding.size.abs()
  position[kind] = makeExit(state, account, market, {
    kind,
    terms,
    mode: 'Full',
    qty,
    parentOrderLinkId: parentOrderLinkId ?? '',
  })
}

/** Gives a filled entry the exits it was sent with. */
export function attachExits(state: VenueState, entry: Order): void {
  const { account, market } = entry
  const held = closableQty({ account, market, side: opposite(entry.side) })
  if (held.isZero() || (entry.takeProfit === null && entry.stopLoss === null)) return
  if (entry.tpslMode === 'Partial') attachPartial(state, entry)
  else attachFull(state, entry)
}

function attachFull(state: VenueState, entry: Order): void {
  const { account, market } = entry
  const position = positionOf(account, market)
  for (const kind of ['takeProfit', 'stopLoss'] as const) {
    const terms = entry[kind]
    const standing = position[kind]
    if (terms === null || (standing !== null && isKept(entry, standing))) continue
    setFullExit(state, account, market, { kind, terms, parentOrderLinkId: entry.orderLinkId })
    entry.exits = [...entry.exits, position[kind]].filter((exit) => exit !== null)
  }
}

/** The exit that an earlier fill of the entry made still stands, or its owner took it away. */
function isKept(entry: Order, standing: Order): boolean {
  return entry.exits.includes(standing) && (isOpen(standing) || standing.cancelType === 'CancelByUser')
}

function attachPartial(state: VenueState, entry: Order): void {
  const { account, market, cumQty: qty, orderLinkId: parentOrderLinkId } = entry
  if (entry.exits.length > 0) {
    for (const exit of entry.exits) if (exit.status === 'Untriggered') resize(state, exit, qty)
    return
  }
  const exits: Order[] = []
  for (const kind of ['takeProfit', 'stopLoss'] as const) {
    const terms = entry[kind]
    if (terms !== null)
      exits.push(makeExit(state, account, market, { kind, terms, mode: 'Partial', qty, parentOrderLinkId }))
  }
  for (const exit of exits) exit.pair = exits
  entry.exits = exits
}

/** After a position changed: exits follow it or go, and orders in the book that could no longer reduce it go or shrink. */
export function followPosition(state: VenueState, account: AccountState, market: MarketState): void {
  for (const order of market.open) {
    if (order.account !== account || !isOpen(order)) continue
    const closable = closableQty(order)
    if (isExit(order)) {
      if (closable.isZero()) endOrder(state, order, 'CancelByTpSlTsClear')
      else if (order.tpslMode === 'Full' && order.status === 'Untriggered') resize(state, order, closable)
    } else if (order.reduceOnly && isResting(order)) {
      if (closable.isZero()) endOrder(state, order, 'CancelByReduceOnly')
      else if (order.leaves.gt(closable)) resize(state, order, order.cumQty.plus(closable))
    }
  }
}

/** The other exits of a pair go when one has traded. */
export function endPair(state: VenueState, order: Order): void {
  for (const other of order.pair) if (other !== order && isOpen(other)) endOrder(state, other, 'CancelByTpSlTsClear')
}

function resize(state: VenueState, order: Order, qty: Decimal): void {
  if (order.qty.eq(qty)) return
  order.qty = qty
  order.leaves = Decimal.max(qty.minus(order.cumQty), ZERO)
  noteOrder(state, order)
}
