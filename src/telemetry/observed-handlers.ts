/** Stage workers whose runs are measured and, where traces are wanted, spans of the life of their position. */
import type { Envelope, Stage } from '#domain/message.ts'
import { type StageWorker, Unworkable, type Verdict } from '#workers/worker.ts'
import type { RunResult, StageMetrics } from './metrics/stage-metrics.ts'
import type { LifeTracer, SpanAttributes } from './tracing/life-tracer.ts'

export interface StageObserver {
  readonly metrics: StageMetrics
  /** Null: nothing is traced. */
  readonly tracer: LifeTracer | null
}

const MS = 1_000

export function observedHandlers<Handlers extends Readonly<Partial<Record<Stage, StageWorker>>>>(
  handlers: Handlers,
  observer: StageObserver,
): Handlers {
  const observed = Object.entries(handlers).map(([stage, handler]) => [
    stage,
    observedHandler(stage as Stage, handler, observer),
  ])
  return Object.fromEntries(observed) as Handlers
}

function observedHandler(stage: Stage, handler: StageWorker, { metrics, tracer }: StageObserver): StageWorker {
  const measured: StageWorker = async (envelope, tools) => {
    const startedAt = performance.now()
    const ended = (result: RunResult): void => metrics.ran(stage, result, (performance.now() - startedAt) / MS)
    try {
      const verdict = await handler(envelope, tools)
      ended(verdict.kind)
      return verdict
    } catch (error) {
      ended(error instanceof Unworkable ? 'unworkable' : 'error')
      throw error
    }
  }
  if (tracer === null) return measured
  return (envelope, tools) =>
    tracer.inLife(
      envelope.position_id,
      { name: `stage.${stage}`, kind: 'consumer' },
      attributesOf(envelope),
      async (span) => {
        const verdict = await measured(envelope, tools)
        span.setAttributes(verdictAttributes(verdict))
        return verdict
      },
    )
}

function attributesOf(envelope: Envelope): SpanAttributes {
  const { stage, idempotency_key, client_order_id, position_id, account, source } = envelope
  return {
    stage,
    idempotency_key,
    position_id,
    account,
    source,
    ...(client_order_id !== null && { client_order_id }),
  }
}

function verdictAttributes(verdict: Verdict): SpanAttributes {
  const next = (verdict.next ?? []).map(({ stage }) => stage).join(' ')
  return {
    verdict: verdict.kind,
    verdict_detail: verdict.detail,
    ...(verdict.kind === 'again' && { again_after_ms: verdict.afterMs }),
    ...(next !== '' && { next }),
  }
}
