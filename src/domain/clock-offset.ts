/**
 * How far our clock is off a venue's (failure case H5). Our clock writes deadlines, nonces and windows, the venue's judges them: too far
 * apart, orders are refused, or stay possible longer than we believe. Pure; all instants in ms since epoch.
 */

/**
 * How far the newest rows of a venue may lie in our future, ms: whoever reads up to now reads so much further, or what its clock stamped
 * ahead of ours is missing from this reading (and a baseline that rests on it is wrong for good).
 */
export const VENUE_AHEAD_MS = 60_000

/** One question to a venue, by our clock, and the venue's own time in its answer. */
export interface ClockReading {
  readonly askedAt: number
  readonly answeredAt: number
  readonly venueTime: number
}

/** The least that our clock is ahead of the venue's, negative when behind, ms; 0 while the venue's time lies within the question. */
export function clockOffsetOf({ askedAt, answeredAt, venueTime }: ClockReading): number {
  if (venueTime < askedAt) return askedAt - venueTime
  return venueTime > answeredAt ? answeredAt - venueTime : 0
}

/** Why no entry may go out by this clock; null while it is within the bound, ms. Never asked for exits. */
export function clockObjection(reading: ClockReading, boundMs: number): string | null {
  const offset = clockOffsetOf(reading)
  if (Math.abs(offset) <= boundMs) return null
  return `our clock is ${Math.abs(offset)} ms ${offset < 0 ? 'behind' : 'ahead of'} the venue's, more than ${boundMs} ms`
}
