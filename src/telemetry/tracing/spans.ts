/** LifeTracer on OpenTelemetry. Context lives in an AsyncLocalStorage of its own: nothing here is global. */
import {
  type Context,
  createContextKey,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Tracer,
} from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { rootSpanIdOf, traceIdOf } from '#telemetry/trace-id.ts'
import type { Arrival, LifeSpan, LifeTracer, SpanAttributes, TracedRequest } from './life-tracer.ts'
import type { GivenIds } from './given-ids.ts'

/** What it stands on. */
export interface SpanTools {
  readonly tracer: Tracer
  /** The tracer's own generator: root spans have given ids. */
  readonly ids: GivenIds
  /** Whether a trace is collected; a function of its id, so that every process says the same. */
  isSampled(traceId: string): boolean
  /** Cuts secrets out of a text. */
  conceal(text: string): string
  close(ms: number): Promise<void>
}

/** The request that a part of the programme works for. */
interface RequestScope {
  readonly startedAt: number
  readonly name: string
  readonly attributes: SpanAttributes
  span: Span | null
}

type Run<T> = (span: LifeSpan) => Promise<T>

const REQUEST = createContextKey('truebook request')
const NO_SPAN: LifeSpan = { setAttributes: () => undefined }

export class LifeSpans implements LifeTracer {
  readonly #tools: SpanTools
  readonly #contexts = new AsyncLocalStorageContextManager().enable()

  constructor(tools: SpanTools) {
    this.#tools = tools
  }

  inLife<T>(
    subject: string,
    { name, kind }: { readonly name: string; readonly kind: 'consumer' | 'internal' },
    attributes: SpanAttributes,
    run: Run<T>,
  ): Promise<T> {
    const context = this.#rootOf(subject)
    if (context === null) return this.#contexts.with(ROOT_CONTEXT, () => run(NO_SPAN))
    const options = { kind: kind === 'consumer' ? SpanKind.CONSUMER : SpanKind.INTERNAL }
    const span = this.#tools.tracer.startSpan(name, options, context)
    return this.#running(span, context, attributes, run)
  }

  inside<T>(name: string, attributes: SpanAttributes, run: Run<T>): Promise<T> {
    const context = this.#contexts.active()
    if (trace.getSpan(context) === undefined) return run(NO_SPAN)
    const kind = name.startsWith('venue.') ? SpanKind.CLIENT : SpanKind.INTERNAL
    return this.#running(this.#tools.tracer.startSpan(name, { kind }, context), context, attributes, run)
  }

  async arriving<T extends { readonly status: string }>(arrival: Arrival, accept: () => Promise<T>): Promise<T> {
    const scope = (this.#contexts.active().getValue(REQUEST) as RequestScope | undefined) ?? null
    const startTime = scope?.startedAt ?? Date.now()
    const accepted = await this.#accepting(arrival, scope, startTime, accept)
    if (accepted.status === 'accepted') this.#begin(arrival, startTime)
    return accepted
  }

  request(about: { readonly method: string; readonly route: string; readonly requestId: string }): TracedRequest {
    const { method, route, requestId } = about
    const attributes = { 'http.request.method': method, 'http.route': route, request_id: requestId }
    const scope: RequestScope = { startedAt: Date.now(), name: `${method} ${route}`, attributes, span: null }
    return {
      within: (run) => this.#contexts.with(this.#contexts.active().setValue(REQUEST, scope), run),
      answered: (status, answer) => {
        if (scope.span === null) return
        this.#set(scope.span, { 'http.response.status_code': status, ...answer })
        scope.span.end()
      },
    }
  }

  close(ms: number): Promise<void> {
    return this.#tools.close(ms)
  }

  /** The request is told in the trace of the first position that is traced. */
  #accepting<T>(arrival: Arrival, scope: RequestScope | null, startTime: number, accept: () => Promise<T>): Promise<T> {
    const contexts = arrival.positions.map(({ positionId }) => this.#rootOf(positionId))
    const context = contexts.find((root) => root !== null) ?? null
    if (context === null) return accept()
    const { name = 'signal.arrival', attributes = {} } = scope ?? {}
    const span = this.#tools.tracer.startSpan(name, { kind: SpanKind.SERVER, startTime }, context)
    // The answer to the request ends its span; without a request the acceptance does.
    scope?.span?.end()
    if (scope !== null) scope.span = span
    return this.#running(span, context, { ...arrivalAttributes(arrival), ...attributes }, accept, scope === null)
  }

  /** One root a position, told once: by whoever accepted the signal for the first time. */
  #begin(arrival: Arrival, startTime: number): void {
    const { tracer, ids } = this.#tools
    for (const { account, positionId } of arrival.positions) {
      const traceId = traceIdOf(positionId)
      const span = ids.giving({ traceId, spanId: rootSpanIdOf(traceId) }, () =>
        tracer.startSpan('signal', { startTime }, ROOT_CONTEXT),
      )
      this.#set(span, { ...arrivalAttributes(arrival), position_id: positionId, account })
      span.end()
    }
  }

  /** Null where this life is not traced. */
  #rootOf(subject: string): Context | null {
    const traceId = traceIdOf(subject)
    if (!this.#tools.isSampled(traceId)) return null
    const root = { traceId, spanId: rootSpanIdOf(traceId), traceFlags: TraceFlags.SAMPLED, isRemote: true }
    return trace.setSpanContext(ROOT_CONTEXT, root)
  }

  #running<T>(span: Span, context: Context, attributes: SpanAttributes, run: Run<T>, ends = true): Promise<T> {
    this.#set(span, attributes)
    const told: LifeSpan = { setAttributes: (more) => this.#set(span, more) }
    return this.#contexts.with(trace.setSpan(context, span), async () => {
      try {
        return await run(told)
      } catch (error) {
        const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
        if (span.isRecording()) span.setStatus({ code: SpanStatusCode.ERROR, message: this.#tools.conceal(message) })
        throw error
      } finally {
        if (ends) span.end()
      }
    })
  }

  /** What a venue or a person wrote may hold anything: every text is searched for secrets before it is kept. */
  #set(span: Span, attributes: SpanAttributes): void {
    if (!span.isRecording()) return
    for (const [key, value] of Object.entries(attributes)) {
      span.setAttribute(key, typeof value === 'string' ? this.#tools.conceal(value) : value)
    }
  }
}

function arrivalAttributes({ signalKey, source, strategy, signalKind, positions }: Arrival): SpanAttributes {
  const accounts = positions.map(({ account }) => account).join(' ')
  return { signal_key: signalKey, source, strategy, signal_kind: signalKind, accounts }
}
