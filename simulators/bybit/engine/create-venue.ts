/** Assembles a venue: every call first does what is due, and every change ends a step with its events. */
import { VenueControlError } from '#simulators/venue/control-command.ts'
import { inSteps } from '#simulators/venue/time-steps.ts'
import { amendOrder } from './amend-order.ts'
import { createState } from './create-state.ts'
import { nextDue, settle } from './due.ts'
import { createOracle } from './ledger-oracle.ts'
import { createOperator } from './operator.ts'
import type { EngineOptions } from './options.ts'
import { cancelAll, cancelOrder, createOrder } from './orders.ts'
import { createAccountReads, createMarketReads } from './reads.ts'
import { setLeverage, switchMode, tradingStop } from './settings.ts'
import type { AccountState, VenueState } from './state.ts'
import { endStep } from './end-step.ts'
import { fireArmed } from './triggers.ts'
import type { Trading, Venue } from './venue.ts'

/** A new, independent venue. Same options, clock readings and calls give the same venue, to the byte. */
export function createVenue(options: EngineOptions): Venue {
  const state = createState(options)
  const of = (name: string) => accountOf(state, name)
  return {
    now: () => options.clock.now(),
    settle: () => settle(state),
    nextDue: () => nextDue(state),
    subscribe: (listener) => {
      state.listeners.add(listener)
      return () => {
        state.listeners.delete(listener)
      }
    },
    trading: settling(state, createTrading(state, of)),
    account: settling(state, createAccountReads(state, of)),
    market: settling(state, createMarketReads(state)),
    operator: settling(state, createOperator(state, of)),
    oracle: settling(state, createOracle(state, of)),
  }
}

function createTrading(state: VenueState, of: (account: string) => AccountState): Trading {
  return {
    create: (account, request) => createOrder(state, of(account), request),
    amend: (account, request) => amendOrder(state, of(account), request),
    cancel: (account, reference) => cancelOrder(state, of(account), reference),
    cancelAll: (account, symbol) => cancelAll(state, of(account), symbol),
    setLeverage: (account, request) => setLeverage(state, of(account), request),
    switchMode: (_account, mode) => switchMode(mode),
    tradingStop: (account, request) => tradingStop(state, of(account), request),
  }
}

function accountOf(state: VenueState, name: string): AccountState {
  const account = state.accounts.get(name)
  if (account === undefined) {
    throw new VenueControlError(
      `Expected an account of this venue (${[...state.accounts.keys()].join(', ')}), saw "${name}".`,
    )
  }
  return account
}

/** The same functions, each settling first and ending the step after. */
function settling<T extends object>(state: VenueState, calls: T): T {
  return inSteps(calls, (call) => {
    settle(state)
    try {
      const answer = call()
      fireArmed(state)
      return answer
    } finally {
      endStep(state)
    }
  })
}
