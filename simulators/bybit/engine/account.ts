/** Accounts: their positions, cash, margin and equity. */
import { Decimal, ZERO, ZERO_STRING, toDecimalString } from '#domain/decimal.ts'
import { isOpen, isResting, reduces } from './order-status.ts'
import { averagePrice, FLAT, money, unrealised } from './position.ts'
import type { CoinBalance, PositionView } from './record.ts'
import type { AccountState, MarketState, Order, PositionState, VenueState } from './state.ts'
import { emit } from './step.ts'

/** Leverage of a symbol until it is set. */
const DEFAULT_LEVERAGE = '10'
/** Share of a position's value that must stay covered by equity (lowest risk tier). */
export const MAINTENANCE_RATE = '0.005'

/** The account's position in a market; made, flat, when it has none. */
export function positionOf(account: AccountState, market: MarketState): PositionState {
  const { symbol } = market.instrument
  let position = account.positions.get(symbol)
  if (position === undefined) {
    position = {
      market,
      holding: FLAT,
      leverage: new Decimal(DEFAULT_LEVERAGE),
      takeProfit: null,
      stopLoss: null,
      curRealised: ZERO,
      cumRealised: ZERO,
      isReduceOnly: false,
      seq: -1,
      createdTime: 0,
      history: [],
    }
    account.positions.set(symbol, position)
  }
  return position
}

/** How much of the position an order of this side can close; zero when it would open. */
export function closableQty(order: Pick<Order, 'account' | 'market' | 'side'>): Decimal {
  const { size } = positionOf(order.account, order.market).holding
  return size.isZero() || size.isNegative() !== (order.side === 'Buy') ? ZERO : size.abs()
}

/** Records how the position stands and tells it; the venue does so on every order of the symbol, changed or not. */
export function notePosition(state: VenueState, account: AccountState, position: PositionState): void {
  const view = positionView(position, state.time)
  const mark = toDecimalString(position.market.mark)
  position.history.push(view)
  emit(state, () => ({ type: 'position', account: account.name, position: view, mark }))
}

/** The position as it stands. */
export function positionView(position: PositionState, time: number): PositionView {
  const { holding, market } = position
  return {
    symbol: market.instrument.symbol,
    size: toDecimalString(holding.size),
    avgPrice: toDecimalString(averagePrice(holding)),
    cost: toDecimalString(holding.cost),
    leverage: toDecimalString(position.leverage),
    takeProfit: toDecimalString(exitPrice(position.takeProfit)),
    stopLoss: toDecimalString(exitPrice(position.stopLoss)),
    curRealisedPnl: toDecimalString(position.curRealised),
    cumRealisedPnl: toDecimalString(position.cumRealised),
    isReduceOnly: position.isReduceOnly,
    seq: position.seq,
    createdTime: position.createdTime,
    updatedTime: time,
  }
}

/** Trigger of a whole-position exit that stands; zero when there is none. */
function exitPrice(exit: Order | null): Decimal {
  return exit === null || !isOpen(exit) ? ZERO : (exit.trigger?.price ?? ZERO)
}

/** Cash of a coin. */
export function balance(account: AccountState, coin: string): Decimal {
  return account.balances.get(coin) ?? ZERO
}

/** Unrealised result over all positions at their marks, USDT. */
export function openResult(account: AccountState): Decimal {
  return sum([...account.positions.values()].map(({ holding, market }) => unrealised(holding, market.mark)))
}

/** Cash and unrealised result, USDT. */
export function equityOf(account: AccountState): Decimal {
  return balance(account, 'USDT').plus(openResult(account))
}

/** USDT that must stay covered by equity lest the account is liquidated. */
export function maintenanceMargin(account: AccountState): Decimal {
  return sum([...account.positions.values()].map((position) => money(positionValue(position).times(MAINTENANCE_RATE))))
}

/** USDT free for new orders. */
export function availableMargin(account: AccountState): Decimal {
  return equityOf(account).minus(positionMargin(account)).minus(orderMargin(account))
}

/** Margin that an order to open `qty` at `price` takes, USDT. */
export function marginFor(account: AccountState, market: MarketState, qty: Decimal, price: Decimal): Decimal {
  return money(qty.times(price).div(positionOf(account, market).leverage))
}

/** One coin of the wallet. */
export function coinBalance(state: VenueState, account: AccountState, coin: string): CoinBalance {
  const isSettle = coin === 'USDT'
  const wallet = balance(account, coin)
  const open = isSettle ? openResult(account) : ZERO
  const equity = wallet.plus(open)
  const realised = isSettle ? sum([...account.positions.values()].map(({ cumRealised }) => cumRealised)) : ZERO
  const text = (value: Decimal) => toDecimalString(value)
  return {
    coin,
    walletBalance: text(wallet),
    equity: text(equity),
    unrealisedPnl: text(open),
    cumRealisedPnl: text(realised),
    usdValue: state.unvalued.has(coin) ? ZERO_STRING : text(money(equity.times(isSettle ? 1 : state.mntPrice))),
    orderMargin: text(isSettle ? orderMargin(account) : ZERO),
    positionMargin: text(isSettle ? positionMargin(account) : ZERO),
    maintenanceMargin: text(isSettle ? maintenanceMargin(account) : ZERO),
  }
}

function positionMargin(account: AccountState): Decimal {
  return sum([...account.positions.values()].map((position) => money(positionValue(position).div(position.leverage))))
}

function positionValue({ holding, market }: PositionState): Decimal {
  return holding.size.abs().times(market.mark)
}

function orderMargin(account: AccountState): Decimal {
  let total: Decimal = ZERO
  for (const { market } of account.positions.values()) {
    for (const order of market.open) {
      if (order.account !== account || !isResting(order) || reduces(order)) continue
      total = total.plus(marginFor(account, market, order.leaves, order.price))
    }
  }
  return total
}

function sum(values: readonly Decimal[]): Decimal {
  return values.reduce((total, value) => total.plus(value), ZERO)
}
