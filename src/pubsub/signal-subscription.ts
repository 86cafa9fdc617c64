/**
 * Port SignalSubscription: signals that wait in a message service. What is pulled is ours for a while; it comes again unless it is
 * acknowledged, so nothing is acknowledged before it is durable in the book.
 */

/** A message as it was sent, unread. */
export interface PulledMessage {
  /** Names this delivery; another delivery of the same message has another one. */
  readonly ackId: string
  /** The service's own id of the message, the same in every delivery. */
  readonly messageId: string
  readonly data: Uint8Array
  /** Messages of one key are to be taken one after another; empty: no order is asked for. */
  readonly orderingKey: string
}

export interface SignalSubscription {
  /** As configured, for logs and alerts. */
  readonly name: string
  /** Waits for messages and takes so many at most; none when none came for a while or `signal` ended the wait. @throws PubsubUnavailable */
  pull(most: number, signal: AbortSignal): Promise<readonly PulledMessage[]>
  /** These never come again. @throws PubsubUnavailable: then they do */
  acknowledge(ackIds: readonly string[]): Promise<void>
  /** These come again after so long, ms, unless they are acknowledged before. @throws PubsubUnavailable: then sooner */
  postpone(ackIds: readonly string[], afterMs: number): Promise<void>
  close(): Promise<void>
}
