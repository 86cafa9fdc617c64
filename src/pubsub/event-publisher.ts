/** Port EventPublisher: tells the outside of a decision. At least once: a crash may tell twice, under one idempotency key. */
import type { ExecutionEvent } from '#domain/events/event-schema.ts'

export interface EventPublisher {
  /** Resolves once the event is durable there. @throws PubsubUnavailable */
  publish(event: ExecutionEvent): Promise<void>
  close(): Promise<void>
}
