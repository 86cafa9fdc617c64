/** The firm's loss limits, measured with open PnL, and how it takes an account out of the market (reference C6 and E2). */
import { Decimal } from '#domain/decimal.ts'
import { ORDER_TYPE, SIDE, isAlive } from './codes.ts'
import { fillByForce } from './match.ts'
import { equityOf } from './money.ts'
import { cancelOrder, newOrder } from './orders.ts'
import type { AccountState, Position, VenueState } from './state.ts'
import { touch } from './step.ts'

/** Flattens and locks accounts whose equity has reached a limit. */
export function enforceLimits(state: VenueState): void {
  for (const account of state.accounts.values()) {
    if (account.lock === 'final') continue
    const breach = breachOf(account)
    if (breach === null || breach === account.lock) continue
    account.lock = breach
    account.canTrade = false
    touch(state, account)
    flatten(state, account)
  }
}

/** Cancels every living order of an account and closes every position, without any tag. */
export function flatten(state: VenueState, account: AccountState): void {
  for (const order of account.orders) if (isAlive(order.status)) cancelOrder(state, order)
  // Cancelling a partly filled entry woke its bracket.
  for (const order of account.orders) if (isAlive(order.status)) cancelOrder(state, order)
  for (const position of account.positions.values()) closeAtMarket(state, account, position)
}

/** Closes a position by the venue's own market order. */
export function closeAtMarket(state: VenueState, account: AccountState, position: Position): void {
  const order = newOrder(state, {
    account,
    contract: position.contract,
    type: ORDER_TYPE.market,
    side: position.signed > 0 ? SIDE.sell : SIDE.buy,
    size: Math.abs(position.signed),
    origin: 'venue',
  })
  fillByForce(state, order)
}

/** A new trading day: the daily limit starts anew, and the highest end-of-day balance moves up. */
export function startDay(state: VenueState, account: AccountState): void {
  account.dayStart = account.balance
  account.highWater = Decimal.max(account.highWater, account.balance)
  if (account.lock !== 'day') return
  account.lock = null
  account.canTrade = true
  touch(state, account)
}

/** The maximum loss trails the end-of-day balance and stops at what was put in. */
function breachOf(account: AccountState): 'day' | 'final' | null {
  const { dailyLoss, maxLoss } = account
  if (dailyLoss === null && maxLoss === null) return null
  const equity = equityOf(account)
  if (maxLoss !== null && equity.lte(Decimal.min(account.highWater.minus(maxLoss), account.deposits))) return 'final'
  return dailyLoss !== null && equity.lte(account.dayStart.minus(dailyLoss)) ? 'day' : null
}
