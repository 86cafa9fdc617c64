/** Messages of the stream. */

/** One message to one subscription, with what a fault rule may ask about it. */
export interface StreamMessage {
  readonly channel: string
  readonly data: unknown
  /** Client order ids the message speaks of. */
  readonly cloids?: readonly string[]
}

/** Text of a message. */
export function messageText(message: StreamMessage): string {
  return JSON.stringify({ channel: message.channel, data: message.data })
}

/** Text of an error message. */
export function errorText(data: string): string {
  return JSON.stringify({ channel: 'error', data })
}
