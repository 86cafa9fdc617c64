/** A request as it came: the bytes that were signed, and what faults may know of it. */
import { bodyText, jsonOf } from '#simulators/venue/request-body.ts'
import type { RequestSubject, VenueContext } from './venue-context.ts'
import type { VenueRequest } from '#simulators/venue/venue-request.ts'

/** Raw and parsed parts of a request. */
export interface RawRequest {
  readonly method: string
  readonly path: string
  /** Exactly as sent, without the question mark. */
  readonly queryText: string
  readonly query: URLSearchParams
  /** Exactly as sent. */
  readonly body: string
  /** The body's JSON; undefined when it is none. */
  readonly json: unknown
  readonly headers: VenueRequest['headers']
  readonly address: string
}

/** Reads a request to its end. Rejects when the client goes away before. */
export async function readRequest(request: VenueRequest): Promise<RawRequest> {
  const body = await bodyText(request)
  const url = request.url ?? '/'
  const mark = url.indexOf('?')
  const queryText = mark === -1 ? '' : url.slice(mark + 1)
  return {
    method: request.method ?? 'GET',
    path: mark === -1 ? url : url.slice(0, mark),
    queryText,
    query: new URLSearchParams(queryText),
    body,
    json: jsonOf(body),
    headers: request.headers,
    address: addressOf(request),
  }
}

/** The machine a request comes from; IPv4 also where the socket says it in IPv6. */
export function addressOf(request: VenueRequest): string {
  return (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '')
}

/** What faults may know of a REST request. */
export function subjectOf(raw: RawRequest, { keys }: VenueContext): RequestSubject {
  const apiKey = raw.headers['x-bapi-api-key']
  const field = (name: string) => raw.query.get(name) ?? textField(raw.json, name)
  return {
    path: raw.path,
    orderLinkId: field('orderLinkId'),
    symbol: field('symbol'),
    topic: undefined,
    account: typeof apiKey === 'string' ? keys.find(apiKey)?.account : undefined,
  }
}

/** A text field of a JSON object. */
export function textField(value: unknown, name: string): string | undefined {
  const field =
    typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined
  return typeof field === 'string' ? field : undefined
}
