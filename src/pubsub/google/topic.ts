/** Events to a topic: one message an event, its identity in the attributes too, so that subscriptions can filter without reading it. */
import type { ExecutionEvent } from '#domain/events/event-schema.ts'
import type { EventPublisher } from '../event-publisher.ts'
import { type ConnectionOptions, connectPublisher, lazily, once, unavailable } from './connection.ts'

export interface TopicOptions extends ConnectionOptions {
  readonly topic: string
}

const PUBLISH_TIMEOUT_MS = 10_000

/** Connects with the first event, which shows whether the topic is there. */
export function openTopic(options: TopicOptions): EventPublisher {
  const connection = lazily(() => connectPublisher(options))
  const topic = `projects/${options.projectId}/topics/${options.topic}`
  return {
    async publish(event) {
      const client = await connection.get()
      try {
        await client.publish({ topic, messages: [messageOf(event)] }, once(PUBLISH_TIMEOUT_MS))
      } catch (error) {
        throw unavailable(`Event ${event.idempotency_key} to topic ${options.topic}`, error)
      }
    },
    close: () => connection.close(),
  }
}

function messageOf(event: ExecutionEvent) {
  const { type, version, idempotency_key, source, ts, account, position_id, client_order_id, subject } = event
  return {
    data: Buffer.from(JSON.stringify(event)),
    attributes: {
      type,
      version: String(version),
      idempotency_key,
      source,
      ts: String(ts),
      ...(account !== null && { account }),
      ...(position_id !== null && { position_id }),
      ...(client_order_id !== null && { client_order_id }),
    },
    // Subscriptions that ask for order get a position's events in theirs.
    orderingKey: `${subject.kind}.${subject.id}`,
  }
}
