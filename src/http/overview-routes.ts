/** The first screen in one answer, live as server-sent events, and how long the way of an order takes. */
import { PassThrough } from 'node:stream'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Log } from '#workers/worker.ts'
import { bookRow } from './answers.ts'
import { callerOf } from './callers.ts'
import { HttpError } from './http-error.ts'
import { operation } from './operation.ts'
import { readLatency } from './overview/read-latency.ts'
import { createOverviewFeed, type FeedMessage } from './overview/overview-feed.ts'
import { overviewReader, type OverviewTools } from './overview/read-overview.ts'
import type { LatencyAnswer, OverviewAnswer } from './overview-wire.ts'

/** Between two readings of the book for listeners, ms. */
const EVERY_MS = 1000
/** Browsers and command lines that may listen at once; each costs a connection, not a reading. */
const LISTENERS_MAX = 50
/** Of one person: nobody's forgotten pages shut out who has to act. */
const LISTENERS_EACH = 20
/** A comment this often keeps proxies from closing a silent connection, ms. */
const HEARTBEAT_MS = 15_000
/** A listener that does not read has this much waiting, bytes, and is let go: it asks again by itself. */
const BACKLOG_MAX = 1_000_000

export interface OverviewRouteTools extends OverviewTools {
  readonly log: Log
  /** Whether the session or token behind a request would still be let in; does not count as use of it. */
  stillKnown(request: FastifyRequest): boolean
}

const OVERVIEW = operation({
  summary: 'All of the first screen: whether book and broker agree, account by account',
  access: 'viewer',
  answers: { 200: { what: 'As the book stands now.', schema: bookRow } },
})
const LATENCY = operation({
  summary: 'How long recent entries took from signal to venue and back',
  access: 'viewer',
  answers: { 200: { what: 'Spread by venue, ms.', schema: bookRow } },
})
const EVENTS = operation({
  summary: 'The overview as server-sent events: once whole, then what changes',
  access: 'viewer',
  answers: { 200: { what: 'Events `overview`, `part`, `tick`, `trouble` and `bye`.', type: 'text/event-stream' } },
  errors: ['unavailable'],
})

/** `GET /v1/overview`, `/v1/latency` and `/v1/events`. */
export function overviewRoutes(server: FastifyInstance, tools: OverviewRouteTools): void {
  const read = overviewReader(tools)
  server.get('/v1/overview', OVERVIEW, async (): Promise<OverviewAnswer> => await read())
  server.get('/v1/latency', LATENCY, async (): Promise<LatencyAnswer> => await readLatency(tools.book, tools.seats))

  const feed = createOverviewFeed({
    read,
    every: EVERY_MS,
    onError: (error) => tools.log.warn({ err: error }, 'the overview could not be read'),
  })
  /** Each with the name of who listens. */
  const open = new Map<PassThrough, string>()
  // Before the server waits for its connections: these end only when told to.
  server.addHook('preClose', async () => {
    feed.close()
    for (const stream of open.keys()) stream.end()
  })
  // Without HEAD: its stream would be read by nobody and never end.
  server.get('/v1/events', { ...EVENTS, exposeHeadRoute: false }, async (request, reply) => {
    const { name } = callerOf(request)
    requireRoom(open, name)
    const stream = new PassThrough()
    open.set(stream, name)
    const stop = feed.listen((message) => {
      // A round has several messages: nothing may follow the last word.
      if (!stream.writable) return
      if (!tools.stillKnown(request)) {
        stream.end(textOf({ event: 'bye', data: { reason: 'The session has ended. Log in again.' } }))
      } else if (stream.writableLength > BACKLOG_MAX) stream.destroy()
      else stream.write(textOf(message))
    })
    const heartbeat = setInterval(() => {
      if (stream.writable) stream.write(':\n\n')
    }, HEARTBEAT_MS)
    stream.once('close', () => {
      open.delete(stream)
      clearInterval(heartbeat)
      stop()
    })
    // Fastify destroys the stream when the browser leaves.
    return (
      reply
        .header('content-type', 'text/event-stream; charset=utf-8')
        .header('cache-control', 'no-store')
        .header('x-accel-buffering', 'no')
        // Kept open after the last event, it would hold up a server that closes.
        .header('connection', 'close')
        .send(stream)
    )
  })
}

/** @throws HttpError 503 */
function requireRoom(open: ReadonlyMap<PassThrough, string>, name: string): void {
  const own = [...open.values()].filter((other) => other === name).length
  if (open.size < LISTENERS_MAX && own < LISTENERS_EACH) return
  const most = own < LISTENERS_EACH ? `${LISTENERS_MAX} listeners` : `${LISTENERS_EACH} listeners of ${name}`
  throw new HttpError('unavailable', `Expected at most ${most}, saw one more. Close some pages.`)
}

function textOf({ event, data }: FeedMessage | { readonly event: 'bye'; readonly data: { readonly reason: string } }) {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
}
