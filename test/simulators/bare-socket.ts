/** A bare websocket client: what a test sees is what came over the wire. */
import { WebSocket } from 'ws'
import { Collected } from './collected.ts'
import type { BeforeStop } from './stop-after-test.ts'

/** One open connection. */
export interface BareSocket<Event> {
  readonly received: Collected<Event>
  /** Sends a JSON value, or a text as it is. */
  send(message: unknown): void
  /** Resolves with the close code once the connection is gone. */
  readonly closed: Promise<number>
}

/** Connects to a stream; the connection is cut when the test ends. `garbage` makes an event of a text that is no JSON. */
export async function connectBare<Event>(
  url: string,
  beforeStop: BeforeStop,
  garbage: (text: string) => Event,
): Promise<BareSocket<Event>> {
  const socket = new WebSocket(url)
  const received = new Collected<Event>()
  socket.on('message', (data: Buffer) => received.add(eventOf(data.toString('utf8'), garbage)))
  const closed = new Promise<number>((resolve) => socket.on('close', (code) => resolve(code)))
  beforeStop(() => socket.terminate())
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve())
    socket.once('error', reject)
  })
  const send = (message: unknown) => socket.send(typeof message === 'string' ? message : JSON.stringify(message))
  return { received, send, closed }
}

function eventOf<Event>(text: string, garbage: (text: string) => Event): Event {
  try {
    return JSON.parse(text) as Event
  } catch {
    // Garbage frames are a fault the venue can make; the test wants to see them.
    return garbage(text)
  }
}
