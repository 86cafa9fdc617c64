/** What accepting a signal stands on, whichever way it comes in: over HTTP, from Pub/Sub or made by an operator's action. */
import type { IngestTools } from '#ingest/accept-signal.ts'
import type { OperateTools } from '#operate/tools.ts'
import type { Foundation } from './foundation.ts'
import { arrivals } from './telemetry.ts'

/** Its queue and accounts serve operators too. */
type ArrivalTools = Omit<IngestTools, 'queue' | 'accounts'> & Pick<OperateTools, 'queue' | 'accounts'>

/** Every account of the configuration may be routed to, whatever site trades it. */
export function ingestTools({ config, book, queue, log, telemetry }: Foundation): ArrivalTools {
  return {
    book,
    queue,
    accounts: config.accounts.map(({ id, venue, policy }) => ({ account: id, venue, strategies: policy.strategies })),
    observe: arrivals(telemetry, log),
    onEnqueueFailed: (error, { idempotency_key }) =>
      log.warn({ err: error, idempotency_key }, 'accepted, not queued: the sweep will'),
  }
}
