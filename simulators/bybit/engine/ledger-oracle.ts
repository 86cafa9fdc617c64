/** The venue's own complete ledger of one account: the truth that tests compare with. */
import { type Decimal, type DecimalString, sumDecimals, toDecimalString, ZERO } from '#domain/decimal.ts'
import { balance, equityOf, openResult } from './account.ts'
import { isOpen } from './order-status.ts'
import { orderView } from './order.ts'
import type { ClosedPnl, Execution, LedgerRow, OrderView } from './record.ts'
import type { AccountState, Order, VenueState } from './state.ts'
import type { OrderStatus } from './vocabulary.ts'

/** An order with all it went through. */
export interface OracleOrder extends OrderView {
  /** False until the acknowledgement has taken effect. */
  readonly effective: boolean
  /** Whether it rests, sleeps, or is acknowledged and about to. */
  readonly working: boolean
  readonly statuses: readonly { readonly status: OrderStatus; readonly time: number }[]
}

/** transfers + cashFlow - fees + funding = walletBalance; plus unrealised = equity. USDT; fees in MNT are beside it. */
export interface EquityIdentity {
  readonly transfers: DecimalString
  readonly cashFlow: DecimalString
  readonly fees: DecimalString
  readonly funding: DecimalString
  readonly walletBalance: DecimalString
  readonly unrealised: DecimalString
  readonly equity: DecimalString
}

/** Everything about one account; lists are oldest first. */
export interface AccountLedger {
  readonly account: string
  readonly uid: number
  readonly orders: readonly OracleOrder[]
  readonly executions: readonly Execution[]
  readonly transactionLog: readonly LedgerRow[]
  readonly closedPnl: readonly ClosedPnl[]
  /** Signed; flat symbols are absent. */
  readonly positions: readonly { readonly symbol: string; readonly size: DecimalString; readonly cost: DecimalString }[]
  readonly equity: EquityIdentity
}

/** The venue's complete record, whatever its REST answers. */
export interface LedgerOracle {
  accounts(): readonly string[]
  ledger(account: string): AccountLedger
  /** Every order that ever carried the id: more than one means the venue failed. */
  ordersByLinkId(account: string, orderLinkId: string): readonly OracleOrder[]
  /** Signed contracts over all participants including the market maker; "0" by construction of a sound engine. */
  netPosition(symbol: string): DecimalString
}

/** The oracle over a venue's state; `of` finds an account or throws. */
export function createOracle(state: VenueState, of: (account: string) => AccountState): LedgerOracle {
  return {
    accounts: () => [...state.accounts.keys()],
    ledger: (name) => ledgerOf(state, of(name)),
    ordersByLinkId: (name, orderLinkId) =>
      of(name)
        .orders.filter((order) => order.orderLinkId === orderLinkId)
        .map((order) => oracleOrder(state, order)),
    netPosition: (symbol) => netPosition(state, symbol),
  }
}

function ledgerOf(state: VenueState, account: AccountState): AccountLedger {
  const held = [...account.positions.values()].filter(({ holding }) => !holding.size.isZero())
  return {
    account: account.name,
    uid: account.uid,
    orders: account.orders.map((order) => oracleOrder(state, order)),
    executions: [...account.executions],
    transactionLog: [...account.ledger],
    closedPnl: [...account.closedPnl.values()].map(({ closed }) => closed).filter((closed) => closed !== null),
    positions: held.map(({ holding, market }) => ({
      symbol: market.instrument.symbol,
      size: toDecimalString(holding.size),
      cost: toDecimalString(holding.cost),
    })),
    equity: equityIdentity(account),
  }
}

function equityIdentity(account: AccountState): EquityIdentity {
  const rows = account.ledger.filter(({ currency }) => currency === 'USDT')
  const trades = rows.filter(({ type }) => type !== 'TRANSFER_IN')
  const transfers = rows.filter(({ type }) => type === 'TRANSFER_IN')
  const text = (value: Decimal) => toDecimalString(value)
  return {
    transfers: text(sumDecimals(transfers.map(({ change }) => change))),
    cashFlow: text(sumDecimals(trades.map(({ cashFlow }) => cashFlow))),
    fees: text(sumDecimals(trades.map(({ fee }) => fee))),
    funding: text(sumDecimals(trades.map(({ funding }) => funding).filter((funding) => funding !== null))),
    walletBalance: text(balance(account, 'USDT')),
    unrealised: text(openResult(account)),
    equity: text(equityOf(account)),
  }
}

function oracleOrder(state: VenueState, order: Order): OracleOrder {
  const view = order.history.at(-1) ?? orderView(order, state.time)
  const effective = order.status !== 'Created'
  return {
    ...view,
    effective,
    working: !effective || isOpen(order),
    statuses: order.history.map(({ status, updatedTime }) => ({ status, time: updatedTime })),
  }
}

function netPosition(state: VenueState, symbol: string): DecimalString {
  let total: Decimal = state.markets.get(symbol)?.house ?? ZERO
  for (const { positions } of state.accounts.values()) total = total.plus(positions.get(symbol)?.holding.size ?? ZERO)
  return toDecimalString(total)
}
