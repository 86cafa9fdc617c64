/** The hooks that stand before every route but health: a bearer token, or for operators the cookie of a browser session. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { atLeast, type CallerTable, type Caller, callerOf, type Role, setCaller } from './callers.ts'
import { HttpError } from './http-error.ts'
import type { OperatorSessions } from './operator-sessions.ts'
import type { RateLimit } from './rate-limit.ts'

export const SESSION_COOKIE = 'truebook_session'

export interface AuthenticationTools {
  readonly callers: CallerTable
  readonly sessions: OperatorSessions
  readonly limit: RateLimit
  now(): number
}

type Hook = (request: FastifyRequest, reply: FastifyReply) => Promise<void>
export type ErrorHandler = (error: unknown, request: FastifyRequest, reply: FastifyReply) => FastifyReply

/** Lets known callers pass and remembers who they are. @throws HttpError 401, 403, 429 */
export function authenticate(tools: AuthenticationTools): Hook {
  return async (request) => {
    const caller = bearerCaller(tools, request) ?? cookieCaller(tools, request)
    if (caller === null) {
      const seen = request.headers.authorization === undefined ? 'none' : 'one that is not known'
      throw new HttpError('unauthorized', `Expected "Authorization: Bearer <token>" with a known token, saw ${seen}.`)
    }
    if (!tools.limit.admit(caller.name, tools.now())) {
      throw new HttpError('too_many_requests', `More requests of ${caller.name} than allowed in this minute.`)
    }
    setCaller(request, caller)
  }
}

/** Lets people of at least this role pass; runs after `authenticate`. @throws HttpError 403 */
export function requireRole(role: Role): Hook {
  return async (request) => {
    const caller = callerOf(request)
    if (!atLeast(caller, role)) throw notAllowed(caller, role)
  }
}

/** The refusal of a caller below a role. */
export function notAllowed(caller: Caller, role: Role): HttpError {
  const seen = caller.role === 'signals' ? `the signal sender ${caller.name}` : `${caller.name}, a ${caller.role}`
  return new HttpError('forbidden', `Expected a person with the role ${role} or above, saw ${seen}.`)
}

/** A hook whose failures are answered by `answer`, also where a plugin inside (Bull Board) brings a handler of its own. */
export function answering(
  hook: Hook,
  answer: ErrorHandler,
): (...about: Parameters<Hook>) => Promise<FastifyReply | void> {
  return async (request, reply) => {
    try {
      await hook(request, reply)
    } catch (error) {
      return answer(error, request, reply)
    }
  }
}

function bearerCaller(tools: AuthenticationTools, request: FastifyRequest): Caller | null {
  return tools.callers.recognise(request.headers.authorization)
}

function cookieCaller(tools: AuthenticationTools, request: FastifyRequest): Caller | null {
  const sessionId = cookieOf(request, SESSION_COOKIE)
  if (sessionId === null || !tools.sessions.touch(sessionId, tools.now())) return null
  // The browser sends the cookie by itself, so a change must also prove that our own page asked for it.
  const changes = request.method !== 'GET' && request.method !== 'HEAD'
  if (changes && request.headers['sec-fetch-site'] !== 'same-origin') {
    throw new HttpError('forbidden', 'Expected a change to come from a page of this server, saw another origin.')
  }
  return { role: 'admin', name: 'operator' }
}

function cookieOf(request: FastifyRequest, name: string): string | null {
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const [key, value] = pair.trim().split('=', 2)
    if (key === name && value !== undefined) return value
  }
  return null
}
