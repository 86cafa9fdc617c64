/**
 * The book on Cloud Firestore: for any number of machines. Each commit is one atomic write request with compare-and-set
 * preconditions; there are no transactions, so no lock is held and no callback runs twice.
 */
import type { Book, Kind, Query, Revision, Rows, Stored, Write } from '../book.ts'
import { BookUnavailable } from '../errors.ts'
import { checkCommit, checkId, checkQuery } from '../validate.ts'
import { attempt, statusOf } from './attempts.ts'
import { Committer } from './commit.ts'
import { documentName, locationOf, storedOf } from './documents.ts'
import { Rpc, Status } from './rpc.ts'
import { structuredQueryOf } from './structured-query.ts'

export interface FirestoreBookOptions {
  readonly projectId: string
  /** Default `(default)`. */
  readonly databaseId?: string
  /** Name of this book inside the database: rows live under `truebook/<prefix>`. Default `main`. */
  readonly prefix?: string
  /** `host:port` of an emulator. Google's own service when absent. */
  readonly emulatorHost?: string
  /** How long to keep trying before BookUnavailable, ms. Default 10000. */
  readonly patienceMs?: number
}

const DEFAULT_PATIENCE_MS = 10_000
/** Longest silence of one attempt, ms; a commit usually takes 15 to 100. */
const SILENCE_MS = 4000

/** Connects; the first read or commit shows whether the database answers. @throws BookUnavailable without usable credentials */
export async function openFirestoreBook(options: FirestoreBookOptions): Promise<Book> {
  const patienceMs = options.patienceMs ?? DEFAULT_PATIENCE_MS
  const rpc = await Rpc.connect({
    location: locationOf(options.projectId, options.databaseId ?? '(default)', options.prefix ?? 'main'),
    emulatorHost: options.emulatorHost ?? null,
    silenceMs: Math.min(SILENCE_MS, patienceMs),
  })
  return new FirestoreBook(rpc, patienceMs)
}

class FirestoreBook implements Book {
  readonly #rpc: Rpc
  readonly #committer: Committer
  readonly #patienceMs: number
  readonly #running = new Set<Promise<unknown>>()
  #closed = false

  constructor(rpc: Rpc, patienceMs: number) {
    this.#rpc = rpc
    this.#committer = new Committer(rpc, patienceMs)
    this.#patienceMs = patienceMs
  }

  async load<K extends Kind>(kind: K, id: string): Promise<Stored<Rows[K]> | null> {
    const [stored] = await this.loadMany(kind, [id])
    return stored ?? null
  }

  async loadMany<K extends Kind>(kind: K, ids: readonly string[]): Promise<(Stored<Rows[K]> | null)[]> {
    for (const id of ids) checkId(kind, id)
    if (ids.length === 0) return []
    const names = ids.map((id) => documentName(this.#rpc.location, kind, id))
    const what = `Load of ${kind}/${ids[0]}`
    const found = await this.#track(() =>
      attempt(() => this.#rpc.batchGet([...new Set(names)]), what, this.#patienceMs),
    )
    return names.map((name) => {
      const document = found.get(name)
      if (document === undefined) throw new BookUnavailable(`${what}: Firestore ended its answer without ${name}.`)
      return document === null ? null : storedOf<Rows[K]>(document)
    })
  }

  async list<K extends Kind>(kind: K, query: Query<K>): Promise<Stored<Rows[K]>[]> {
    const structured = structuredQueryOf(kind, checkQuery(kind, query))
    const what = `List of ${kind}`
    try {
      const found = await this.#track(() => attempt(() => this.#rpc.runQuery(structured), what, this.#patienceMs))
      return found.map((document) => storedOf<Rows[K]>(document))
    } catch (error) {
      if (statusOf(error) !== Status.failedPrecondition) throw error
      throw new BookUnavailable(
        `${what}: an index is missing or still being built; deploy firestore.indexes.json and wait.`,
        {
          cause: error,
        },
      )
    }
  }

  async commit(writes: readonly Write[]): Promise<(Revision | null)[]> {
    checkCommit(writes)
    return writes.length === 0 ? [] : this.#track(() => this.#committer.commit(writes))
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await Promise.allSettled(this.#running)
    await this.#rpc.close()
  }

  async #track<T>(begin: () => Promise<T>): Promise<T> {
    if (this.#closed) throw new BookUnavailable('This connection to the Firestore book was closed.')
    const call = begin()
    this.#running.add(call)
    try {
      return await call
    } finally {
      this.#running.delete(call)
    }
  }
}
