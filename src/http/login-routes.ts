/** Turns a one-time login link into a session cookie, so that an operator's browser can open Bull Board. */
import type { FastifyInstance } from 'fastify'
import { authenticate, type AuthenticationTools, SESSION_COOKIE } from './authentication.ts'
import { HttpError } from './http-error.ts'
import { operation } from './operation.ts'

/** `secure`: the browser reaches us through TLS, so the cookie must never travel without it. */
export interface LoginTools extends AuthenticationTools {
  readonly secure: boolean
}

const LINK = operation({
  summary: 'Make a one-time login link for a browser',
  access: 'viewer',
  answers: { 201: { what: 'Path of the link.' } },
})
const LOGIN = operation({ summary: 'Log in', access: 'public', answers: {}, hidden: true })

/** `POST /v1/login-links` (operator) makes a link; `GET /login?token=` spends it. */
export function loginRoutes(server: FastifyInstance, tools: LoginTools): void {
  server.post(
    '/v1/login-links',
    { config: LINK.config, onRequest: [authenticate(tools), ...LINK.onRequest] },
    async (_request, reply) => reply.status(201).send({ path: loginPath(tools) }),
  )
  server.get<{ Querystring: { token?: unknown } }>('/login', LOGIN, async (request, reply) => {
    const { token } = request.query
    const sessionId = typeof token === 'string' ? tools.sessions.redeem(token, tools.now()) : null
    if (sessionId === null) {
      throw new HttpError(
        'unauthorized',
        'This login link is unknown, spent or too old. Make a new one: truebook login --config FILE',
      )
    }
    const attributes = ['Path=/', 'HttpOnly', 'SameSite=Strict', 'Max-Age=43200', ...(tools.secure ? ['Secure'] : [])]
    // A page of ours must start the next request: browsers withhold Strict cookies along a redirect from elsewhere.
    return reply
      .header('set-cookie', [`${SESSION_COOKIE}=${sessionId}`, ...attributes].join('; '))
      .header('cache-control', 'no-store')
      .type('text/html; charset=utf-8')
      .send(
        '<!doctype html><meta http-equiv="refresh" content="0;url=/queues"><title>Truebook</title><a href="/queues">Queues</a>\n',
      )
  })
}

/** Path of a fresh one-time login link. */
export function loginPath(tools: Pick<LoginTools, 'sessions' | 'now'>): string {
  return `/login?token=${tools.sessions.mintCode(tools.now())}`
}
