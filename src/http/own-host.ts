/**
 * Whether a request means this server. A page elsewhere can make its own name point at this machine (DNS rebinding); the browser then talks to us as to
 * that page's own server, but it still says that name as the host.
 */
import type { FastifyRequest } from 'fastify'
import { isLoopbackHost } from '#config/scalars.ts'
import { HttpError } from './http-error.ts'
import { isSigned } from './signature.ts'

export interface OwnNames {
  /** Where this server listens. */
  readonly host: string
  readonly publicUrl: string | null
}

/**
 * A hook before everything else. Beyond this machine our other names are unknown: a request that shows a proof which no browser adds by itself may use
 * any, and without a public address TLS, or the proxy, knows them. Probes of health may come by any name. @throws HttpError 403
 */
export function requireOwnHost({ host, publicUrl }: OwnNames): (request: FastifyRequest) => Promise<void> {
  const publicHost = publicUrl === null ? null : new URL(publicUrl).host
  const here = isLoopbackHost(host)
  return async (request) => {
    if (!here && (publicHost === null || showsProof(request))) return
    if (request.routeOptions.config?.operation?.anyHost === true) return
    const asked = request.host.toLowerCase()
    if (asked === publicHost || isLoopbackHost(asked.replace(/:\d+$/, ''))) return
    throw new HttpError(
      'forbidden',
      'Expected the host to be a name of this server (see http.public_url), saw another.',
    )
  }
}

function showsProof(request: FastifyRequest): boolean {
  return request.headers.authorization !== undefined || isSigned(request)
}
