/** How a venue's time passes: what is due happens at its own moment, in order, before anybody's call. */
import type { VenueClock } from './driven-clock.ts'

/** A venue's time, ms: the moment of the step under way, and the clock it follows. */
export interface VenueTime {
  time: number
  readonly clock: VenueClock
}

/**
 * Has everything due until the clock's now happen, each at its own time, then sets the venue's time to now. Time never runs back.
 * `nextDue` is the next moment (Infinity: none), `happen` does what is due then and moves `nextDue` on.
 */
export function passTime(state: VenueTime, nextDue: () => number, happen: (due: number) => void): void {
  const now = Math.max(state.time, state.clock.now())
  for (let due = nextDue(); due <= now; due = nextDue()) {
    state.time = Math.max(state.time, due)
    happen(due)
  }
  state.time = now
}

/** The same functions, each run inside `step`: what a venue does before and after every call. */
export function inSteps<T extends object>(calls: T, step: (call: () => unknown) => unknown): T {
  const wrapped = Object.entries(calls).map(([name, call]: [string, (...args: unknown[]) => unknown]) => [
    name,
    (...args: unknown[]): unknown => step(() => call(...args)),
  ])
  return Object.fromEntries(wrapped) as T
}
