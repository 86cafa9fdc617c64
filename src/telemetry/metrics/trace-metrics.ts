/** How the collector takes this process's spans: lost ones are no fault of trading, and no secret either. */
import { Counter, type Registry } from 'prom-client'

export interface TraceMetrics {
  exported(spans: number): void
  lost(spans: number): void
}

export function traceMetrics(registry: Registry): TraceMetrics {
  const spans = new Counter({
    name: 'truebook_trace_spans_total',
    help: 'Spans sent to the collector, by whether it took them (exported, lost). Those dropped before, from a full queue, are in neither.',
    labelNames: ['outcome'],
    registers: [registry],
  })
  for (const outcome of ['exported', 'lost']) spans.inc({ outcome }, 0)
  return {
    exported: (count) => spans.inc({ outcome: 'exported' }, count),
    lost: (count) => spans.inc({ outcome: 'lost' }, count),
  }
}
