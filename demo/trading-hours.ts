/** Index futures trade only in hours: a demo that starts outside of them sets every clock back to the last time they were open. */
import { CME_EQUITY_INDEX } from '#domain/session/cme-equity-index.ts'
import { sessionAt } from '#domain/session/session.ts'

const HOUR_MS = 3_600_000
/** Time a demo needs before the session ends or the programme wants to be flat. */
const NEEDED_MS = 5 * HOUR_MS
/** Weekends and holidays together are shorter. */
const LOOK_BACK_HOURS = 7 * 24

/** Ms to add to the wall clock, 0 or negative. */
export function tradingHoursOffset(now: number): number {
  for (let hours = 0; hours < LOOK_BACK_HOURS; hours++) {
    const at = now - hours * HOUR_MS
    const session = sessionAt(CME_EQUITY_INDEX, at)
    if (session.state === 'open' && session.closesAt - at > NEEDED_MS) return -hours * HOUR_MS
  }
  throw new RangeError(
    `Expected trading hours within ${LOOK_BACK_HOURS} hours before ${new Date(now).toISOString()}, found none.`,
  )
}
