/** Every query shape the system asks, as data: `list` refuses others, and the Firestore index file is made from it. */
import type { Kind, Query, Rows } from './book.ts'
import { UndeclaredQuery } from './errors.ts'

export interface QueryShape {
  readonly kind: Kind
  readonly where: readonly string[]
  readonly orderBy: string | null
}

function shape<K extends Kind>(
  kind: K,
  where: readonly Extract<keyof Rows[K], string>[],
  orderBy: Extract<keyof Rows[K], string> | null = null,
): QueryShape {
  return { kind, where: where.toSorted(), orderBy }
}

export const QUERY_SHAPES: readonly QueryShape[] = [
  shape('positions', ['open']),
  shape('positions', ['account', 'open']),
  shape('positions', ['account', 'instrument', 'open']),
  shape('positions', ['account'], 'createdAt'),
  shape('positions', [], 'createdAt'),
  shape('intents', ['account', 'settled']),
  shape('intents', ['positionId']),
  shape('orders', ['account', 'working']),
  shape('orders', ['positionId']),
  shape('orders', ['account'], 'placedAt'),
  shape('intents', ['account', 'event'], 'createdAt'),
  shape('fills', ['account'], 'time'),
  shape('fills', ['account', 'instrument'], 'time'),
  shape('ledger', ['account'], 'at'),
  shape('ledger', ['positionId']),
  shape('outbox', [], 'createdAt'),
  shape('outbox', ['stage'], 'createdAt'),
  shape('alerts', ['active'], 'raisedAt'),
  shape('alerts', ['account', 'active'], 'raisedAt'),
  shape('alerts', [], 'raisedAt'),
  shape('alerts', ['positionId'], 'raisedAt'),
  shape('heartbeats', []),
  shape('audit', ['subject'], 'at'),
  shape('audit', [], 'at'),
  shape('sweeps', ['account'], 'startedAt'),
  shape('signals', [], 'receivedAt'),
  shape('accounts', []),
  shape('control', []),
  shape('programmes', ['firm']),
  shape('equity', []),
  shape('equityDays', ['account'], 'day'),
  shape('cursors', []),
]

/** Every field of a kind that a declared query filters or orders by, sorted. */
export function indexedFieldsOf(kind: Kind): string[] {
  const shapes = QUERY_SHAPES.filter((candidate) => candidate.kind === kind)
  const fields = shapes.flatMap(({ where, orderBy }) => (orderBy === null ? where : [...where, orderBy]))
  return [...new Set(fields)].toSorted()
}

/** The declared shape of a query. @throws UndeclaredQuery when none fits. */
export function shapeOf<K extends Kind>(kind: K, query: Query<K>): QueryShape {
  const where = Object.keys(query.where ?? {})
    .toSorted()
    .join()
  const orderBy = query.orderBy?.field ?? null
  const found = QUERY_SHAPES.find(
    (candidate) => candidate.kind === kind && candidate.where.join() === where && candidate.orderBy === orderBy,
  )
  if (found === undefined) {
    throw new UndeclaredQuery(
      `No declared query on ${kind} where (${where}) order by ${orderBy}; declare it in book/queries.ts.`,
    )
  }
  return found
}
