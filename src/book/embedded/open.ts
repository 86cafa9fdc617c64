/**
 * The embedded book: one SQLite file on a local disk, for one machine and any number of its processes. Write-ahead log
 * with synchronous FULL, so that a resolved commit survives a power cut: intent before wire rests on it.
 */
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Book, Kind, Query, Revision, Rows, Stored, Write } from '../book.ts'
import { BookUnavailable } from '../errors.ts'
import { checkCommit, checkId, checkQuery } from '../validate.ts'
import { GroupCommit } from './group-commit.ts'
import { prepareSchema } from './schema.ts'
import { bookErrorOf, whenUnlocked } from './sqlite-errors.ts'
import { SQL, Statements, listSql } from './statements.ts'

export interface EmbeddedBookOptions {
  /** Path of the database file, made when missing; `:memory:` for a book that ends with the process. */
  readonly file: string
  /** full: a resolved commit survives power loss. normal: it survives the death of the process only. Default full. */
  readonly durability?: 'full' | 'normal'
  /** How long to wait for another process's lock before BookUnavailable, ms. Default 5000. */
  readonly patienceMs?: number
}

const DEFAULT_PATIENCE_MS = 5000

/** Opens the book, making or upgrading its tables. @throws BookUnavailable, ForeignBookFile */
export async function openEmbeddedBook(options: EmbeddedBookOptions): Promise<Book> {
  const { file, durability = 'full', patienceMs = DEFAULT_PATIENCE_MS } = options
  const database = connect(file)
  try {
    await whenUnlocked(() => configure(database, file, durability), file, patienceMs)
    return new EmbeddedBook(database, file, patienceMs)
  } catch (error) {
    database.close()
    throw error
  }
}

function connect(file: string): DatabaseSync {
  try {
    if (file !== ':memory:') {
      mkdirSync(dirname(file), { recursive: true })
      // Positions and prepared requests are nobody else's business; SQLite gives its log files the same mode.
      closeSync(openSync(file, 'a', 0o600))
    }
    return new DatabaseSync(file)
  } catch (error) {
    throw new BookUnavailable(`Book file ${file} cannot be opened: check the path and its permissions.`, {
      cause: error,
    })
  }
}

function configure(database: DatabaseSync, file: string, durability: 'full' | 'normal'): void {
  const mode = database.prepare('PRAGMA journal_mode = WAL').get()?.['journal_mode']
  if (mode !== 'wal' && file !== ':memory:') {
    throw new BookUnavailable(
      `Book file ${file}: no write-ahead log here (journal mode ${String(mode)}); use a local disk.`,
    )
  }
  database.exec(`PRAGMA synchronous = ${durability === 'full' ? 'FULL' : 'NORMAL'}`)
  // On macOS a plain fsync stops at the drive's cache.
  if (durability === 'full') database.exec('PRAGMA fullfsync = ON')
  prepareSchema(database, file)
}

class EmbeddedBook implements Book {
  readonly #database: DatabaseSync
  readonly #statements: Statements
  readonly #commits: GroupCommit
  readonly #file: string
  readonly #patienceMs: number
  #closed = false

  constructor(database: DatabaseSync, file: string, patienceMs: number) {
    this.#database = database
    this.#statements = new Statements(database)
    this.#commits = new GroupCommit(database, file, patienceMs)
    this.#file = file
    this.#patienceMs = patienceMs
  }

  async load<K extends Kind>(kind: K, id: string): Promise<Stored<Rows[K]> | null> {
    checkId(kind, id)
    const found = await this.#read(() => this.#statements.get(SQL.load(kind)).get(id))
    return found === undefined ? null : storedOf<Rows[K]>(found)
  }

  async loadMany<K extends Kind>(kind: K, ids: readonly string[]): Promise<(Stored<Rows[K]> | null)[]> {
    for (const id of ids) checkId(kind, id)
    const found = await this.#read(() => this.#statements.get(SQL.loadMany(kind)).all(JSON.stringify(ids)))
    const byId = new Map(found.map((columns) => [columns['id'], columns]))
    return ids.map((id) => {
      const columns = byId.get(id)
      return columns === undefined ? null : storedOf<Rows[K]>(columns)
    })
  }

  async list<K extends Kind>(kind: K, query: Query<K>): Promise<Stored<Rows[K]>[]> {
    const { sql, parameters } = listSql(kind, checkQuery(kind, query))
    const found = await this.#read(() => this.#statements.get(sql).all(...parameters))
    return found.map((columns) => storedOf<Rows[K]>(columns))
  }

  async commit(writes: readonly Write[]): Promise<(Revision | null)[]> {
    this.#checkOpen()
    checkCommit(writes)
    return writes.length === 0 ? [] : this.#commits.commit(writes)
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#commits.settled()
    try {
      this.#database.close()
    } catch (error) {
      throw bookErrorOf(error, this.#file)
    }
  }

  async #read<T>(operation: () => T): Promise<T> {
    // A turn of the event loop, as any I/O takes: a caller that reads again and again must not starve the others.
    await nextTurn()
    return whenUnlocked(
      () => {
        this.#checkOpen()
        return operation()
      },
      this.#file,
      this.#patienceMs,
    )
  }

  #checkOpen(): void {
    if (this.#closed) throw new BookUnavailable(`Book file ${this.#file}: this connection was closed.`)
  }
}

function storedOf<Row>(columns: Readonly<Record<string, unknown>>): Stored<Row> {
  return {
    id: String(columns['id']),
    row: JSON.parse(String(columns['row'])) as Row,
    revision: String(columns['revision']) as Revision,
  }
}
