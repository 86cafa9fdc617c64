/** The cookie of a browser session: unreadable for scripts, never sent along from another site, and over TLS only wherever there is TLS. */
import type { FastifyRequest } from 'fastify'

const LIFE_SECONDS = 12 * 3600

/** `__Host-` makes browsers insist on Secure, on our path and on no other host; they allow it with Secure only. */
function nameOf(secure: boolean): string {
  return secure ? '__Host-truebook' : 'truebook'
}

/** The session id a request carries, or null. A proxy that says it was reached without TLS brings none. */
export function sessionIdOf(request: FastifyRequest, secure: boolean): string | null {
  if (secure && /^http$/i.test(String(request.headers['x-forwarded-proto'] ?? '').trim())) return null
  const name = nameOf(secure)
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const [key, value] = pair.trim().split('=', 2)
    if (key === name && value !== undefined && value !== '') return value
  }
  return null
}

/** The header that gives a browser its session. */
export function sessionCookie(id: string, secure: boolean): string {
  return attributes(id, LIFE_SECONDS, secure)
}

/** The header that takes it away. */
export function endedCookie(secure: boolean): string {
  return attributes('', 0, secure)
}

function attributes(value: string, seconds: number, secure: boolean): string {
  const flags = ['Path=/', 'HttpOnly', 'SameSite=Strict', `Max-Age=${seconds}`, ...(secure ? ['Secure'] : [])]
  return [`${nameOf(secure)}=${value}`, ...flags].join('; ')
}
