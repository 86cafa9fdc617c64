/** A bare client of the stream. */
import { type BareSocket, connectBare } from '#test/simulators/bare-socket.ts'
import { streamUrl, type TestVenue } from './running-venue.ts'

/** A message of the stream; text that is no JSON arrives on the channel `text`. */
export interface StreamEvent {
  readonly channel: string
  readonly data: unknown
}

/** One open connection. */
export interface StreamClient extends BareSocket<StreamEvent> {
  /** Subscribes and waits for the confirmation. */
  subscribe(subscription: object): Promise<void>
}

/** Connects to the venue's stream; the connection is cut when the test ends. */
export async function connect(venue: TestVenue): Promise<StreamClient> {
  const garbage = (data: string): StreamEvent => ({ channel: 'text', data })
  const bare = await connectBare(streamUrl(venue), venue.beforeStop, garbage)
  const subscribe = async (subscription: object) => {
    bare.send({ method: 'subscribe', subscription })
    const confirmation = JSON.stringify({ method: 'subscribe', subscription })
    await bare.received.first(
      (event) => event.channel === 'subscriptionResponse' && JSON.stringify(event.data) === confirmation,
    )
  }
  return { ...bare, subscribe }
}
