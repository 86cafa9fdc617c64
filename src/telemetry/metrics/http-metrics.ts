/** How the HTTP interface answers, by route pattern: addresses never become labels. */
import { Histogram, type Registry } from 'prom-client'
import { LATENCY_BUCKETS } from './registry.ts'

export interface HttpMetrics {
  answered(method: string, route: string, status: number, seconds: number): void
}

/** Others are possible on the wire and no reason for a series. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])

export function httpMetrics(registry: Registry): HttpMetrics {
  const requests = new Histogram({
    name: 'truebook_http_request_seconds',
    help: 'Requests answered by the HTTP interface, by route pattern and class of the status.',
    labelNames: ['method', 'route', 'status'],
    buckets: LATENCY_BUCKETS,
    registers: [registry],
  })
  return {
    answered(method, route, status, seconds) {
      const of = { method: METHODS.has(method) ? method : 'other', route, status: `${Math.floor(status / 100)}xx` }
      requests.observe(of, seconds)
    },
  }
}
