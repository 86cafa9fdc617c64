/** A book whose commits are measured and told: how long they took, what they decided about signals, which orders leave next. */
import type { Book, Write } from '#book/book.ts'
import { BookUnavailable, StaleWrite } from '#book/errors.ts'
import { withCommit } from '#book/with-commit.ts'
import type { BookMetrics, CommitFailure } from './metrics/book-metrics.ts'
import type { OrderPath } from './order-path.ts'
import type { LifeTracer, SpanAttributes } from './tracing/life-tracer.ts'

export interface BookObserver {
  readonly metrics: BookMetrics
  readonly orders: OrderPath
  /** Null: nothing is traced. */
  readonly tracer: LifeTracer | null
}

const MS = 1_000

export function observedBook(book: Book, observer: BookObserver): Book {
  const { metrics, tracer } = observer
  const commit: Book['commit'] = async (writes) => {
    const startedAt = performance.now()
    try {
      const revisions = await book.commit(writes)
      metrics.committed((performance.now() - startedAt) / MS)
      for (const write of writes) note(write, observer)
      return revisions
    } catch (error) {
      metrics.failed(reasonOf(error))
      throw error
    }
  }
  if (tracer === null) return withCommit(book, commit)
  return withCommit(book, (writes) => tracer.inside('book.commit', attributesOf(writes), () => commit(writes)))
}

function note(write: Write, { metrics, orders }: BookObserver): void {
  if (write.op === 'delete') return
  if (write.kind === 'intents' && write.row.state === 'sending') orders.sending(write.row)
  if (write.op !== 'create') return
  if (write.kind === 'signals') metrics.accepted(write.row.signal.kind)
  if (write.kind === 'processed' && write.row.stage === 'route') {
    metrics.decided(write.row.outcome.result, write.row.outcome.gate ?? '')
  }
}

function reasonOf(error: unknown): CommitFailure {
  if (error instanceof StaleWrite) return 'stale'
  return error instanceof BookUnavailable ? 'unavailable' : 'other'
}

/** An alert has a trace of its own, of its deliveries: the commit that raised it names it. */
function attributesOf(writes: readonly Write[]): SpanAttributes {
  const kinds = [...new Set(writes.map(({ kind }) => kind))].join(' ')
  const alerts = writes.flatMap((write) => (write.kind === 'alerts' && write.op === 'create' ? [write.id] : []))
  return { writes: writes.length, kinds, ...(alerts.length > 0 && { alerts: alerts.join(' ') }) }
}
