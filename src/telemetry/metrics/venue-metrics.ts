/** What this process asks of venues, how they answer, and how long a signal takes to reach one. */
import { Counter, Histogram, type Registry } from 'prom-client'
import type { OrderEvent } from '#domain/ids.ts'
import { LATENCY_BUCKETS } from './registry.ts'

/** How one HTTP request ended: the class of its status, `429`, or without an answer. */
export type RequestOutcome = '2xx' | '3xx' | '4xx' | '429' | '5xx' | 'lost' | 'not-sent'

export interface VenueMetrics {
  requested(venue: string, endpoint: string, outcome: RequestOutcome, seconds: number): void
  /** From the acceptance of a signal to the first byte of its entry. */
  left(venue: string, signal: string, seconds: number): void
  /** From the first byte of an order or cancel to the venue's answer. */
  acknowledged(venue: string, event: OrderEvent, seconds: number): void
}

/** An adapter calls a fixed list of paths; should one ever build paths, they do not become series without end. */
const ENDPOINTS_MAX = 64

export function venueMetrics(registry: Registry): VenueMetrics {
  const registers = [registry]
  const requests = new Counter({
    name: 'truebook_venue_requests_total',
    help: 'HTTP requests to venues. outcome: class of the status, 429, lost (no answer: unknown), not-sent.',
    labelNames: ['venue', 'endpoint', 'outcome'],
    registers,
  })
  const seconds = new Histogram({
    name: 'truebook_venue_request_seconds',
    help: 'HTTP requests to venues that were answered.',
    labelNames: ['venue', 'endpoint'],
    buckets: LATENCY_BUCKETS,
    registers,
  })
  const left = new Histogram({
    name: 'truebook_signal_to_first_byte_seconds',
    help: "From the durable acceptance of a signal to the first byte of its entry. A reverse waits for the old position's exit.",
    labelNames: ['venue', 'signal'],
    buckets: LATENCY_BUCKETS,
    registers,
  })
  const acknowledged = new Histogram({
    name: 'truebook_first_byte_to_ack_seconds',
    help: 'From the first byte of an order or cancel to the answer of the venue, whatever it says. Without an answer: not counted.',
    labelNames: ['venue', 'event'],
    buckets: LATENCY_BUCKETS,
    registers,
  })
  const endpoints = new Set<string>()
  const bounded = (endpoint: string): string => {
    if (endpoints.size < ENDPOINTS_MAX) endpoints.add(endpoint)
    return endpoints.has(endpoint) ? endpoint : 'other'
  }
  return {
    requested(venue, endpoint, outcome, elapsed) {
      const of = { venue, endpoint: bounded(endpoint) }
      requests.inc({ ...of, outcome })
      if (outcome !== 'lost' && outcome !== 'not-sent') seconds.observe(of, elapsed)
    },
    left: (venue, signal, elapsed) => left.observe({ venue, signal }, elapsed),
    acknowledged: (venue, event, elapsed) => acknowledged.observe({ venue, event }, elapsed),
  }
}
