/** What accounts and the public may read: plain copies, now or as of a moment gone by. */
import { ZERO_STRING } from '#domain/decimal.ts'
import { coinBalance, positionView } from './account.ts'
import { priceView } from './price-view.ts'
import type { PositionView } from './record.ts'
import type { AccountState, PositionState, VenueState } from './state.ts'
import type { AccountReads, AsOf, MarketReads } from './venue.ts'

/** Account reads; `of` finds an account or throws. */
export function createAccountReads(state: VenueState, of: (account: string) => AccountState): AccountReads {
  return {
    orders: (name, asOf) =>
      of(name)
        .orders.map(({ history }) => latest(history, asOf, ({ updatedTime }) => updatedTime))
        .filter((view) => view !== undefined)
        .toReversed(),
    executions: (name, asOf) =>
      of(name)
        .executions.filter(({ execTime }) => execTime <= (asOf ?? Infinity))
        .toReversed(),
    closedPnl: (name) =>
      [...of(name).closedPnl.values()]
        .map(({ closed }) => closed)
        .filter((closed) => closed !== null)
        .toSorted((a, b) => b.updatedTime - a.updatedTime),
    transactionLog: (name) => of(name).ledger.toReversed(),
    positions: (name, asOf) => [...of(name).positions.values()].map((position) => positionAsOf(state, position, asOf)),
    balances: (name) => {
      const account = of(name)
      return [...account.balances.keys()].map((coin) => coinBalance(state, account, coin))
    },
    recentSince: (name) => of(name).recentSince,
    uid: (name) => of(name).uid,
  }
}

/** Market reads. */
export function createMarketReads(state: VenueState): MarketReads {
  return {
    instruments: () => [...state.markets.values()].map(({ instrument }) => instrument),
    instrument: (symbol) => state.markets.get(symbol)?.instrument,
    prices: (symbol) => {
      const market = state.markets.get(symbol)
      return market === undefined ? undefined : priceView(state, market)
    },
  }
}

function latest<Row>(history: readonly Row[], asOf: AsOf, timeOf: (row: Row) => number): Row | undefined {
  return asOf === undefined ? history.at(-1) : history.findLast((row) => timeOf(row) <= asOf)
}

/** Before its first change a position was flat. */
function positionAsOf(state: VenueState, position: PositionState, asOf: AsOf): PositionView {
  if (asOf === undefined)
    return { ...positionView(position, state.time), updatedTime: position.history.at(-1)?.updatedTime ?? 0 }
  const past = latest(position.history, asOf, ({ updatedTime }) => updatedTime)
  const never = {
    size: ZERO_STRING,
    avgPrice: ZERO_STRING,
    cost: ZERO_STRING,
    takeProfit: ZERO_STRING,
    stopLoss: ZERO_STRING,
  }
  return past ?? { ...positionView(position, 0), ...never, seq: -1 }
}
