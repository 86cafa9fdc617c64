/** A venue time as rows carry it: ms and the four digits below, so that rows of one ms keep their order (100 ns on the wire). */

/** A moment. `tick` counts 100 ns within the ms, 0 to 9999. */
export interface Moment {
  readonly ms: number
  readonly tick: number
}

/** Negative when `a` is earlier. */
export function compareMoments(a: Moment, b: Moment): number {
  return a.ms - b.ms || a.tick - b.tick
}

/** The moment of the next step at `ms`: later than the last one, and seldom on a whole ms, as at the venue. */
export function nextMoment(last: Moment, ms: number): Moment {
  if (last.ms >= ms) return last.tick === 9999 ? { ms: last.ms + 1, tick: 0 } : { ms: last.ms, tick: last.tick + 1 }
  return { ms, tick: (ms * 7919) % 5000 }
}
