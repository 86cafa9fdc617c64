/** What can go wrong at the broker's door; nothing else crosses the port. */

/** Characters of a message at most: it may quote what a venue sent, which has no bound. */
const MESSAGE_MAX = 1_500

/** A read failed or was incomplete: nothing new is known. Never to be taken for "flat" or "none". */
export class BrokerUnavailable extends Error {
  override readonly name = 'BrokerUnavailable'
  constructor(message: string, options?: ErrorOptions) {
    super(
      message.length > MESSAGE_MAX ? `${message.slice(0, MESSAGE_MAX)}… (${message.length} characters)` : message,
      options,
    )
  }
}

/** The venue answered something we cannot parse: what it means is unknown. The place and the value are in the message. */
export class BrokerProtocolError extends BrokerUnavailable {}

/** A command that we refuse to sign or cannot express at this venue; nothing left the process. */
export class CommandRefused extends Error {
  override readonly name = 'CommandRefused'
}
