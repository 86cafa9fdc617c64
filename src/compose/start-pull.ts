/** Pulls signals from Pub/Sub in the API's process, through the same door as HTTP; at an end what is in hand is settled first. */
import { setTimeout as delay } from 'node:timers/promises'
import { acceptSignal } from '#ingest/accept-signal.ts'
import { pullSignals } from '#ingest/pull-signals.ts'
import type { Foundation } from './foundation.ts'
import { ingestTools } from './ingest-tools.ts'
import { openSignals } from './open-pubsub.ts'
import { raiseRefused } from './refused-signal-alert.ts'

/** Does nothing where no subscription is configured. */
export async function startPull(foundation: Foundation, opened: AsyncDisposableStack): Promise<void> {
  const { config, log, now } = foundation
  const signals = config.pubsub?.signals ?? null
  const subscription = await openSignals(config.pubsub)
  if (subscription === null || signals === null) return
  opened.defer(() => subscription.close())
  const ingest = ingestTools(foundation)
  const refusals = { ...ingest, subscription: signals.subscription, sender: signals.sender, now }
  const stop = new AbortController()
  const pulling = pullSignals(
    {
      subscription,
      scope: signals,
      log,
      acceptSignal: (signal) => acceptSignal(ingest, signal, now()),
      refuse: (refused) => raiseRefused(refusals, refused),
      // Ends early, without an error, when the process is told to stop.
      pause: (ms, signal) => delay(ms, undefined, { signal }).catch(() => undefined),
    },
    stop.signal,
  )
  opened.defer(async () => {
    stop.abort()
    await pulling
  })
  log.info({ subscription: signals.subscription, sender: signals.sender }, 'signals are pulled')
}
