/**
 * Spans to a collector over OTLP/HTTP with JSON. Trading never waits for it: spans queue up to a bound, go out in batches in the background,
 * and what does not fit or is not taken is counted and forgotten.
 */
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  BatchSpanProcessor,
  type ReadableSpan,
  SamplingDecision,
  type SpanExporter,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import { ROOT_CONTEXT } from '@opentelemetry/api'
import type { TraceMetrics } from '#telemetry/metrics/trace-metrics.ts'
import { GivenIds } from './given-ids.ts'
import type { LifeTracer } from './life-tracer.ts'
import { LifeSpans } from './spans.ts'

export interface TracerTerms {
  /** Full address of the receiver. */
  readonly endpoint: string
  readonly headers: Readonly<Record<string, string>>
  /** Part of the lives that is traced. */
  readonly sample: number
  /** What this process is, e.g. `service.version`. */
  readonly resource: Readonly<Record<string, string>>
  readonly conceal: (text: string) => string
  readonly metrics: TraceMetrics
  /** Told when a batch was not taken, without address or headers. */
  readonly onLost: (spans: number, reason: string) => void
}

/** Spans that wait to be sent; the next ones are dropped. */
const QUEUE_MAX = 4_096
const BATCH_MAX = 512
const EVERY_MS = 1_000
/** A collector that is slower than this loses the batch. */
const EXPORT_MS = 5_000
const TEXT_MAX = 1_000

export function openTracer(terms: TracerTerms): LifeTracer {
  const sampler = new TraceIdRatioBasedSampler(terms.sample)
  const ids = new GivenIds()
  const exporter = new OTLPTraceExporter({
    url: terms.endpoint,
    headers: { ...terms.headers },
    timeoutMillis: EXPORT_MS,
    concurrencyLimit: 2,
  })
  const processor = new BatchSpanProcessor({
    exporter: told(exporter, terms),
    maxQueueSize: QUEUE_MAX,
    maxExportBatchSize: BATCH_MAX,
    scheduledDelayMillis: EVERY_MS,
    exportTimeoutMillis: EXPORT_MS,
  })
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'truebook', ...terms.resource }),
    sampler,
    idGenerator: ids,
    spanProcessors: [processor],
    spanLimits: { attributeValueLengthLimit: TEXT_MAX },
  })
  return new LifeSpans({
    tracer: provider.getTracer('truebook'),
    ids,
    isSampled: (traceId) =>
      sampler.shouldSample(ROOT_CONTEXT, traceId).decision === SamplingDecision.RECORD_AND_SAMPLED,
    conceal: (text) => terms.conceal(text),
    close: (ms) => withinMs(provider.shutdown(), ms),
  })
}

/** The same exporter; how each batch went is counted, and a lost one said. */
function told(exporter: SpanExporter, { metrics, onLost, conceal }: TracerTerms): SpanExporter {
  return {
    export(spans: ReadableSpan[], done) {
      exporter.export(spans, (result) => {
        const { error } = result
        if (error === undefined) metrics.exported(spans.length)
        else {
          metrics.lost(spans.length)
          onLost(spans.length, conceal(error.message))
        }
        done(result)
      })
    },
    shutdown: () => exporter.shutdown(),
    forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve(),
  }
}

/** The end of a process does not wait for a collector that is away. */
async function withinMs(ending: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  await Promise.race([ending.catch(() => undefined), late])
  clearTimeout(timer)
}
