/** What happens by itself: funding on the hour, price path steps, scheduled cancels; each at its own moment, in time order. */
import { passTime } from '#simulators/venue/time-steps.ts'
import { runScheduledCancel } from './cancel-action.ts'
import { nextHour, settleFunding } from './funding.ts'
import { moveMark } from './marks.ts'
import { coinOf } from './place-order.ts'
import type { AccountState, PathState, VenueState } from './state.ts'
import { endStep } from './step.ts'
import { fireArmed } from './triggers.ts'

/** Next moment at which something is due, ms. */
export function nextDue(state: VenueState): number {
  let next = state.nextFundingAt
  for (const path of state.paths) if (path.next !== undefined) next = Math.min(next, path.next.time)
  for (const account of state.scheduled) next = Math.min(next, account.scheduledCancel ?? next)
  return next
}

/** Does everything due until the clock's now, each at its own time, then sets the venue's time to now. Time never runs back. */
export function settle(state: VenueState): void {
  const happen = (due: number) => {
    runDue(state, due)
    fireArmed(state)
    endStep(state)
  }
  passTime(state, () => nextDue(state), happen)
}

/** One thing at a time: funding before prices before scheduled cancels when they share a moment. */
function runDue(state: VenueState, due: number): void {
  if (state.nextFundingAt === due) {
    settleFunding(state)
    state.nextFundingAt = nextHour(due)
    return
  }
  const path = state.paths.find((candidate) => candidate.next?.time === due)
  if (path !== undefined) {
    stepPath(state, path)
    return
  }
  const account = [...state.scheduled].find((candidate) => candidate.scheduledCancel === due)
  if (account !== undefined) runSchedule(state, account)
}

function stepPath(state: VenueState, path: PathState): void {
  const { next } = path
  if (next === undefined) return
  const coin = coinOf(state, path.coin)
  const px = next.px(coin.mark)
  path.next = path.advance()
  if (path.next === undefined) state.paths.splice(state.paths.indexOf(path), 1)
  moveMark(state, coin, px)
}

function runSchedule(state: VenueState, account: AccountState): void {
  state.scheduled.delete(account)
  runScheduledCancel(state, account)
}
