/** What the doctor says of the way in: where it listens, whether the certificate works and for how long, who may do what. */
import { X509Certificate } from 'node:crypto'
import type { Config } from '#config/config.ts'
import { isLoopbackHost } from '#config/scalars.ts'
import { readCertificate } from '#http/open-fastify.ts'
import { type Check, fail, ok } from './checks.ts'

const DAY_MS = 86_400_000
/** An operator wants to hear of it while there is time to renew. */
const RENEW_WITHIN_DAYS = 14

/** The way in, for an instant. */
export function checkAccess({ http }: Config, now: number): Check[] {
  return [listening(http), ...(http.tls === null ? [] : [certificate(http.tls, now)]), people(http)]
}

function listening({ host, port, tls, behindProxy, publicUrl }: Config['http']): Check {
  const where = `${host}:${port}`
  if (isLoopbackHost(host) && !behindProxy) return ok('access', `${where}, from this machine only`)
  const how = tls === null ? 'TLS ends at the proxy in front' : 'with TLS of its own'
  if (publicUrl !== null) return ok('access', `${where}, ${how}, as ${publicUrl}`)
  const detail = `${where}, ${how}; without http.public_url any host name is taken, and alerts have no links`
  return { level: 'warn', check: 'access', detail, fix: 'set http.public_url, e.g. https://truebook.example.com' }
}

function certificate(tls: NonNullable<Config['http']['tls']>, now: number): Check {
  try {
    const { cert } = readCertificate(tls)
    const { validTo } = new X509Certificate(cert)
    const days = Math.floor((Date.parse(validTo) - now) / DAY_MS)
    if (days < 0) return fail('certificate', `expected one that is valid, saw the end of it on ${validTo}`, 'renew it')
    const detail = `${tls.certFile}, valid for ${days} more days`
    if (days >= RENEW_WITHIN_DAYS) return ok('certificate', detail)
    return { level: 'warn', check: 'certificate', detail, fix: 'renew it and restart the API' }
  } catch (error) {
    return fail('certificate', (error as Error).message, 'see http.tls')
  }
}

function people({ operators }: Config['http']): Check {
  const named = operators.map(({ name, role }) => `${name} (${role})`)
  return ok('people', ['operator (admin)', ...named].join(', '))
}
