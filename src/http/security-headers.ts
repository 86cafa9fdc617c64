/** What browsers are told about every answer: run nothing that is not ours, show us in no frame, guess no types, keep nothing. */
import type { FastifyInstance } from 'fastify'

/** No inline script or style, nothing from elsewhere, and no text that becomes script. */
const STRICT = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ')

/** Bull Board styles elements inline and would load a web font; nothing else is allowed, and nothing from elsewhere. */
const BULL_BOARD =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"

/** `secure`: browsers reach us through TLS and are to come back through it only. */
export function addSecurityHeaders(server: FastifyInstance, secure: boolean): void {
  server.addHook('onSend', async (request, reply) => {
    const isBoard = /^\/queues(\/|$)/.test(request.routeOptions.url ?? '')
    void reply.headers({
      'content-security-policy': isBoard ? BULL_BOARD : STRICT,
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      // To us only: without any, browsers hide the origin of our own forms from us too.
      'referrer-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      ...(secure && { 'strict-transport-security': 'max-age=31536000' }),
    })
    if (!reply.hasHeader('cache-control')) void reply.header('cache-control', 'no-store')
  })
}
