/** A checked query in Firestore's own form. Ties of the order are broken by document name, in the same direction. */
import type { protos } from '@google-cloud/firestore-api'
import type { Kind } from '../book.ts'
import type { CheckedQuery } from '../validate.ts'
import { encodeValue } from './values.ts'

type StructuredQuery = protos.google.firestore.v1.IStructuredQuery
type Filter = protos.google.firestore.v1.StructuredQuery.IFilter
type Comparison = 'EQUAL' | 'GREATER_THAN_OR_EQUAL' | 'LESS_THAN_OR_EQUAL'

/** The query over one kind's collection. */
export function structuredQueryOf(kind: Kind, query: CheckedQuery): StructuredQuery {
  const direction = query.orderBy?.descending === true ? 'DESCENDING' : 'ASCENDING'
  const filters = filtersOf(query)
  const orderFields = query.orderBy === null ? ['__name__'] : [query.orderBy.field, '__name__']
  return {
    from: [{ collectionId: kind }],
    ...(filters.length === 0 ? {} : { where: { compositeFilter: { op: 'AND', filters } } }),
    orderBy: orderFields.map((fieldPath) => ({ field: { fieldPath }, direction })),
    ...(query.limit === null ? {} : { limit: { value: query.limit } }),
  }
}

function filtersOf(query: CheckedQuery): Filter[] {
  const filters = query.shape.where.map((field, index) => equals(field, query.values[index] ?? null))
  if (query.orderBy === null) return filters
  const { field } = query.orderBy
  if (query.from !== null) filters.push(compares(field, 'GREATER_THAN_OR_EQUAL', query.from))
  if (query.to !== null) filters.push(compares(field, 'LESS_THAN_OR_EQUAL', query.to))
  return filters
}

function equals(fieldPath: string, value: string | number | boolean | null): Filter {
  if (value === null) return { unaryFilter: { op: 'IS_NULL', field: { fieldPath } } }
  return compares(fieldPath, 'EQUAL', value)
}

function compares(fieldPath: string, op: Comparison, value: string | number | boolean): Filter {
  return { fieldFilter: { field: { fieldPath }, op, value: encodeValue(value) } }
}
