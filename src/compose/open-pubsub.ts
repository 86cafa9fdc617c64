/** Opens what the configuration names at Pub/Sub. The client library is only loaded where something is named. */
import type { PubsubConfig } from '#config/pubsub.ts'
import type { EventPublisher } from '#pubsub/event-publisher.ts'
import type { SignalSubscription } from '#pubsub/signal-subscription.ts'

/** Null where no topic is named. It connects when it is used. */
export async function openEvents(config: PubsubConfig | null): Promise<EventPublisher | null> {
  if (config === null || config.events === null) return null
  const { openTopic } = await import('#pubsub/google/topic.ts')
  return openTopic({ ...pubsubPlace(config), topic: config.events.topic })
}

/** Null where no subscription is named. It connects when it is used. */
export async function openSignals(config: PubsubConfig | null): Promise<SignalSubscription | null> {
  if (config === null || config.signals === null) return null
  const { openSubscription } = await import('#pubsub/google/subscription.ts')
  return openSubscription({ ...pubsubPlace(config), subscription: config.signals.subscription })
}

/** The project, and the emulator where one is named. */
export function pubsubPlace({ projectId }: PubsubConfig): { projectId: string; emulatorHost: string | null } {
  // The variable that every Pub/Sub client and emulator agrees on.
  const emulatorHost = process.env['PUBSUB_EMULATOR_HOST'] ?? ''
  return { projectId, emulatorHost: emulatorHost === '' ? null : emulatorHost }
}
