/**
 * Rows as documents: `truebook/<prefix>/<kind>/<id>` with the row under `row`, the fields that queries use beside it,
 * and `commit`, the token of the commit that wrote it, by which a writer recognises its own work after a lost reply.
 */
import type { protos } from '@google-cloud/firestore-api'
import type { Kind, Revision, Stored } from '../book.ts'
import { indexedFieldsOf } from '../queries.ts'
import { type Fields, decodeValue, encodeValue } from './values.ts'

export type Document = protos.google.firestore.v1.IDocument
type Timestamp = protos.google.protobuf.ITimestamp

/** Field names of a document that are no fields of its row. */
export const ROW_FIELD = 'row'
export const COMMIT_FIELD = 'commit'

/** Where the documents of one book live. */
export interface Location {
  /** `projects/<project>/databases/<database>` */
  readonly database: string
  /** Document under which the kinds are collections. */
  readonly parent: string
}

/** The place of a book; several books with different prefixes share a database without meeting. */
export function locationOf(projectId: string, databaseId: string, prefix: string): Location {
  const database = `projects/${projectId}/databases/${databaseId}`
  return { database, parent: `${database}/documents/truebook/${escapeId(prefix)}` }
}

/** Full resource name of a row's document. */
export function documentName(location: Location, kind: Kind, id: string): string {
  return `${location.parent}/${kind}/${escapeId(id)}`
}

/** Document ids must not hold `/`, be `.` or `..`, or look like `__x__`: https://firebase.google.com/docs/firestore/quotas */
function escapeId(id: string): string {
  const escaped = id.replaceAll('%', '%25').replaceAll('/', '%2F')
  if (escaped === '.' || escaped === '..') return escaped.replaceAll('.', '%2E')
  return /^__.*__$/s.test(escaped) ? `%5F${escaped.slice(1)}` : escaped
}

/** The fields of a row's document. `json` is the row, already proven to be plain JSON. */
export function fieldsOf(kind: Kind, json: string, commitToken: string): Fields {
  const row = JSON.parse(json) as Record<string, unknown>
  const fields: Fields = { [ROW_FIELD]: encodeValue(row), [COMMIT_FIELD]: { stringValue: commitToken } }
  for (const field of indexedFieldsOf(kind)) fields[field] = encodeValue(row[field] ?? null)
  return fields
}

/** A document as the port's row. @throws TypeError on a document that is not Truebook's */
export function storedOf<Row>(document: Document): Stored<Row> {
  const { name, fields, updateTime } = document
  const row = fields?.[ROW_FIELD]
  if (name == null || row == null || updateTime == null) {
    throw new TypeError(`Document ${String(name)} holds no row of a book; something else wrote it.`)
  }
  return {
    id: decodeURIComponent(name.slice(name.lastIndexOf('/') + 1)),
    row: decodeValue(row) as Row,
    revision: revisionOf(updateTime),
  }
}

/** The token of the commit that last wrote a document. */
export function commitTokenOf(document: Document): string | null {
  return document.fields?.[COMMIT_FIELD]?.stringValue ?? null
}

/** An update time as a revision: seconds, a dot, nine digits of nanoseconds. */
export function revisionOf(time: Timestamp): Revision {
  return `${String(time.seconds ?? 0)}.${String(time.nanos ?? 0).padStart(9, '0')}` as Revision
}

/** The update time of a revision. @throws TypeError on another store's revision */
export function updateTimeOf(revision: Revision): Timestamp {
  const match = /^(\d+)\.(\d{9})$/.exec(revision)
  if (match === null)
    throw new TypeError(`Expected a revision of this book such as "1700000000.000000000", saw "${revision}".`)
  return { seconds: match[1] ?? '', nanos: Number(match[2]) }
}
