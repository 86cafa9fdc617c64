/** Seeing inside: what this process measures and traces, put around its parts here, so that none of them knows. */
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import type { Book } from '#book/book.ts'
import type { Config } from '#config/config.ts'
import { concealerOf } from '#domain/conceal.ts'
import type { SignalRow } from '#domain/records.ts'
import type { Acceptance } from '#ingest/accept-signal.ts'
import { RateLimitedLog } from '#queues/bullmq/queue-log.ts'
import { createMetrics, type Metrics } from '#telemetry/metrics/metrics.ts'
import { listenForScrapes } from '#telemetry/metrics/metrics-listener.ts'
import { observedBook } from '#telemetry/observed-book.ts'
import { OrderPath } from '#telemetry/order-path.ts'
import { traceIdOf } from '#telemetry/trace-id.ts'
import type { LifeTracer } from '#telemetry/tracing/life-tracer.ts'
import type { Log } from '#workers/worker.ts'
import type { SecretNeeds, Secrets } from './secrets.ts'

/** What the parts of a process are observed with. */
export interface Telemetry {
  readonly metrics: Metrics
  /** Null: nothing is traced, and nothing is put around anything for it. */
  readonly tracer: LifeTracer | null
  readonly orders: OrderPath
}

export interface TelemetryTools {
  readonly config: Config
  readonly needs: SecretNeeds
  readonly secrets: Secrets
  readonly log: Log
  readonly now: () => number
}

/** How long the end of a process waits for the collector, ms. */
const FLUSH_MS = 2_000

/** What this process measures with, and the book as it is measured. */
export async function observe(
  book: Book,
  tools: TelemetryTools,
  opened: AsyncDisposableStack,
): Promise<{ readonly telemetry: Telemetry; readonly book: Book }> {
  const metrics = createMetrics(buildOf(tools))
  const tracer = await openTracing(tools, metrics)
  if (tracer !== null) opened.defer(() => tracer.close(FLUSH_MS))
  const orders = new OrderPath({ metrics: metrics.venues, book, now: tools.now })
  await serveMetrics(tools, metrics, opened)
  return {
    telemetry: { metrics, tracer, orders },
    book: observedBook(book, { metrics: metrics.book, orders, tracer }),
  }
}

/** What acceptances of signals are observed with: one line in the log, and the beginning of the trace. */
export function arrivals({ tracer }: Telemetry, log: Log) {
  return async (row: SignalRow, accept: () => Promise<Acceptance>): Promise<Acceptance> => {
    const { signalKey, signal, accounts, positionIds } = row
    const { source, strategy, kind } = signal
    const positions = accounts.map((account, index) => ({ account, positionId: positionIds[index] ?? '' }))
    const accepting = tracer?.arriving({ signalKey, positions, source, strategy, signalKind: kind }, accept) ?? accept()
    const acceptance = await accepting
    const fields = { signal_key: signalKey, source, strategy, kind, accounts, position_ids: positionIds }
    log.info({ ...fields, trace_ids: positionIds.map(traceIdOf) }, `signal ${acceptance.status}`)
    return acceptance
  }
}

async function openTracing(
  { config, secrets, log, now, needs }: TelemetryTools,
  metrics: Metrics,
): Promise<LifeTracer | null> {
  const { endpoint, sample } = config.tracing
  if (endpoint === null || sample === 0) return null
  // Loaded only where it is wanted: it is the larger part of a start.
  const { openTracer } = await import('#telemetry/tracing/open-tracer.ts')
  const limited = new RateLimitedLog(log, now)
  const headers = Object.entries(secrets.traceHeaders).map(([name, value]) => [name, value.reveal()])
  const { version, role, site } = buildOf({ config, needs })
  return openTracer({
    endpoint,
    headers: Object.fromEntries(headers),
    sample,
    resource: {
      'service.version': version,
      'service.instance.id': `${hostname()}-${process.pid}`,
      'deployment.environment.name': config.mode,
      'truebook.role': role,
      'truebook.site': site,
    },
    conceal: concealerOf(secrets.all.map((secret) => secret.reveal())),
    metrics: metrics.traces,
    onLost: (spans, reason) =>
      limited.write('warn', { spans, reason }, 'the collector of traces did not take a batch; trading goes on without'),
  })
}

/** A port that is taken leaves nobody untraded: it is told, and the process goes on unmeasured from outside. */
async function serveMetrics({ config, secrets, log }: TelemetryTools, metrics: Metrics, opened: AsyncDisposableStack) {
  const { host, port } = config.metrics
  if (port === null) return
  try {
    const { registry } = metrics
    const listener = opened.use(await listenForScrapes({ registry, host, port, token: secrets.metricsToken }))
    log.info({ url: listener.url }, 'metrics are served')
  } catch (error) {
    log.error({ err: error, host, port }, 'metrics are not served: give each process on a machine a port of its own')
  }
}

function buildOf({ config, needs }: Pick<TelemetryTools, 'config' | 'needs'>) {
  const role = needs.trades && needs.serves ? 'all' : needs.trades ? 'worker' : 'api'
  return { version: versionOf(), mode: config.mode, role, site: needs.site ?? '' } as const
}

function versionOf(): string {
  const file = new URL('../../package.json', import.meta.url)
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }).version
}
