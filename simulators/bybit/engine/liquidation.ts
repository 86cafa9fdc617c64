/** Positions that the venue closes: liquidation, auto-deleveraging, administrators (reference section B3, createType). */
import { type Decimal, Decimal as DecimalNumber, ZERO } from '#domain/decimal.ts'
import { equityOf, maintenanceMargin, positionOf } from './account.ts'
import { bookTrade } from './execution.ts'
import { followPosition } from './exits.ts'
import { isOpen } from './order-status.ts'
import { endOrder, recordOrder } from './order.ts'
import type { AccountState, MarketState, VenueState } from './state.ts'
import type { CancelType, CreateType, ExecType } from './vocabulary.ts'

/** Why the venue closes. */
export interface ForcedClose {
  readonly createType: CreateType
  readonly execType: ExecType
  /** How the account's open orders of the symbol end, or null when they stay. */
  readonly cancels: CancelType | null
}

export const LIQUIDATION: ForcedClose = {
  createType: 'CreateByLiq',
  execType: 'BustTrade',
  cancels: 'CancelAllBeforeLiq',
}
export const DELEVERAGING: ForcedClose = {
  createType: 'CreateByAdl_PassThrough',
  execType: 'AdlTrade',
  cancels: 'CancelByPrepareAdl',
}
export const ADMIN_CLOSING: ForcedClose = {
  createType: 'CreateByAdminClosing',
  execType: 'Trade',
  cancels: 'CancelByAdmin',
}

/** Closes (a part of) a position at the mark. Returns the order's id, or undefined when the position is flat. */
export function closeByVenue(
  state: VenueState,
  account: AccountState,
  market: MarketState,
  why: ForcedClose & { readonly qty?: Decimal },
): string | undefined {
  if (why.cancels !== null) cancelOrders(state, account, market, why.cancels)
  const { size } = positionOf(account, market).holding
  if (size.isZero()) return undefined
  const qty = DecimalNumber.min(why.qty ?? size.abs(), size.abs())
  const order = recordOrder(
    state,
    {
      account,
      market,
      orderLinkId: '',
      side: size.isNegative() ? 'Buy' : 'Sell',
      orderType: 'Market',
      timeInForce: 'IOC',
      price: market.mark,
      qty,
      reduceOnly: true,
      closeOnTrigger: false,
      trigger: null,
      takeProfit: null,
      stopLoss: null,
      tpslMode: 'Full',
      stopOrderType: 'UNKNOWN',
      createType: why.createType,
      parentOrderLinkId: '',
    },
    why.execType,
  )
  order.status = 'New'
  bookTrade(state, order, { price: market.mark, qty, isMaker: false })
  followPosition(state, account, market)
  state.armed.add(market)
  return order.orderId
}

/** Liquidates every account whose equity no longer covers its maintenance margin. */
export function liquidateBroke(state: VenueState): void {
  for (const account of state.accounts.values()) {
    const margin = maintenanceMargin(account)
    if (margin.eq(ZERO) || equityOf(account).gt(margin)) continue
    for (const { market } of account.positions.values()) closeByVenue(state, account, market, LIQUIDATION)
  }
}

function cancelOrders(state: VenueState, account: AccountState, market: MarketState, cancelType: CancelType): void {
  for (const order of market.open) {
    if (order.account === account && isOpen(order)) endOrder(state, order, cancelType)
  }
}
