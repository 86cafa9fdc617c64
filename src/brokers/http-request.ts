/**
 * One HTTP request, transmitted at most once, with a deadline for the whole exchange. It never throws and never
 * retries (cases A6, A7): what to do about a lost answer is a decision of the resolver, not of the transport.
 */
import { Agent } from 'undici'

/** What one transmission showed. `not-sent` is claimed only where no byte of the request can have left. */
export type HttpOutcome =
  | {
      readonly kind: 'answer'
      readonly status: number
      readonly body: string
      /** The server's `Date` header in ms (whole seconds); null when absent or unreadable. */
      readonly serverDate: number | null
      /** Names in lower case. */
      readonly headers?: Readonly<Record<string, string | string[] | undefined>>
    }
  | { readonly kind: 'not-sent'; readonly detail: string }
  | { readonly kind: 'lost'; readonly detail: string }

/** Header lines of a request, e.g. its signature. */
export type Headers = Readonly<Record<string, string>>

/** A pool of connections to one origin. */
export interface HttpClient {
  /** Posts the JSON text `body` once; `deadlineMs` bounds connecting, sending and receiving together. */
  post(path: string, body: string, deadlineMs: number, headers?: Headers): Promise<HttpOutcome>
  /** Asks once, without a body; the path carries the query as it is to be sent. */
  get(path: string, deadlineMs: number, headers?: Headers): Promise<HttpOutcome>
  close(): Promise<void>
}

// Errors of establishing a connection: raised before a request is written to it.
const BEFORE_SENDING = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT'])
const MAX_ANSWER_BYTES = 64 * 1024 * 1024

/** Opens a client for one base URL. @throws TypeError when the URL is not http(s) */
export function openHttpClient(baseUrl: string): HttpClient {
  const base = new URL(baseUrl)
  if (base.protocol !== 'http:' && base.protocol !== 'https:') {
    throw new TypeError(`Expected a base URL with http or https, saw ${JSON.stringify(baseUrl)}.`)
  }
  const root = base.href.replace(/\/+$/, '')
  // pipelining 1: a request never waits behind another one on a connection that may break.
  const agent = new Agent({
    pipelining: 1,
    connections: 64,
    connect: { timeout: 5_000 },
    maxResponseSize: MAX_ANSWER_BYTES,
  })
  return {
    post: (path, body, deadlineMs, headers = {}) =>
      requestOnce(agent, root + path, { method: 'POST', body, headers: { ...JSON_BODY, ...headers } }, deadlineMs),
    get: (path, deadlineMs, headers = {}) =>
      requestOnce(agent, root + path, { method: 'GET', body: null, headers }, deadlineMs),
    close: async () => agent.destroy(),
  }
}

const JSON_BODY: Headers = { 'content-type': 'application/json' }

interface OneRequest {
  readonly method: 'GET' | 'POST'
  readonly body: string | null
  readonly headers: Headers
}

async function requestOnce(agent: Agent, url: string, request: OneRequest, deadlineMs: number): Promise<HttpOutcome> {
  try {
    const { origin } = new URL(url)
    const answer = await agent.request({
      ...request,
      origin,
      // Not through URL: a signed query must go out exactly as it was signed.
      path: url.slice(origin.length),
      headers: { accept: 'application/json', ...request.headers },
      signal: AbortSignal.timeout(deadlineMs),
      headersTimeout: deadlineMs,
      bodyTimeout: deadlineMs,
    })
    const text = await answer.body.text()
    const { statusCode: status, headers } = answer
    return { kind: 'answer', status, body: text, serverDate: dateOf(headers['date']), headers }
  } catch (error) {
    const detail = describe(error, deadlineMs)
    return BEFORE_SENDING.has(codeOf(error)) ? { kind: 'not-sent', detail } : { kind: 'lost', detail }
  }
}

function dateOf(header: string | string[] | undefined): number | null {
  const time = typeof header === 'string' ? Date.parse(header) : Number.NaN
  return Number.isFinite(time) ? time : null
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

function describe(error: unknown, deadlineMs: number): string {
  if (error instanceof Error && error.name === 'TimeoutError') return `no answer within ${deadlineMs} ms`
  const code = codeOf(error)
  const message = error instanceof Error ? error.message : String(error)
  return code === '' ? message : `${code}: ${message}`
}
