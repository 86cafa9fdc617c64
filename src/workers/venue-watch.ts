/**
 * Says when a venue does not let an account be read for long: maintenance, an outage, a ban (failure case H4). Nothing is concluded
 * meanwhile and nothing has to be switched: entries wait for their precheck until they are stale, exits wait until the venue answers.
 */
import type { Broker } from '#brokers/broker.ts'
import type { AccountId } from '#domain/ids.ts'
import type { Envelope } from '#domain/message.ts'
import type { Tools } from './worker.ts'
import { type AlertCause, endAlone, raiseAlone } from './writes.ts'

/** So long may sweeps fail before somebody should know, ms: longer than a hiccup or a used-up request budget. */
const SILENCE_ALERT_MS = 60_000

/** Since when this process's sweeps of a broker have failed without a break, ms. */
const silentSince = new WeakMap<Broker, number>()

/**
 * After a sweep: `failure` is why it was incomplete, null when it was not. A complete one ends the alert, whichever process raised it.
 * Answers what is to be delivered. @throws BookUnavailable, StaleWrite when the alert moved meanwhile
 */
export async function watchVenue(
  account: AccountId,
  failure: string | null,
  tools: Tools,
): Promise<readonly Envelope[]> {
  const { broker } = tools.account(account)
  const now = tools.now()
  if (failure === null) {
    silentSince.delete(broker)
    await endAlone(tools.book, causeOf(account, now, ''), now)
    return []
  }
  const since = silentSince.get(broker) ?? now
  silentSince.set(broker, since)
  if (now - since < SILENCE_ALERT_MS) return []
  return await raiseAlone(tools.book, causeOf(account, since, failure), now)
}

function causeOf(account: AccountId, since: number, why: string): AlertCause {
  return {
    severity: 'critical',
    kind: 'venue-unavailable',
    account,
    instrument: null,
    positionId: null,
    occurrence: 'reads',
    title: `${account} cannot be read at its venue`,
    detail: `No sweep since ${new Date(since).toISOString()} was complete (${why}). Nothing is concluded; entries wait until they are stale, exits go out as soon as the venue answers. Native stops work on at the venue.`,
  }
}
