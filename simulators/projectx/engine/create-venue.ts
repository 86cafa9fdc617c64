/** Makes a venue: every call first does what is due, then acts, then delivers its events. */
import { inSteps } from '#simulators/venue/time-steps.ts'
import { cancelByRequest, modifyByRequest } from './change.ts'
import { closeByRequest } from './close.ts'
import { createState } from './create-state.ts'
import { nextDue, settle } from './due.ts'
import { createOperator } from './operator.ts'
import type { EngineOptions } from './options.ts'
import { createOracle } from './oracle.ts'
import { placeOrder } from './place.ts'
import { createAccountReads, createMarketReads } from './reads.ts'
import type { VenueState } from './state.ts'
import { endStep } from './step.ts'
import type { Trading, Venue } from './venue.ts'

/** A new, independent venue. Same options, clock readings and calls give the same venue, to the byte. */
export function createVenue(options: EngineOptions): Venue {
  const state = createState(options)
  const trading: Trading = {
    place: (userName, request) => placeOrder(state, userName, request),
    modify: (userName, request) => modifyByRequest(state, userName, request),
    cancel: (userName, request) => cancelByRequest(state, userName, request),
    close: (userName, request) => closeByRequest(state, userName, request),
  }
  return {
    now: () => options.clock.now(),
    settle: () => {
      settle(state, false)
    },
    nextDue: () => nextDue(state),
    subscribe: (listener) => {
      state.listeners.add(listener)
      return () => {
        state.listeners.delete(listener)
      }
    },
    market: settling(state, createMarketReads(state), false),
    trading: settling(state, trading, true),
    account: settling(state, createAccountReads(state), false),
    operator: settling(state, createOperator(state), true),
    oracle: settling(state, createOracle(state), false),
  }
}

/** The same functions, each settling first and ending the step after. */
function settling<T extends object>(state: VenueState, calls: T, areActs: boolean): T {
  return inSteps(calls, (call) => {
    settle(state, areActs)
    try {
      return call()
    } finally {
      endStep(state)
    }
  })
}
