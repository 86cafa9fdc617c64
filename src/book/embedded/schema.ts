/**
 * Tables of the embedded book: one per kind with id, revision, JSON row, and a generated column and an index for every
 * declared query shape. Opening an older file adds what is missing; a file of a newer schema is refused.
 */
import type { DatabaseSync } from 'node:sqlite'
import type { Kind } from '../book.ts'
import { KINDS } from '../kinds.ts'
import { QUERY_SHAPES, type QueryShape, indexedFieldsOf } from '../queries.ts'

/** Raised when a stored row can no longer be read by older code; new columns and indexes alone do not raise it. */
export const SCHEMA_VERSION = 1

/** The file is not one this version of Truebook can work on. */
export class ForeignBookFile extends Error {
  override readonly name = 'ForeignBookFile'
}

/** Brings a file to this schema. Safe when several processes open it at once. @throws ForeignBookFile */
export function prepareSchema(database: DatabaseSync, file: string): void {
  if (isPrepared(database, file)) return
  database.exec('BEGIN IMMEDIATE')
  try {
    createStore(database, file)
    for (const kind of KINDS) createKind(database, kind)
    database.exec('COMMIT')
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
}

function shapesOf(kind: Kind): QueryShape[] {
  return QUERY_SHAPES.filter((shape) => shape.kind === kind)
}

function indexesOf(kind: Kind): Map<string, readonly string[]> {
  const indexes = new Map<string, readonly string[]>()
  for (const { where, orderBy } of shapesOf(kind)) {
    const columns = [...where, ...(orderBy === null ? [] : [orderBy])]
    if (columns.length > 0) indexes.set(`${kind}_by_${columns.join('_')}`, columns)
  }
  return indexes
}

function names(database: DatabaseSync, sql: string): Set<string> {
  return new Set(
    database
      .prepare(sql)
      .all()
      .map((row) => String(row['name'])),
  )
}

function isPrepared(database: DatabaseSync, file: string): boolean {
  const objects = names(database, 'SELECT name FROM sqlite_schema')
  if (!objects.has('store')) {
    if (objects.size === 0) return false
    throw new ForeignBookFile(`${file} is a SQLite database, but no book of Truebook's; name another file.`)
  }
  checkVersion(database, file)
  return KINDS.every((kind) => {
    if (!objects.has(kind)) return false
    const columns = names(database, `SELECT name FROM pragma_table_xinfo('${kind}')`)
    return (
      indexedFieldsOf(kind).every((column) => columns.has(column)) &&
      [...indexesOf(kind).keys()].every((index) => objects.has(index))
    )
  })
}

function checkVersion(database: DatabaseSync, file: string): void {
  const found = Number(database.prepare('SELECT schema FROM store').get()?.['schema'])
  if (found > SCHEMA_VERSION) {
    throw new ForeignBookFile(
      `${file} has book schema ${found}, this version of Truebook knows ${SCHEMA_VERSION}; run the newer version. Nothing was changed.`,
    )
  }
}

function createStore(database: DatabaseSync, file: string): void {
  // One counter for all rows: a row deleted and created again never gets an old revision back.
  database.exec(
    'CREATE TABLE IF NOT EXISTS store (one INTEGER PRIMARY KEY CHECK (one = 1), schema INTEGER NOT NULL, revision INTEGER NOT NULL) STRICT',
  )
  database
    .prepare('INSERT INTO store (one, schema, revision) VALUES (1, ?, 0) ON CONFLICT DO NOTHING')
    .run(SCHEMA_VERSION)
  checkVersion(database, file)
}

function createKind(database: DatabaseSync, kind: Kind): void {
  database.exec(
    `CREATE TABLE IF NOT EXISTS "${kind}" (id TEXT NOT NULL PRIMARY KEY, revision INTEGER NOT NULL, row TEXT NOT NULL) STRICT`,
  )
  const existing = names(database, `SELECT name FROM pragma_table_xinfo('${kind}')`)
  for (const column of indexedFieldsOf(kind)) {
    if (existing.has(column)) continue
    database.exec(
      `ALTER TABLE "${kind}" ADD COLUMN "${column}" ANY GENERATED ALWAYS AS (row ->> '$.${column}') VIRTUAL`,
    )
  }
  for (const [index, columns] of indexesOf(kind)) {
    const keys = [...columns, 'id'].map((column) => `"${column}"`).join(', ')
    database.exec(`CREATE INDEX IF NOT EXISTS "${index}" ON "${kind}" (${keys})`)
  }
}
