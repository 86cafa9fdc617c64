/** Checks of a caller's request that every store makes before any I/O, so that all of them refuse the same things. */
import type { Kind, Query, Write } from './book.ts'
import { UndeclaredQuery } from './errors.ts'
import { type QueryShape, shapeOf } from './queries.ts'

/** A query proven to fit a declared shape; filters index-aligned with `shape.where`. */
export interface CheckedQuery {
  readonly shape: QueryShape
  readonly values: readonly (string | number | boolean | null)[]
  readonly orderBy: { readonly field: string; readonly descending: boolean } | null
  readonly from: number | string | null
  readonly to: number | string | null
  readonly limit: number | null
}

/** @throws UndeclaredQuery when no shipped index serves the query; RangeError on a limit that is no positive integer */
export function checkQuery<K extends Kind>(kind: K, query: Query<K>): CheckedQuery {
  const shape = shapeOf(kind, query)
  const filters = new Map(Object.entries(query.where ?? {}))
  if (query.orderBy === undefined && (query.from !== undefined || query.to !== undefined)) {
    throw new UndeclaredQuery(`Query on ${kind} has bounds but no orderBy field that they could bound.`)
  }
  if (query.limit !== undefined && (!Number.isSafeInteger(query.limit) || query.limit < 1)) {
    throw new RangeError(`Query on ${kind}: expected a positive whole limit, saw ${query.limit}.`)
  }
  return {
    shape,
    values: shape.where.map((field) => filterValue(kind, field, filters.get(field))),
    orderBy:
      query.orderBy === undefined
        ? null
        : { field: query.orderBy.field, descending: query.orderBy.direction === 'descending' },
    from: query.from ?? null,
    to: query.to ?? null,
    limit: query.limit ?? null,
  }
}

function filterValue(kind: Kind, field: string, value: unknown): string | number | boolean | null {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value
  throw new UndeclaredQuery(
    `Query on ${kind}: filter ${field} is ${typeof value}; expected a string, number, boolean or null.`,
  )
}

/**
 * A commit writes each row at most once: two writes of one row have no single revision to answer with. Audit records are created and
 * never touched again. @throws TypeError
 */
export function checkCommit(writes: readonly Write[]): void {
  const seen = new Set<string>()
  for (const { op, kind, id } of writes) {
    checkId(kind, id)
    const row = `${kind}/${id}`
    if (kind === 'audit' && op !== 'create')
      throw new TypeError(`Commit would ${op} ${row}; audit records are immutable: record another decision instead.`)
    if (seen.has(row)) throw new TypeError(`Commit writes row ${row} twice; merge the two writes into one.`)
    seen.add(row)
  }
}

/** Longest row id in bytes of UTF-8; Firestore takes 1500 and its escapes need room. */
const LONGEST_ID = 480

/** @throws TypeError when an id is empty, too long or no well-formed text */
export function checkId(kind: Kind, id: string): void {
  if (id === '' || !id.isWellFormed() || Buffer.byteLength(id) > LONGEST_ID) {
    throw new TypeError(
      `Row id of ${kind}: expected 1 to ${LONGEST_ID} bytes of text, saw ${JSON.stringify(id.slice(0, 80))}.`,
    )
  }
}
