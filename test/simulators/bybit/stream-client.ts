/** A bare client of the streams, and its sign-in. */
import { createHmac } from 'node:crypto'
import { type BareSocket, connectBare } from '#test/simulators/bare-socket.ts'
import { KEY, SECRET, streamUrl, type TestVenue } from './running-venue.ts'

/** A message of a stream; text that is no JSON comes as `{ text }`. */
export type StreamEvent = Readonly<Record<string, unknown>>

/** One open connection. */
export interface StreamClient extends BareSocket<StreamEvent> {
  /** Subscribes and waits for the confirmation. */
  subscribe(topics: readonly string[]): Promise<StreamEvent>
}

/** Connects to a stream; the connection is cut when the test ends. */
export async function connect(venue: TestVenue, path: Parameters<typeof streamUrl>[1]): Promise<StreamClient> {
  const bare = await connectBare<StreamEvent>(streamUrl(venue, path), venue.beforeStop, (text) => ({ text }))
  let requests = 0
  const subscribe = async (args: readonly string[]) => {
    const req_id = `sub-${++requests}`
    bare.send({ req_id, op: 'subscribe', args })
    return bare.received.first((event) => event['op'] === 'subscribe' && event['req_id'] === req_id)
  }
  return { ...bare, subscribe }
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
