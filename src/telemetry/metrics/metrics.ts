/** Everything a process measures, on one registry of its own. */
import type { Registry } from 'prom-client'
import { type BookMetrics, bookMetrics } from './book-metrics.ts'
import { type HttpMetrics, httpMetrics } from './http-metrics.ts'
import { type BuildInfo, createRegistry } from './registry.ts'
import { type StageMetrics, stageMetrics } from './stage-metrics.ts'
import { type TraceMetrics, traceMetrics } from './trace-metrics.ts'
import { type VenueMetrics, venueMetrics } from './venue-metrics.ts'

export interface Metrics {
  readonly registry: Registry
  readonly stages: StageMetrics
  readonly book: BookMetrics
  readonly venues: VenueMetrics
  readonly http: HttpMetrics
  readonly traces: TraceMetrics
}

export function createMetrics(build: BuildInfo): Metrics {
  const registry = createRegistry(build)
  return {
    registry,
    stages: stageMetrics(registry),
    book: bookMetrics(registry),
    venues: venueMetrics(registry),
    http: httpMetrics(registry),
    traces: traceMetrics(registry),
  }
}
