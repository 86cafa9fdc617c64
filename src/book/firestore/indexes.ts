/**
 * The Firestore index file as a function of the declared query shapes. Every other index is switched off: index fan-out
 * is most of the latency and cost of a write, and a row's own fields are never searched.
 */
import type { Kind } from '../book.ts'
import { KINDS } from '../kinds.ts'
import { QUERY_SHAPES, type QueryShape, indexedFieldsOf } from '../queries.ts'
import { COMMIT_FIELD, ROW_FIELD } from './documents.ts'

type Order = 'ASCENDING' | 'DESCENDING'
interface IndexField {
  readonly fieldPath: string
  readonly order: Order
}
interface CompositeIndex {
  readonly collectionGroup: Kind
  readonly queryScope: 'COLLECTION'
  readonly fields: readonly IndexField[]
}
interface FieldOverride {
  readonly collectionGroup: Kind
  readonly fieldPath: string
  readonly indexes: readonly { readonly order: Order; readonly queryScope: 'COLLECTION' }[]
}

const BOTH: readonly Order[] = ['ASCENDING', 'DESCENDING']

/** Text of `firestore.indexes.json`, as `firebase deploy --only firestore:indexes` takes it. */
export function firestoreIndexFile(): string {
  const indexes = QUERY_SHAPES.flatMap(compositeIndexesOf)
  const fieldOverrides = KINDS.flatMap((kind) =>
    [ROW_FIELD, COMMIT_FIELD, ...indexedFieldsOf(kind)].map((field) => overrideOf(kind, field)),
  )
  return `${JSON.stringify({ indexes, fieldOverrides }, null, 2)}\n`
}

/** A query of two fields or more needs an index of exactly them, and one for each direction of its order. */
function compositeIndexesOf({ kind, where, orderBy }: QueryShape): CompositeIndex[] {
  const filters = where.map((fieldPath): IndexField => ({ fieldPath, order: 'ASCENDING' }))
  if (orderBy === null) return filters.length < 2 ? [] : [composite(kind, filters)]
  if (filters.length === 0) return []
  return BOTH.map((order) => composite(kind, [...filters, { fieldPath: orderBy, order }]))
}

function composite(collectionGroup: Kind, fields: readonly IndexField[]): CompositeIndex {
  return { collectionGroup, queryScope: 'COLLECTION', fields }
}

/** Single-field indexes that queries of one field need, instead of the automatic three. */
function overrideOf(collectionGroup: Kind, fieldPath: string): FieldOverride {
  const shapes = QUERY_SHAPES.filter(({ kind }) => kind === collectionGroup)
  const ordered = shapes.some(({ where, orderBy }) => where.length === 0 && orderBy === fieldPath)
  const filtered = shapes.some(({ where, orderBy }) => orderBy === null && where.join() === fieldPath)
  const orders: readonly Order[] = ordered ? BOTH : filtered ? ['ASCENDING'] : []
  return { collectionGroup, fieldPath, indexes: orders.map((order) => ({ order, queryScope: 'COLLECTION' })) }
}
