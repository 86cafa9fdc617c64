/** What happens by itself: acknowledged requests taking effect and funding; each at its own moment, in time order. */
import { passTime } from '#simulators/venue/time-steps.ts'
import { nextFunding, settleFunding } from './funding.ts'
import { liquidateBroke } from './liquidation.ts'
import type { VenueState } from './state.ts'
import { endStep } from './end-step.ts'
import { fireArmed } from './triggers.ts'

/** Next moment at which something is due, ms. */
export function nextDue(state: VenueState): number {
  return Math.min(state.nextFundingAt, state.pending[0]?.due ?? Infinity)
}

/** Does everything due until the clock's now, each at its own time, then sets the venue's time to now. */
export function settle(state: VenueState): void {
  const happen = (due: number) => {
    runDue(state, due)
    fireArmed(state)
    endStep(state)
  }
  passTime(state, () => nextDue(state), happen)
}

function runDue(state: VenueState, due: number): void {
  const effect = state.pending[0]
  if (effect !== undefined && effect.due === due) {
    state.pending.shift()
    effect.run()
    return
  }
  settleFunding(state)
  liquidateBroke(state)
  state.nextFundingAt = nextFunding(due)
}
