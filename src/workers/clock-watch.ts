/**
 * Compares our clock with the venue's on reads that are made anyway: a clock that is off stops new exposure with one critical alert,
 * which the next good reading of a sweep ends. Exits go out whatever the clock says.
 */
import { type ClockReading, clockObjection } from '#domain/clock-offset.ts'
import type { AccountId } from '#domain/ids.ts'
import type { Envelope } from '#domain/message.ts'
import type { Tools } from './worker.ts'
import { type AlertCause, endAlone, raiseAlone } from './writes.ts'

/** Raises or ends the account's alert; answers what is to be delivered. @throws BookUnavailable, StaleWrite when the alert moved meanwhile */
export async function watchClock(
  account: AccountId,
  reading: ClockReading,
  tools: Tools,
): Promise<readonly Envelope[]> {
  const objection = clockObjection(reading, tools.account(account).broker.capabilities.clockBoundMs)
  if (objection !== null) return await raiseClockAlert(account, objection, tools)
  await endAlone(tools.book, causeOf(account, ''), tools.now())
  return []
}

/** Raises the alert unless it stands; answers its delivery. @throws BookUnavailable, StaleWrite when the alert moved meanwhile */
export async function raiseClockAlert(
  account: AccountId,
  objection: string,
  tools: Tools,
): Promise<readonly Envelope[]> {
  return await raiseAlone(tools.book, causeOf(account, objection), tools.now())
}

function causeOf(account: AccountId, objection: string): AlertCause {
  return {
    severity: 'critical',
    kind: 'clock-offset',
    account,
    instrument: null,
    positionId: null,
    occurrence: 'clock',
    title: `Our clock and the venue's of ${account} are apart`,
    detail: `As read: ${objection}. No entry goes out until they agree; exits do. Synchronise the clock (NTP); if it is right, the venue answers with old state.`,
  }
}
