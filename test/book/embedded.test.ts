/** The embedded book keeps the contract, also across processes, and is plain about files it cannot work on. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, describe, test } from 'node:test'
import type { Query } from '#book/book.ts'
import { openEmbeddedBook } from '#book/embedded/open.ts'
import { ForeignBookFile, SCHEMA_VERSION } from '#book/embedded/schema.ts'
import { listSql } from '#book/embedded/statements.ts'
import { BookUnavailable } from '#book/errors.ts'
import { KINDS } from '#book/kinds.ts'
import { QUERY_SHAPES } from '#book/queries.ts'
import { checkQuery } from '#book/validate.ts'
import { bookContract } from './book-contract.ts'
import { contentionContract, wholeReadContract } from './contention-contract.ts'
import { queryContract } from './query-contract.ts'
import { createSigner } from './rows.ts'
import type { StoreSpec } from './store-spec.ts'

const folder = mkdtempSync(join(tmpdir(), 'truebook-book-'))
after(() => rmSync(folder, { recursive: true, force: true }))
let files = 0
const freshFile = (): string => join(folder, `deeper-${files++}`, 'book.sqlite')
const freshStore = (): StoreSpec => ({ store: 'embedded', file: freshFile() })

describe('contract of the embedded book', () => {
  bookContract(freshStore)
  describe('queries', () => queryContract(freshStore))
  describe('contention', () => contentionContract(freshStore, 6))
  describe('whole reads', () => wholeReadContract(freshStore))
})

test('a book in memory works and ends with its connection', async () => {
  const first = await openEmbeddedBook({ file: ':memory:' })
  await first.commit([createSigner('short', 1)])
  assert.equal((await first.load('signers', 'short'))?.row.lastNonce, 1)
  await first.close()
  const second = await openEmbeddedBook({ file: ':memory:' })
  assert.equal(await second.load('signers', 'short'), null)
  await second.close()
})

test('a book closed and opened again holds what it held', async () => {
  const file = freshFile()
  const first = await openEmbeddedBook({ file })
  const [revision] = await first.commit([createSigner('kept', 1)])
  await first.close()
  const second = await openEmbeddedBook({ file, durability: 'normal' })
  assert.equal((await second.load('signers', 'kept'))?.revision, revision)
  await second.close()
})

test('nobody but the owner reads the file or its write-ahead log', async () => {
  const file = freshFile()
  const book = await openEmbeddedBook({ file })
  await book.commit([createSigner('private', 1)])
  for (const name of [file, `${file}-wal`, `${file}-shm`]) assert.equal(statSync(name).mode & 0o077, 0, name)
  await book.close()
})

test('a commit waits for another writer, then goes through', async () => {
  const file = freshFile()
  const book = await openEmbeddedBook({ file })
  const other = new DatabaseSync(file)
  other.exec('BEGIN IMMEDIATE')
  const committed = book.commit([createSigner('patient', 1)])
  // The event loop is free while the commit waits; a busy handler inside SQLite would hold it.
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
  assert.equal(await book.load('signers', 'patient'), null)
  other.exec('COMMIT')
  other.close()
  await committed
  assert.equal((await book.load('signers', 'patient'))?.row.lastNonce, 1)
  await book.close()
})

test('a file locked by another writer is unavailable to commits, which then did nothing', async () => {
  const file = freshFile()
  const book = await openEmbeddedBook({ file, patienceMs: 60 })
  const other = new DatabaseSync(file)
  other.exec('BEGIN IMMEDIATE')
  await assert.rejects(book.commit([createSigner('locked', 1)]), BookUnavailable)
  other.exec('ROLLBACK')
  other.close()
  assert.equal(await book.load('signers', 'locked'), null)
  await book.commit([createSigner('locked', 1)])
  await book.close()
})

test('a file locked exclusively is unavailable, never empty', async () => {
  const file = freshFile()
  await (await openEmbeddedBook({ file })).close()
  const other = new DatabaseSync(file)
  other.exec('PRAGMA locking_mode = EXCLUSIVE')
  other.exec('BEGIN EXCLUSIVE')
  await assert.rejects(openEmbeddedBook({ file, patienceMs: 60 }), BookUnavailable)
  other.exec('COMMIT')
  other.close()
})

test('a store lost under an open book is unavailable to reads, never empty', async () => {
  const file = freshFile()
  const book = await openEmbeddedBook({ file })
  await book.commit([createSigner('lost', 1)])
  const other = new DatabaseSync(file)
  other.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  other.close()
  writeFileSync(file, Buffer.alloc(64 * 1024, 7))
  await assert.rejects(book.load('signers', 'lost'), BookUnavailable)
  await assert.rejects(book.list('accounts', {}), BookUnavailable)
  await book.close().catch((error: unknown) => assert.ok(error instanceof BookUnavailable))
})

test('a file that is no database, or a folder, is unavailable at once: no patience mends it', async () => {
  const patienceMs = 3_600_000
  const file = join(folder, 'text.sqlite')
  writeFileSync(file, 'this is no database, but long enough to be read as the header of one, which it is not at all')
  await assert.rejects(openEmbeddedBook({ file, patienceMs }), BookUnavailable)
  await assert.rejects(openEmbeddedBook({ file: folder, patienceMs }), BookUnavailable)
})

test('a newer schema is refused and left alone', async () => {
  const file = freshFile()
  await (await openEmbeddedBook({ file })).close()
  const newer = new DatabaseSync(file)
  newer.exec(`UPDATE store SET schema = ${SCHEMA_VERSION + 1}`)
  await assert.rejects(openEmbeddedBook({ file }), (error) => {
    assert.ok(error instanceof ForeignBookFile)
    assert.match(error.message, new RegExp(`schema ${SCHEMA_VERSION + 1}.*knows ${SCHEMA_VERSION}`))
    return true
  })
  newer.close()
})

test('a database of something else is refused and left alone', async () => {
  const file = join(folder, 'other.sqlite')
  const other = new DatabaseSync(file)
  other.exec('CREATE TABLE invoices (id INTEGER)')
  await assert.rejects(openEmbeddedBook({ file }), ForeignBookFile)
  assert.deepEqual(
    other
      .prepare('SELECT name FROM sqlite_schema')
      .all()
      .map((row) => row['name']),
    ['invoices'],
  )
  other.close()
})

test('opening adds the columns and indexes that an older file lacks', async () => {
  const file = freshFile()
  const first = await openEmbeddedBook({ file })
  await first.commit([createSigner('old', 1)])
  await first.close()
  const older = new DatabaseSync(file)
  older.exec('DROP INDEX ledger_by_positionId; ALTER TABLE ledger DROP COLUMN positionId; DROP TABLE sweeps')
  older.close()
  const second = await openEmbeddedBook({ file })
  assert.deepEqual(await second.list('ledger', { where: { positionId: null } }), [])
  assert.deepEqual(
    await second.list('sweeps', { where: { account: 'a' }, orderBy: { field: 'startedAt', direction: 'ascending' } }),
    [],
  )
  assert.equal((await second.load('signers', 'old'))?.row.lastNonce, 1)
  await second.close()
})

test('every declared query is served by an index, without sorting', async () => {
  const file = freshFile()
  const book = await openEmbeddedBook({ file })
  const database = new DatabaseSync(file)
  for (const { kind, where, orderBy } of QUERY_SHAPES) {
    const query = {
      where: Object.fromEntries(where.map((field) => [field, 'x'])),
      ...(orderBy === null ? {} : { orderBy: { field: orderBy, direction: 'descending' }, from: 1 }),
    } as unknown as Query<typeof kind>
    const { sql, parameters } = listSql(kind, checkQuery(kind, query))
    const plan = database
      .prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .all(...parameters)
      .map((step) => String(step['detail']))
      .join('; ')
    assert.match(
      plan,
      where.length === 0 && orderBy === null ? /^SCAN \w+ USING INDEX/ : /^SEARCH \w+ USING INDEX/,
      sql,
    )
    assert.doesNotMatch(plan, /TEMP B-TREE/, sql)
  }
  database.close()
  await book.close()
})

test('operators see every kind as a table with its query fields as columns', async () => {
  const file = freshFile()
  const book = await openEmbeddedBook({ file })
  const database = new DatabaseSync(file)
  const tables = new Set(
    database
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")
      .all()
      .map((row) => row['name']),
  )
  assert.deepEqual(
    KINDS.filter((kind) => !tables.has(kind)),
    [],
  )
  database.prepare('SELECT account, instrument, "open", "createdAt" FROM positions').all()
  database.close()
  await book.close()
})
