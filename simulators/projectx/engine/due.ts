/** What happens by itself: the firm's end of the day at 15:10, the next trading day at 17:00, expiries; each at its own moment. */
import { chicagoTime, nextChicago } from './chicago.ts'
import { isOpen } from './admission.ts'
import { STATUS, isAlive } from './codes.ts'
import { nextExpiry } from './contracts.ts'
import { closeAtMarket, flatten, startDay } from './limits.ts'
import { nextMoment } from './moment.ts'
import { cancelOrder } from './orders.ts'
import { tradeOn } from './prices.ts'
import { DAY_START, FLAT_BY, isFirmDay } from './session.ts'
import type { ContractState, VenueState } from './state.ts'
import { endStep } from './step.ts'

/** Next moment at which something is due, ms. */
export function nextDue(state: VenueState): number {
  return Math.min(state.nextFlatBy, state.nextDay, state.nextExpiry)
}

/** Does everything due until the clock's now, each at its own time; then it is now, and for an act a moment of its own. */
export function settle(state: VenueState, isAct: boolean): void {
  const now = state.clock.now()
  for (let due = nextDue(state); due <= now; due = nextDue(state)) {
    state.moment = nextMoment(state.moment, due)
    runDue(state, due)
    endStep(state)
  }
  if (isAct || now > state.moment.ms) state.moment = nextMoment(state.moment, now)
}

function runDue(state: VenueState, due: number): void {
  if (state.nextExpiry === due) {
    state.nextExpiry = nextExpiry(due)
    for (const contract of state.contracts.values()) if (contract.spec.expiry === due) expire(state, contract)
  } else if (state.nextFlatBy === due) {
    state.nextFlatBy = nextChicago(due, FLAT_BY)
    flattenFirmAccounts(state, due)
  } else {
    state.nextDay = nextChicago(due, DAY_START)
    beginDay(state)
  }
}

function flattenFirmAccounts(state: VenueState, due: number): void {
  if (!state.rules.autoLiquidation || !isFirmDay(chicagoTime(due).weekday)) return
  for (const account of state.accounts.values()) if (account.autoLiquidate) flatten(state, account)
}

function beginDay(state: VenueState): void {
  for (const account of state.accounts.values()) startDay(state, account)
  for (const contract of state.contracts.values()) {
    contract.open = contract.last
    contract.high = contract.last
    contract.low = contract.last
    contract.volume = 0
    // Prices may have moved while the market was closed: orders meet them now.
    if (isOpen(state)) tradeOn(state, contract)
  }
}

/** Cash settlement at the last price; what still works expires. */
function expire(state: VenueState, contract: ContractState): void {
  for (const account of state.accounts.values()) {
    for (const order of account.orders) {
      if (order.contract === contract && isAlive(order.status)) cancelOrder(state, order, STATUS.expired)
    }
    const position = account.positions.get(contract.spec.id)
    if (position !== undefined) closeAtMarket(state, account, position)
  }
}
