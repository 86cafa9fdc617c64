/** Assembles a venue: every call first does what is due, and every change ends a step with its events. */
import { inSteps } from '#simulators/venue/time-steps.ts'
import { createAccountReads } from './account-reads.ts'
import { createState } from './create-state.ts'
import { nextDue, settle } from './due.ts'
import { createMarketReads } from './market-reads.ts'
import { createOperator } from './operator.ts'
import { createOracle } from './oracle.ts'
import type { VenueOptions } from './options.ts'
import type { VenueState } from './state.ts'
import { endStep } from './step.ts'
import { submit } from './submit.ts'
import { fireArmed } from './triggers.ts'
import type { Venue } from './venue.ts'

/** A new, independent venue. Same options, clock readings and calls give the same venue, to the byte. */
export function createVenue(options: VenueOptions): Venue {
  const state = createState(options)
  return {
    now: () => options.clock.now(),
    settle: () => {
      settle(state)
    },
    nextDue: () => nextDue(state),
    submit: (request) => {
      settle(state)
      return submit(state, request)
    },
    subscribe: (listener) => {
      state.listeners.add(listener)
      return () => {
        state.listeners.delete(listener)
      }
    },
    market: settling(state, createMarketReads(state)),
    account: settling(state, createAccountReads(state)),
    operator: settling(state, createOperator(state)),
    oracle: settling(state, createOracle(state)),
  }
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
