/**
 * Whether a change was asked for by a page of ours. A browser sends the cookie by itself, so a change by cookie must prove it: the browser's own word
 * (Sec-Fetch-Site, or Origin where it is absent) and, except for forms and Bull Board, a header that only a page that could read
 * `GET /v1/session` knows. A header of that name also forces a preflight, which nobody here answers.
 */
import { timingSafeEqual } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { HttpError } from './http-error.ts'
import type { Session } from './sessions.ts'

export const CSRF_HEADER = 'x-truebook-csrf'

/** @throws HttpError 403 when the browser does not say that a page of this server asked */
export function requireOwnPage(request: FastifyRequest): void {
  const site = request.headers['sec-fetch-site']
  if (site === undefined ? isOwnOrigin(request) : site === 'same-origin') return
  throw new HttpError('forbidden', 'Expected a change to come from a page of this server, saw another origin.')
}

/** @throws HttpError 403 when the request does not carry the proof of its session */
export function requireCsrf(request: FastifyRequest, session: Session): void {
  const sent = Buffer.from(String(request.headers[CSRF_HEADER] ?? ''))
  const expected = Buffer.from(session.csrf)
  if (sent.length === expected.length && timingSafeEqual(sent, expected)) return
  throw new HttpError('forbidden', `Expected the header ${CSRF_HEADER} with the value of GET /v1/session, saw another.`)
}

/** The host was checked before (own-host.ts), so an origin with that host is ours. Ports are compared as browsers write them. */
function isOwnOrigin(request: FastifyRequest): boolean {
  const origin = request.headers.origin ?? ''
  if (!/^https?:\/\//.test(origin) || !URL.canParse(origin)) return false
  const { host, protocol } = new URL(origin)
  const asked = `${protocol}//${request.host}`
  return URL.canParse(asked) && new URL(asked).host === host
}
