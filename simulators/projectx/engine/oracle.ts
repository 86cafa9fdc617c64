/** The venue's complete ledger (ledger-oracle.ts) over the state. */
import { ZERO, toDecimalString } from '#domain/decimal.ts'
import type { AccountLedger, EquityIdentity, LedgerOracle, OrderHistory } from './ledger-oracle.ts'
import { namedAccount, namedContract } from './lookup.ts'
import { equityOf, openPnl } from './money.ts'
import { accountRow, orderRow, positionRow, tradeRow } from './rows.ts'
import type { AccountState, Order, VenueState } from './state.ts'

export function createOracle(state: VenueState): LedgerOracle {
  return {
    accounts: () =>
      [...state.accounts.values()].map((account) => ({ ...accountRow(account), userName: account.userName })),
    ledger: (name) => ledgerOf(namedAccount(state, name)),
    ordersByTag: (name, customTag) =>
      namedAccount(state, name)
        .orders.filter((order) => order.customTag === customTag)
        .map(historyOf),
    netPosition: (name) => {
      const contract = namedContract(state, name)
      let net = contract.house
      for (const { positions } of state.accounts.values()) net += positions.get(contract.spec.id)?.signed ?? 0
      return net
    },
  }
}

function ledgerOf(account: AccountState): AccountLedger {
  return {
    account: accountRow(account),
    userName: account.userName,
    lock: account.lock,
    orders: account.orders.map(historyOf),
    trades: account.trades.map((trade) => tradeRow(account, trade)),
    positions: [...account.positions.values()].map((position) => positionRow(account, position)),
    equity: identityOf(account),
  }
}

function historyOf(order: Order): OrderHistory {
  return {
    order: orderRow(order),
    origin: order.origin,
    rejection: order.rejection,
    statuses: order.history.map(({ status, updateTimestamp }) => ({ status, time: updateTimestamp })),
  }
}

function identityOf(account: AccountState): EquityIdentity {
  const booked = account.trades.filter(({ voided }) => !voided)
  const open = [...account.positions.values()].reduce((sum, position) => sum.plus(openPnl(position)), ZERO)
  return {
    deposits: toDecimalString(account.deposits),
    profitAndLoss: toDecimalString(booked.reduce((sum, { pnl }) => sum.plus(pnl ?? ZERO), ZERO)),
    fees: toDecimalString(booked.reduce((sum, { fees }) => sum.plus(fees), ZERO)),
    commissions: toDecimalString(booked.reduce((sum, { commissions }) => sum.plus(commissions), ZERO)),
    openPnl: toDecimalString(open),
    balance: toDecimalString(account.balance),
    equity: toDecimalString(equityOf(account)),
  }
}
