/** Pulls signals from Pub/Sub in the API's process, through the same door as HTTP; at an end what is in hand is settled first. */
import { setTimeout as delay } from 'node:timers/promises'
import { acceptSignal } from '#ingest/accept-signal.ts'
import { pullSignals } from '#ingest/pull-signals.ts'
import type { Foundation } from './foundation.ts'
import { openSignals } from './open-pubsub.ts'
import { raiseRefused } from './refused-signal-alert.ts'
import { arrivals } from './telemetry.ts'

/** Does nothing where no subscription is configured. */
export async function startPull(foundation: Foundation, opened: AsyncDisposableStack): Promise<void> {
  const { config, book, queue, log, now, telemetry } = foundation
  const signals = config.pubsub?.signals ?? null
  const subscription = await openSignals(config.pubsub)
  if (subscription === null || signals === null) return
  opened.defer(() => subscription.close())
  const accounts = config.accounts.map(({ id, policy }) => ({ account: id, strategies: policy.strategies }))
  const onEnqueueFailed = (error: unknown): void => log.warn({ err: error }, 'accepted, not queued: the sweep will')
  const refusals = { book, queue, subscription: signals.subscription, sender: signals.sender, onEnqueueFailed, now }
  const tools = { book, queue, accounts, onEnqueueFailed, observe: arrivals(telemetry, log) }
  const stop = new AbortController()
  const pulling = pullSignals(
    {
      subscription,
      scope: signals,
      log,
      acceptSignal: (signal) => acceptSignal(tools, signal, now()),
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
