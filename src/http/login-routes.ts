/**
 * How people get in and out with a browser. Opening a login link spends nothing, so that a mail scanner cannot; its button does. The form is
 * taken from our own page only, or another page could log a browser in as somebody else.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { describes, instant } from './answers.ts'
import { authenticate, type AuthenticationTools, sessionOf } from './authentication.ts'
import { callerOf, type Person } from './callers.ts'
import { HttpError } from './http-error.ts'
import { LOGIN_STYLE, loginPage } from './login-page.ts'
import { operation } from './operation.ts'
import { requireOwnPage } from './own-page.ts'
import { ownPath } from './own-path.ts'
import type { AttemptLimit } from './rate-limit.ts'
import { endedCookie, sessionCookie, sessionIdOf } from './session-cookie.ts'
import type { LoginLinkAnswer } from './wire.ts'

export interface LoginTools extends AuthenticationTools {
  readonly mode: 'paper' | 'live'
  readonly publicUrl: string | null
  /** Failed attempts to log in by address. */
  readonly attempts: AttemptLimit
}

const FORM_LIMIT_BYTES = 8 * 1024
const FORM = 'application/x-www-form-urlencoded'

const PAGE = operation({ summary: 'Log in or out', access: 'public', answers: {}, hidden: true, withoutCsrf: true })
const LINK = operation({
  summary: 'Make a one-time login link for a browser; with a token only',
  access: 'viewer',
  answers: {
    201: {
      what: 'The link. It is a credential until used.',
      schema: describes<LoginLinkAnswer>()(
        z.object({ path: z.string(), url: z.string().nullable(), expires_at: instant }),
      ),
    },
  },
})

/** `GET` and `POST /login`, `GET /login.css`, `POST /logout`, `POST /v1/login-links`. */
export async function loginRoutes(server: FastifyInstance, tools: LoginTools): Promise<void> {
  const link = { ...LINK, onRequest: [authenticate(tools), ...LINK.onRequest] }
  server.post('/v1/login-links', link, async (request, reply) => {
    // A stolen session must not become a new one that lives longer.
    if (request.headers.authorization === undefined) {
      throw new HttpError('forbidden', 'Expected a bearer token to make a login link, saw a browser session.')
    }
    const answer = loginLink(callerOf(request) as Person, tools)
    return reply.status(201).send(answer)
  })
  await server.register(async (door) => {
    door.removeAllContentTypeParsers()
    door.addContentTypeParser(FORM, { parseAs: 'string', bodyLimit: FORM_LIMIT_BYTES }, (_request, body, done) =>
      done(null, new URLSearchParams(String(body))),
    )
    pages(door, tools)
  })
}

function pages(door: FastifyInstance, tools: LoginTools): void {
  door.get('/login.css', PAGE, async (_request, reply) => reply.type('text/css; charset=utf-8').send(LOGIN_STYLE))

  door.get<{ Querystring: Readonly<Record<string, unknown>> }>('/login', PAGE, async (request, reply) => {
    const { code, next } = request.query
    if (code === undefined && sessionOf(tools, request) !== null) return reply.redirect(ownPath(next), 303)
    // Only what can be a code stands on the page: people paste other secrets into addresses.
    const isCode = typeof code === 'string' && /^[\w-]{43}$/.test(code)
    return page(reply, tools, { code: isCode ? code : null, next: ownPath(next), problem: null })
  })

  door.post('/login', PAGE, async (request, reply) => {
    requireOwnPage(request)
    const form = formOf(request)
    const next = ownPath(form.get('next'))
    const proof = form.get('token')?.trim() ?? ''
    const person = tools.sessions.redeem(proof, tools.now()) ?? tools.callers.personOf(proof)
    // As everywhere, see authentication.ts: a known proof is let in however many others failed.
    if (person === null && !tools.attempts.admit(request.ip, tools.now())) {
      const problem = 'Too many failed attempts. Wait a minute.'
      return page(reply.status(429).header('retry-after', '60'), tools, { code: null, next, problem })
    }
    if (person === null) {
      const problem = 'This token or link is unknown, spent or too old. Make a new link: truebook login --config FILE'
      return page(reply.status(401), tools, { code: null, next, problem })
    }
    endSession(request, tools)
    const id = tools.sessions.open(person, tools.now())
    return reply.header('set-cookie', sessionCookie(id, tools.secure)).redirect(next, 303)
  })

  door.post('/logout', PAGE, async (request, reply) => {
    requireOwnPage(request)
    endSession(request, tools)
    return reply.header('set-cookie', endedCookie(tools.secure)).redirect('/login', 303)
  })
}

/** A fresh one-time login link of a person. */
export function loginLink(
  person: Person,
  { sessions, publicUrl, now }: Pick<LoginTools, 'sessions' | 'publicUrl' | 'now'>,
): LoginLinkAnswer {
  const { name, role } = person
  const { code, endsAt } = sessions.mintCode({ name, role }, now())
  const path = `/login?code=${code}`
  return { path, url: publicUrl === null ? null : `${publicUrl}${path}`, expires_at: endsAt }
}

function page(
  reply: FastifyReply,
  { mode }: LoginTools,
  content: { readonly code: string | null; readonly next: string; readonly problem: string | null },
): FastifyReply {
  return reply.type('text/html; charset=utf-8').send(loginPage({ mode, ...content }))
}

/** Log out needs no body. */
function formOf({ body }: FastifyRequest): URLSearchParams {
  return body instanceof URLSearchParams ? body : new URLSearchParams()
}

function endSession(request: FastifyRequest, tools: LoginTools): void {
  const id = sessionIdOf(request, tools.secure)
  if (id !== null) tools.sessions.end(id)
}
