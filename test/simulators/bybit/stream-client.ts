/** A bare websocket client: what a test sees is what came over the wire. */
import { createHmac } from 'node:crypto'
import { WebSocket } from 'ws'
import { Collected, KEY, SECRET, streamUrl, type TestVenue } from './running-venue.ts'

/** A message of a stream; text that is no JSON comes as `{ text }`. */
export type StreamEvent = Readonly<Record<string, unknown>>

/** One open connection. */
export interface StreamClient {
  readonly received: Collected<StreamEvent>
  send(message: unknown): void
  /** Subscribes and waits for the confirmation. */
  subscribe(topics: readonly string[]): Promise<StreamEvent>
  /** Resolves once the connection is gone. */
  readonly closed: Promise<void>
}

/** Connects to a stream; the connection is cut when the test ends. */
export async function connect(venue: TestVenue, path: Parameters<typeof streamUrl>[1]): Promise<StreamClient> {
  const socket = new WebSocket(streamUrl(venue, path))
  const received = new Collected<StreamEvent>()
  socket.on('message', (data: Buffer) => received.add(eventOf(data.toString('utf8'))))
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()))
  venue.beforeStop(() => socket.terminate())
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve())
    socket.once('error', reject)
  })
  const send = (message: unknown) => socket.send(typeof message === 'string' ? message : JSON.stringify(message))
  let requests = 0
  const subscribe = async (args: readonly string[]) => {
    const req_id = `sub-${++requests}`
    send({ req_id, op: 'subscribe', args })
    return received.first((event) => event['op'] === 'subscribe' && event['req_id'] === req_id)
  }
  return { received, send, subscribe, closed }
}

/** The sign-in of a stream. */
export function authArgs(venue: TestVenue, { key = KEY, secret = SECRET, lifeMs = 5000 } = {}): readonly unknown[] {
  const expires = venue.engine.now() + lifeMs
  return [key, expires, createHmac('sha256', secret).update(`GET/realtime${expires}`).digest('hex')]
}

/** A signed-in private connection. */
export async function connectPrivate(venue: TestVenue): Promise<StreamClient> {
  const client = await connect(venue, '/v5/private')
  client.send({ req_id: 'auth', op: 'auth', args: authArgs(venue) })
  await client.received.first((event) => event['op'] === 'auth' && event['success'] === true)
  return client
}

function eventOf(text: string): StreamEvent {
  try {
    return JSON.parse(text) as StreamEvent
  } catch {
    // Garbage frames are a fault the venue can make; the test wants to see them.
    return { text }
  }
}
