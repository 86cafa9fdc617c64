/** What a test or the control endpoint may do to the venue from outside: fund, move prices, disturb. */
import { type Decimal, type DecimalString, parseDecimal, toDecimalString, ZERO, ZERO_STRING } from '#domain/decimal.ts'
import { VenueControlError } from '#simulators/venue/control-command.ts'
import { notePosition, positionOf } from './account.ts'
import { createAccountState } from './create-state.ts'
import { draftOrder } from './draft-order.ts'
import { bookCash } from './execution.ts'
import { ADMIN_CLOSING, closeByVenue, DELEVERAGING, type ForcedClose, LIQUIDATION } from './liquidation.ts'
import { fillMaker, placeOrder } from './match.ts'
import { isOpen, isResting } from './order-status.ts'
import { endOrder, recordOrder } from './order.ts'
import { movePrices } from './prices.ts'
import { isRefusal } from './refusal.ts'
import type { OrderReference, OrderRequest } from './request.ts'
import type { AccountState, MarketState, Order, VenueState } from './state.ts'
import { tripStop } from './trip-stop.ts'
import type { Side } from './vocabulary.ts'

/** Prices to set, USDT; what is absent follows the mark when that is given, else it stays. */
export interface PriceSetting {
  readonly mark?: string | undefined
  readonly last?: string | undefined
  readonly index?: string | undefined
}

/** Operator controls; accounts by name. Everything that cannot be done throws VenueControlError. */
export interface OperatorControls {
  /** Idempotent. `feeCoin` MNT: fees are paid in MNT. */
  createAccount(account: string, feeCoin?: 'USDT' | 'MNT'): void
  /** Credits a coin (a TRANSFER_IN row). */
  deposit(account: string, amount: string, coin?: string): void
  /** Whether a coin is collateral, and so has a `usdValue`; where not, the wallet shows 0. */
  setCollateral(coin: string, isCollateral: boolean): void
  setPrices(symbol: string, prices: PriceSetting): void
  setFundingRate(symbol: string, rate: string): void
  /** Fixes the market maker's depth a side (levels 0: nobody quotes), or, undefined, gives the seeded one back. */
  setDepth(symbol: string, depth: { readonly levels: number; readonly qty: string } | undefined): void
  setAckDelay(ms: number): void
  /** The venue lets the account only reduce this position. */
  setReduceOnly(account: string, symbol: string, isReduceOnly: boolean): void
  /** A market order of the account's owner, without orderLinkId, in effect at once. Returns the order's id. */
  tradeByHand(account: string, symbol: string, side: Side, qty: string): string
  closeByHand(account: string, symbol: string): string
  cancelByHand(account: string, reference: Omit<OrderReference, 'symbol'>): void
  /** Fills part of an order in the book at its own price. */
  fillByHand(account: string, reference: Omit<OrderReference, 'symbol'>, qty: string): void
  /** Moves the price through the account's nearest stop and back. Returns the ids of the orders that fired. */
  tripStop(account: string, symbol: string): readonly string[]
  liquidate(account: string, symbol: string): string
  autoDeleverage(account: string, symbol: string, qty?: string): string
  adminClose(account: string, symbol: string): string
  /** The venue restarts: lists of recently closed orders are empty, history stays. */
  restart(): void
}

/** The controls over a venue's state; `of` finds an account or throws. */
export function createOperator(state: VenueState, of: (account: string) => AccountState): OperatorControls {
  const market = (symbol: string) => marketOf(state, symbol)
  const forced = (account: string, symbol: string, why: ForcedClose, qty?: string) =>
    closedOr(
      symbol,
      closeByVenue(state, of(account), market(symbol), {
        ...why,
        ...(qty === undefined ? {} : { qty: positive(qty) }),
      }),
    )
  return {
    createAccount: (name, feeCoin = 'USDT') => {
      if (!state.accounts.has(name)) state.accounts.set(name, createAccountState(state, name, feeCoin))
      of(name).feeCoin = feeCoin
    },
    deposit: (account, amount, coin = 'USDT') => transferIn(state, of(account), coin, positive(amount)),
    setCollateral: (coin, isCollateral) => void (isCollateral ? state.unvalued.delete(coin) : state.unvalued.add(coin)),
    setPrices: (symbol, { mark, last = mark, index = mark }) => {
      const price = (text: string | undefined) => (text === undefined ? undefined : positive(text))
      const [m, l, i] = [price(mark), price(last), price(index)]
      movePrices(state, market(symbol), {
        ...(m === undefined ? {} : { mark: m }),
        ...(l === undefined ? {} : { last: l }),
        ...(i === undefined ? {} : { index: i }),
      })
    },
    setFundingRate: (symbol, rate) => {
      market(symbol).fundingRate = parseDecimal(rate)
    },
    setDepth: (symbol, depth) => {
      market(symbol).depth = depth === undefined ? null : { levels: depth.levels, qty: parseDecimal(depth.qty) }
    },
    setAckDelay: (ms) => {
      state.ackDelayMs = ms
    },
    setReduceOnly: (account, symbol, isReduceOnly) => {
      const position = positionOf(of(account), market(symbol))
      position.isReduceOnly = isReduceOnly
      notePosition(state, of(account), position)
    },
    tradeByHand: (account, symbol, side, qty) =>
      orderByHand(state, of(account), { symbol, side, qty, orderType: 'Market' }),
    closeByHand: (account, symbol) => closeByHand(state, of(account), market(symbol)),
    cancelByHand: (account, reference) => endOrder(state, openOrder(of(account), reference), 'CancelByUser'),
    fillByHand: (account, reference, qty) => {
      const order = openOrder(of(account), reference)
      if (!isResting(order))
        throw new VenueControlError(`Expected an order in the book, saw one that is ${order.status}.`)
      fillMaker(state, order, positive(qty))
    },
    tripStop: (account, symbol) => tripStop(state, of(account), market(symbol)),
    liquidate: (account, symbol) => forced(account, symbol, LIQUIDATION),
    autoDeleverage: (account, symbol, qty) => forced(account, symbol, DELEVERAGING, qty),
    adminClose: (account, symbol) => forced(account, symbol, ADMIN_CLOSING),
    restart: () => {
      for (const account of state.accounts.values()) account.recentSince = state.time + 1
    },
  }
}

/** Finds a market. @throws VenueControlError */
export function marketOf(state: VenueState, symbol: string): MarketState {
  const market = state.markets.get(symbol)
  if (market === undefined) {
    throw new VenueControlError(`Expected one of ${[...state.markets.keys()].join(', ')}, saw "${symbol}".`)
  }
  return market
}

function positive(text: string): Decimal {
  const value = parseDecimal(text)
  if (!value.gt(0)) throw new VenueControlError(`Expected a positive decimal, saw "${text}".`)
  return value
}

function closedOr(symbol: string, orderId: string | undefined): string {
  if (orderId === undefined) throw new VenueControlError(`Expected a position in ${symbol}, saw none.`)
  return orderId
}

function openOrder(account: AccountState, { orderId = '', orderLinkId = '' }: Omit<OrderReference, 'symbol'>): Order {
  const order = account.byId.get(orderId) ?? account.byLinkId.get(orderLinkId)
  if (order === undefined || !isOpen(order)) {
    throw new VenueControlError(`Expected an open order, saw none with id "${orderId}" or link id "${orderLinkId}".`)
  }
  return order
}

function closeByHand(state: VenueState, account: AccountState, market: MarketState): string {
  const { size } = positionOf(account, market).holding
  if (size.isZero()) throw new VenueControlError(`Expected a position in ${market.instrument.symbol}, saw none.`)
  return orderByHand(state, account, {
    symbol: market.instrument.symbol,
    side: size.isNegative() ? 'Buy' : 'Sell',
    orderType: 'Market',
    qty: '0',
    reduceOnly: true,
    closeOnTrigger: true,
  })
}

function orderByHand(state: VenueState, account: AccountState, request: OrderRequest): string {
  const draft = draftOrder(state, account, request)
  if (isRefusal(draft)) throw new VenueControlError(`The venue refuses the order: ${draft.retCode} ${draft.retMsg}.`)
  const order = recordOrder(state, draft)
  placeOrder(state, order)
  return order.orderId
}

function transferIn(state: VenueState, account: AccountState, coin: string, amount: Decimal): void {
  const nothing: DecimalString = ZERO_STRING
  bookCash(state, account, {
    type: 'TRANSFER_IN',
    symbol: '',
    side: 'None',
    currency: coin,
    qty: toDecimalString(amount),
    size: nothing,
    tradePrice: nothing,
    funding: nothing,
    fee: toDecimalString(ZERO),
    feeRate: nothing,
    cashFlow: toDecimalString(amount),
    tradeId: '',
    orderId: '',
    orderLinkId: '',
  })
}
