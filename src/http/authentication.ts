/**
 * The hooks that stand before every route but health, the login and the console's files: a bearer token, the cookie of a browser session, or a signature. One
 * request proves itself in one way; a proof that fails is never made good by another.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { atLeast, type CallerTable, type Caller, callerOf, type Role, setCaller, type SignalSender } from './callers.ts'
import { HttpError } from './http-error.ts'
import { requireCsrf, requireOwnPage } from './own-page.ts'
import type { AttemptLimit, RateLimit } from './rate-limit.ts'
import { sessionIdOf } from './session-cookie.ts'
import type { Session, Sessions } from './sessions.ts'
import { isSigned, signerOf } from './signature.ts'

export interface AuthenticationTools {
  readonly callers: CallerTable
  readonly sessions: Sessions
  readonly limit: RateLimit
  /** Failed proofs by address. */
  readonly failures: AttemptLimit
  readonly senders: readonly SignalSender[]
  /** Browsers reach us through TLS, so their cookie never travels without it. */
  readonly secure: boolean
  now(): number
}

type Hook = (request: FastifyRequest, reply: FastifyReply) => Promise<void>
export type ErrorHandler = (error: unknown, request: FastifyRequest, reply: FastifyReply) => FastifyReply

/** Lets known callers pass and remembers who they are; who signs is known when the body has been read. @throws HttpError 401, 403, 429 */
export function authenticate(tools: AuthenticationTools): Hook {
  return async (request) => {
    if (isSigned(request)) {
      if (request.headers.authorization === undefined) return
      throw new HttpError('unauthorized', 'Expected a token or a signature, saw both.')
    }
    const caller = bearerCaller(tools, request) ?? cookieCaller(tools, request)
    if (caller === null) {
      const seen = request.headers.authorization === undefined ? 'none' : 'one that is not known'
      throw failed(tools, request, `Expected "Authorization: Bearer <token>" with a known token, saw ${seen}.`)
    }
    admit(tools, request, caller)
  }
}

/** The same for signed requests, for after the body was read. @throws HttpError 401, 429 */
export function authenticateSigned(tools: AuthenticationTools): Hook {
  return async (request) => {
    if (!isSigned(request)) return
    const { signer, problem } = signerOf(request, tools.senders, tools.now())
    if (signer === null) throw failed(tools, request, problem)
    admit(tools, request, signer)
  }
}

function admit(tools: AuthenticationTools, request: FastifyRequest, caller: Caller): void {
  const kind = caller.role === 'signals' ? 'sender' : 'person'
  if (!tools.limit.admit(`${kind} ${caller.name}`, tools.now())) {
    throw new HttpError('too_many_requests', `More requests of ${caller.name} than allowed in this minute.`)
  }
  setCaller(request, caller)
}

/**
 * A known proof is let in however many others failed: a neighbour's loop must not lock out who has to act. Who only fails hears 429 at some point; what
 * keeps guesses out is the length of the tokens.
 */
function failed(tools: AuthenticationTools, request: FastifyRequest, message: string): HttpError {
  if (tools.failures.admit(request.ip, tools.now())) return new HttpError('unauthorized', message)
  return new HttpError('too_many_requests', 'More failed attempts from this address than allowed in this minute.')
}

/** Whether the token or session behind a request would still be let in; no use of the session. */
export function isStillKnown(tools: AuthenticationTools, request: FastifyRequest): boolean {
  return bearerCaller(tools, request) !== null || sessionOf(tools, request) !== null
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

/** The session of a request that shows no token. */
export function sessionOf(
  tools: Pick<AuthenticationTools, 'sessions' | 'secure' | 'now'>,
  request: FastifyRequest,
  use?: 'use',
): Session | null {
  if (request.headers.authorization !== undefined) return null
  const id = sessionIdOf(request, tools.secure)
  return id === null ? null : tools.sessions.find(id, tools.now(), use)
}

function cookieCaller(tools: AuthenticationTools, request: FastifyRequest): Caller | null {
  // What an open page asks by itself is no use of the session, or one that nobody sits at would never end.
  const session = sessionOf(tools, request, request.headers['x-truebook-background'] === undefined ? 'use' : undefined)
  if (session === null) return null
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    requireOwnPage(request)
    if (request.routeOptions.config.operation?.withoutCsrf !== true) requireCsrf(request, session)
  }
  return session.person
}
