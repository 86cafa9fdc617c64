/** Who is logged in, and what a browser needs to make changes. */
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { describes, instant } from './answers.ts'
import { type AuthenticationTools, sessionOf } from './authentication.ts'
import { callerOf, ROLES } from './callers.ts'
import { HttpError } from './http-error.ts'
import { operation } from './operation.ts'
import type { SessionAnswer } from './wire.ts'

const SESSION = operation({
  summary: 'Who asks, and the proof a browser session needs for changes',
  access: 'viewer',
  answers: {
    200: {
      what: 'csrf and expires_at are null for bearer tokens, which need and have neither.',
      schema: describes<SessionAnswer>()(
        z.object({
          name: z.string(),
          role: z.enum(ROLES),
          mode: z.enum(['paper', 'live']),
          csrf: z.string().nullable(),
          expires_at: instant.nullable(),
        }),
      ),
    },
  },
})

/** `GET /v1/session` */
export function sessionRoute(
  server: FastifyInstance,
  tools: AuthenticationTools & { readonly mode: 'paper' | 'live' },
): void {
  server.get('/v1/session', SESSION, async (request): Promise<SessionAnswer> => {
    const caller = callerOf(request)
    if (caller.role === 'signals') throw new HttpError('forbidden', 'Expected a person, saw a signal sender.')
    const session = sessionOf(tools, request)
    return {
      name: caller.name,
      role: caller.role,
      mode: tools.mode,
      csrf: session?.csrf ?? null,
      expires_at: session?.endsAt ?? null,
    }
  })
}
