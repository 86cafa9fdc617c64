/** The venue's complete ledger (ledger-oracle.ts) over the state. */
import { type Decimal, ZERO, sumDecimals, toDecimalString } from '#domain/decimal.ts'
import { newAccount } from './account.ts'
import type { Address } from './action.ts'
import type { AccountLedger, EquityIdentity, LedgerOracle, OrderHistory } from './ledger-oracle.ts'
import { marginFigures, markOf } from './margin.ts'
import { orderView } from './order-record.ts'
import { entryPrice, unrealized } from './position.ts'
import type { AccountState, Order, VenueState } from './state.ts'

export function createOracle(state: VenueState): LedgerOracle {
  return {
    accounts: () => [...state.accounts.keys()],
    ledger: (user) => ledgerOf(state, user),
    ordersByCloid: (user, cloid) =>
      (state.accounts.get(user)?.byCloid.get(cloid.toLowerCase()) ?? []).map(orderHistory),
    actions: () => [...state.actions],
    netPosition: (coin) => {
      let net: Decimal = state.house.positions.get(coin)?.szi ?? ZERO
      for (const account of state.accounts.values()) net = net.plus(account.positions.get(coin)?.szi ?? ZERO)
      return toDecimalString(net)
    },
  }
}

function orderHistory(order: Order): OrderHistory {
  return {
    order: orderView(order),
    filledSz: toDecimalString(order.filledSz),
    statuses: order.statuses.map((entry) => ({ ...entry })),
    origin: order.origin,
  }
}

function ledgerOf(state: VenueState, user: Address): AccountLedger {
  const account = state.accounts.get(user) ?? newAccount(user, 'user')
  const positions = [...account.positions.values()].filter((position) => !position.szi.isZero())
  return {
    user,
    orders: account.orders.map(orderHistory),
    fills: [...account.fills],
    funding: [...account.funding],
    updates: [...account.updates],
    positions: positions.map(({ instrument, szi, cost }) => ({
      coin: instrument.name,
      szi: toDecimalString(szi),
      entryPx: toDecimalString(entryPrice({ szi, cost }, instrument.szDecimals)),
    })),
    equity: equityIdentity(state, account),
  }
}

/** Every term from the rows themselves, except `accountValue`, which is the balance the venue computes with. Spot rows do not count. */
function equityIdentity(state: VenueState, account: AccountState): EquityIdentity {
  const perpFills = account.fills.filter((fill) => state.coins.has(fill.coin))
  let unrealizedSum: Decimal = ZERO
  for (const [coin, position] of account.positions) {
    unrealizedSum = unrealizedSum.plus(unrealized(position, markOf(state, coin)))
  }
  return {
    transfers: toDecimalString(sumDecimals(account.updates.map(({ effect }) => effect))),
    closedPnl: toDecimalString(sumDecimals(perpFills.map(({ closedPnl }) => closedPnl))),
    fees: toDecimalString(sumDecimals(perpFills.map(({ fee }) => fee))),
    funding: toDecimalString(sumDecimals(account.funding.map(({ usdc }) => usdc))),
    unrealized: toDecimalString(unrealizedSum),
    accountValue: toDecimalString(marginFigures(state, account).accountValue),
  }
}
