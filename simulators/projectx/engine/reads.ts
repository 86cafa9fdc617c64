/** Market and account reads (venue.ts) over the state. */
import { barsOf } from './bars.ts'
import { expiriesOf, type ContractSpec } from './contracts.ts'
import { contractOf } from './create-state.ts'
import { compareMoments } from './moment.ts'
import type { AccountRow, OrderRow } from './record.ts'
import { accountRow, contractRow, positionRow, quoteRow, tradeRow } from './rows.ts'
import type { AccountState, VenueState } from './state.ts'
import type { AccountReads, MarketReads } from './venue.ts'

const SEARCH_LIMIT = 20

export function createMarketReads(state: VenueState): MarketReads {
  const unexpired = (): readonly ContractSpec[] =>
    [...state.products.values()].flatMap((product) =>
      expiriesOf(product, state.moment.ms).filter(({ expiry }) => expiry > state.moment.ms),
    )
  return {
    available: () => unexpired().map((spec) => contractRow({ spec }, state.moment.ms)),
    search: (text) => {
      const wanted = text.toUpperCase()
      return unexpired()
        .filter(({ id, name, description }) => `${id} ${name} ${description}`.toUpperCase().includes(wanted))
        .slice(0, SEARCH_LIMIT)
        .map((spec) => contractRow({ spec }, state.moment.ms))
    },
    contract: (id) => {
      const contract = contractOf(state, id)
      return contract === undefined ? undefined : contractRow(contract, state.moment.ms)
    },
    quote: (id) => {
      const contract = contractOf(state, id)
      return contract === undefined ? undefined : quoteRow(contract, state.moment)
    },
    bars: (id, request) => {
      const contract = contractOf(state, id)
      return contract === undefined ? [] : barsOf(state, contract, request)
    },
  }
}

export function createAccountReads(state: VenueState): AccountReads {
  const of = (accountId: number): AccountState => {
    const account = state.accounts.get(accountId)
    if (account === undefined) throw new RangeError(`Expected an account id, saw ${accountId}.`)
    return account
  }
  return {
    accounts: (userName, asOf) =>
      [...state.accounts.values()]
        .filter((account) => account.userName === userName)
        .map((account) => accountAsOf(account, asOf)),
    owns: (userName, accountId) => state.accounts.get(accountId)?.userName === userName,
    orders: (accountId, asOf = Infinity) =>
      of(accountId)
        .orders.map(({ history }) => history.findLast(({ updateTimestamp }) => updateTimestamp.ms <= asOf))
        .filter((row): row is OrderRow => row !== undefined),
    positions: (accountId, asOf) => {
      const account = of(accountId)
      if (asOf !== undefined) return account.snapshots.findLast(({ ms }) => ms <= asOf)?.positions ?? []
      return [...account.positions.values()].map((position) => positionRow(account, position))
    },
    trades: (accountId, { start, end }, asOf = Infinity) => {
      const account = of(accountId)
      return account.trades
        .filter(
          ({ created }) => compareMoments(created, start) >= 0 && (end === null || compareMoments(created, end) <= 0),
        )
        .filter(({ created }) => created.ms <= asOf)
        .map((trade) => tradeRow(account, trade))
        .toReversed()
    },
  }
}

function accountAsOf(account: AccountState, asOf: number | undefined): AccountRow {
  const row = accountRow(account)
  if (asOf === undefined) return row
  const past = account.snapshots.findLast(({ ms }) => ms <= asOf) ?? account.snapshots[0]
  return past === undefined ? row : { ...row, balance: past.balance, canTrade: past.canTrade }
}
