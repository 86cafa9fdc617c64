/** Failures as the caller hears them: one shape, one clear sentence, and nothing of our insides. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { BookUnavailable } from '#book/errors.ts'
import { SignalUnroutable } from '#ingest/accept-signal.ts'
import { mistakesOf, mistakeText, pathText } from '#validation/mistake.ts'
import { loginFor } from './own-path.ts'
import type { Log } from '#workers/worker.ts'
import type { ErrorAnswer, ErrorCode } from './wire.ts'

/** The HTTP status of each kind of failure. */
export const STATUS: Readonly<Record<ErrorCode, number>> = {
  invalid: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  too_large: 413,
  unsupported_media_type: 415,
  too_many_requests: 429,
  internal: 500,
  unavailable: 503,
}

/** A failure with a stable code; `details` are shown to the caller. */
export class HttpError extends Error {
  override readonly name = 'HttpError'
  readonly code: ErrorCode
  readonly details: Omit<ErrorAnswer['error'], 'code' | 'message'>
  constructor(code: ErrorCode, message: string, details: Omit<ErrorAnswer['error'], 'code' | 'message'> = {}) {
    super(message)
    this.code = code
    this.details = details
  }
}

/** Parses a request body. @throws HttpError naming every mistake */
export function parseBody<T extends z.ZodType>(schema: T, body: unknown): z.output<T> {
  const checked = schema.safeParse(body)
  if (checked.success) return checked.data
  const [first, ...others] = mistakesOf(checked.error.issues, body, schema)
  if (first === undefined) throw new HttpError('invalid', 'The body is not valid.')
  throw new HttpError('invalid', `${mistakeText(first)}.`, {
    path: pathText(first.path),
    expected: first.expected,
    seen: first.seen,
    ...(others.length > 0 && { also: others.map(mistakeText) }),
  })
}

/** Makes the error handler: known failures keep their words, anything else is logged and answered as "internal". */
export function errorHandler(log: Log): (error: unknown, request: FastifyRequest, reply: FastifyReply) => FastifyReply {
  return (error, request, reply) => {
    const known = recognised(error)
    if (known.code === 'unauthorized' && isPage(request)) return reply.redirect(loginFor(request.url), 303)
    if (known.code === 'internal')
      log.error({ err: error, request_id: request.id, route: request.routeOptions.url }, 'request failed')
    if (known.code === 'unavailable') {
      log.warn({ err: error, request_id: request.id, route: request.routeOptions.url }, 'request refused: unavailable')
      void reply.header('retry-after', '1')
    }
    if (known.code === 'too_many_requests') void reply.header('retry-after', '60')
    if (known.code === 'unauthorized') void reply.header('www-authenticate', 'Bearer realm="truebook"')
    const needsId = known.code === 'internal' || known.code === 'unavailable'
    const answer: ErrorAnswer = {
      error: { code: known.code, message: known.message, ...known.details, ...(needsId && { request_id: request.id }) },
    }
    return reply.status(STATUS[known.code]).send(answer)
  }
}

/** Whether a browser opens a page: a person sits there, who can log in. */
function isPage({ method, url, headers }: FastifyRequest): boolean {
  return method === 'GET' && !/^\/(v1|login)\b/.test(url) && /\btext\/html\b/.test(headers.accept ?? '')
}

function recognised(error: unknown): HttpError {
  if (error instanceof HttpError) return error
  if (error instanceof BookUnavailable) {
    return new HttpError(
      'unavailable',
      'The book does not answer: nothing was acknowledged. Send the same request again.',
    )
  }
  if (error instanceof SignalUnroutable) return new HttpError('invalid', error.message)
  return (
    refusedByFastify(error) ??
    new HttpError('internal', 'The request failed inside Truebook; the log has the request id.')
  )
}

/** What the server itself refuses before a route sees it. */
function refusedByFastify(error: unknown): HttpError | null {
  const code = error instanceof Error && 'code' in error ? error.code : null
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new HttpError('too_large', 'The body is larger than 64 KiB.')
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    return new HttpError('unsupported_media_type', 'Expected content-type application/json.')
  }
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : null
  // A body that is no JSON, an address that is too long or cannot be decoded.
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return new HttpError('invalid', 'Expected a body of JSON and a short address of well-formed text, saw another.')
  }
  return null
}
