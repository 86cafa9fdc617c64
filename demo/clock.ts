/**
 * When a demo plays: every clock is set back to shortly before 08:00 UTC of the last day on which index futures trade then. Both
 * perpetual venues pay funding at that hour, so every run has funding in it, and no run depends on when it is started.
 */
import { CME_EQUITY_INDEX } from '#domain/session/cme-equity-index.ts'
import { sessionAt } from '#domain/session/session.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const FUNDING_HOUR = 8
/** From the start to the funding: time to open positions. */
const LEAD_MS = 12_000
/** Time a demo needs before the session ends or the programme wants to be flat. */
const NEEDED_MS = 4 * HOUR_MS
/** Weekends and holidays together are shorter. */
const LOOK_BACK_DAYS = 7

export interface DemoClock {
  /** Ms to add to the wall clock, negative. */
  readonly offsetMs: number
  /** The demo's time of the funding that falls into it, ms. */
  readonly fundingAt: number
}

export function demoClock(now: number): DemoClock {
  const today = Math.floor(now / DAY_MS) * DAY_MS
  for (let days = 0; days <= LOOK_BACK_DAYS; days++) {
    const fundingAt = today - days * DAY_MS + FUNDING_HOUR * HOUR_MS
    const session = sessionAt(CME_EQUITY_INDEX, fundingAt)
    if (fundingAt <= now && session.state === 'open' && session.closesAt - fundingAt > NEEDED_MS)
      return { offsetMs: fundingAt - LEAD_MS - now, fundingAt }
  }
  throw new RangeError(
    `Expected a trading day within ${LOOK_BACK_DAYS} days before ${new Date(now).toISOString()}, found none.`,
  )
}
