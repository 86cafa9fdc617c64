/** Serves one HTTP request of a venue to its end: an answer, a cut connection, or silence. It writes every byte a client sees. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ConnectionOutcome } from './connection-outcome.ts'
import { jsonReply, type Reply } from './reply.ts'
import type { VenueRequest } from './venue-request.ts'

/** What is a venue's own about it. */
export interface VenueHttp {
  answer(request: VenueRequest): Promise<ConnectionOutcome>
  /** Venue time, ms. */
  now(): number
  /** Headers of every answer. */
  headers?(): Reply['headers']
}

/** Answers a request, or ends it as its fault says. */
export async function serveRequest(
  venue: VenueHttp,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  let outcome: ConnectionOutcome
  try {
    outcome = await venue.answer(request)
  } catch (error) {
    // A defect of the simulator must not look like the venue's: the body says what broke.
    if (request.destroyed && !response.writable) return
    const reason = error instanceof Error ? error.stack : String(error)
    outcome = { reply: jsonReply({ simulatorError: reason }, 500) }
  }
  if (outcome === 'hang') return
  if (outcome === 'drop') {
    request.socket.destroy()
    return
  }
  const { status, contentType, body, headers } = outcome.reply
  response.sendDate = false
  response.writeHead(status, {
    ...headers,
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
    // Clients measure their clock against this header, so it tells the venue's time, not the machine's.
    date: new Date(venue.now()).toUTCString(),
    ...venue.headers?.(),
  })
  response.end(body)
}
