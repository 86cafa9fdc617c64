/** Account reads with the venue's caps and retention. An unknown address is an empty account, as on the venue. */
import { toDecimalString } from '#domain/decimal.ts'
import { leverageOf, newAccount } from './account.ts'
import type { Address, Cloid } from './action.ts'
import { agentsOf, liveAgent } from './agents.ts'
import { clearinghouseView } from './clearinghouse.ts'
import { orderState, orderView } from './order-record.ts'
import type { Fill, RoleView } from './record.ts'
import type { AccountState, VenueState } from './state.ts'
import type { AccountReads, TimeRange } from './venue.ts'

export function createAccountReads(state: VenueState): AccountReads {
  const of = (user: Address): AccountState => state.accounts.get(user) ?? newAccount(user, 'user')
  return {
    role: (user) => roleOf(state, user),
    agents: (master) => agentsOf(state, master).map(({ name, address, validUntil }) => ({ name, address, validUntil })),
    abstraction: (user) => of(user).abstraction,
    subAccounts: (master) =>
      [...state.accounts.values()]
        .filter((account) => account.kind === 'subAccount' && account.master === master)
        .map((account) => ({ name: account.subAccountName ?? '', address: account.address })),
    maxBuilderFee: (user, builder) => of(user).builderFees.get(builder) ?? 0,
    clearinghouse: (user) => clearinghouseView(state, of(user)),
    spotUsdc: (user) => toDecimalString(of(user).spotUsdc),
    leverage: (user, coin) => {
      const instrument = state.coins.get(coin)?.instrument
      if (instrument === undefined) return { type: 'cross', value: 1 }
      const { isCross, value } = leverageOf(of(user), instrument)
      return { type: isCross ? 'cross' : 'isolated', value }
    },
    openOrders: (user) => [...of(user).open.values()].toReversed().map(orderView),
    orderStatus: (user, id) => {
      const order = findOrder(of(user), id)
      return order === undefined ? undefined : orderState(order)
    },
    historicalOrders: (user) => of(user).orders.slice(-state.limits.ordersPerAnswer).toReversed().map(orderState),
    fills: (user) => retained(state, of(user)).slice(-state.limits.fillsPerAnswer).toReversed(),
    fillsByTime: (user, range) => page(retained(state, of(user)), range, state.limits.fillsPerAnswer),
    funding: (user, range) => page(of(user).funding, range, state.limits.ledgerPerAnswer),
    ledgerUpdates: (user, range) => page(of(user).updates, range, state.limits.ledgerPerAnswer),
    volume: (user) => toDecimalString(of(user).volume),
  }
}

function roleOf(state: VenueState, user: Address): RoleView {
  const account = state.accounts.get(user)
  if (account?.kind === 'vault') return { role: 'vault' }
  if (account?.kind === 'subAccount') return { role: 'subAccount', master: account.master ?? user }
  if (account !== undefined) return { role: 'user' }
  const agent = liveAgent(state, user)
  return agent === undefined ? { role: 'missing' } : { role: 'agent', user: agent.master }
}

function findOrder(account: AccountState, id: number | Cloid): AccountState['orders'][number] | undefined {
  if (typeof id === 'string') return account.byCloid.get(id.toLowerCase())?.at(-1)
  // Oids rise with placement.
  let low = 0
  let high = account.orders.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((account.orders[middle]?.oid ?? id) < id) low = middle + 1
    else high = middle
  }
  const order = account.orders[low]
  return order?.oid === id ? order : undefined
}

function retained(state: VenueState, account: AccountState): readonly Fill[] {
  const { fills } = account
  return fills.length > state.limits.fillsRetained ? fills.slice(-state.limits.fillsRetained) : fills
}

/** Rows of the range: the oldest `limit`, oldest first; or, reversed, the newest, newest first. Rows are in time order. */
function page<T extends { readonly time: number }>(rows: readonly T[], range: TimeRange, limit: number): T[] {
  const from = firstAtOrAfter(rows, range.startTime)
  const to = range.endTime === undefined ? rows.length : firstAtOrAfter(rows, range.endTime + 1)
  if (range.reversed === true) return rows.slice(Math.max(from, to - limit), to).toReversed()
  return rows.slice(from, Math.min(to, from + limit))
}

function firstAtOrAfter(rows: readonly { readonly time: number }[], time: number): number {
  let low = 0
  let high = rows.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((rows[middle]?.time ?? time) < time) low = middle + 1
    else high = middle
  }
  return low
}
