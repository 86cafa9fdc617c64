/** A bare websocket client: what a test sees is what came over the wire. */
import { WebSocket } from 'ws'
import type { TestVenue } from './running-venue.ts'
import { Collected, streamUrl } from './running-venue.ts'

/** A message of the stream; text that is no JSON arrives on the channel `text`. */
export interface StreamEvent {
  readonly channel: string
  readonly data: unknown
}

/** One open connection. */
export interface StreamClient {
  readonly received: Collected<StreamEvent>
  /** Sends a JSON value, or a text as it is. */
  send(message: unknown): void
  /** Subscribes and waits for the confirmation. */
  subscribe(subscription: object): Promise<void>
  /** Resolves with the close code once the connection is gone. */
  readonly closed: Promise<number>
}

/** Connects to the venue's stream; the connection is cut when the test ends. */
export async function connect(venue: TestVenue): Promise<StreamClient> {
  const socket = new WebSocket(streamUrl(venue))
  const received = new Collected<StreamEvent>()
  socket.on('message', (data: Buffer) => received.add(eventOf(data.toString('utf8'))))
  const closed = new Promise<number>((resolve) => socket.on('close', (code) => resolve(code)))
  venue.beforeStop(() => socket.terminate())
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve())
    socket.once('error', reject)
  })
  const send = (message: unknown) => socket.send(typeof message === 'string' ? message : JSON.stringify(message))
  const subscribe = async (subscription: object) => {
    send({ method: 'subscribe', subscription })
    const confirmation = JSON.stringify({ method: 'subscribe', subscription })
    await received.first(
      (event) => event.channel === 'subscriptionResponse' && JSON.stringify(event.data) === confirmation,
    )
  }
  return { received, send, subscribe, closed }
}

function eventOf(text: string): StreamEvent {
  try {
    return JSON.parse(text) as StreamEvent
  } catch {
    // Garbage frames are a fault the venue can make; the test wants to see them.
    return { channel: 'text', data: text }
  }
}
