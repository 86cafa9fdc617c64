/**
 * Group commit: the commits of one turn of the event loop share one SQLite transaction and so one fsync. Each has a
 * savepoint of its own, so it is applied or refused alone; all are answered only after the transaction is durable.
 */
import type { DatabaseSync } from 'node:sqlite'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Kind, Revision, Write } from '../book.ts'
import { StaleWrite } from '../errors.ts'
import { rowJson } from '../row-json.ts'
import { isStorageFailure, whenUnlocked } from './sqlite-errors.ts'
import { SQL, Statements } from './statements.ts'

interface PreparedWrite {
  readonly op: Write['op']
  readonly kind: Kind
  readonly id: string
  readonly json: string
  readonly revision: number | null
}
interface Waiting {
  readonly writes: readonly PreparedWrite[]
  readonly resolve: (revisions: (Revision | null)[]) => void
  readonly reject: (error: unknown) => void
}
type Outcome = { readonly revisions: (Revision | null)[] } | { readonly error: unknown }

/** Most commits in one transaction: bounds how long the event loop and other processes wait for it. */
const LARGEST_GROUP = 256

/** Applies commits of one connection in groups. */
export class GroupCommit {
  readonly #database: DatabaseSync
  readonly #statements: Statements
  readonly #file: string
  readonly #patienceMs: number
  readonly #waiting: Waiting[] = []
  #drain: Promise<void> | null = null

  constructor(database: DatabaseSync, file: string, patienceMs: number) {
    this.#database = database
    this.#statements = new Statements(database)
    this.#file = file
    this.#patienceMs = patienceMs
  }

  /** Rows are serialised now: a later change of the caller's object does not reach the book. */
  async commit(writes: readonly Write[]): Promise<(Revision | null)[]> {
    const prepared = writes.map(prepare)
    return new Promise((resolve, reject) => {
      this.#waiting.push({ writes: prepared, resolve, reject })
      this.#drain ??= this.#flushAll()
    })
  }

  /** Resolves when every commit made so far has been answered. */
  async settled(): Promise<void> {
    await this.#drain
  }

  async #flushAll(): Promise<void> {
    try {
      while (this.#waiting.length > 0) {
        await nextTurn()
        await this.#flush(this.#waiting.splice(0, LARGEST_GROUP))
      }
    } finally {
      this.#drain = null
    }
  }

  async #flush(group: readonly Waiting[]): Promise<void> {
    try {
      const outcomes = await whenUnlocked(() => this.#applyGroup(group), this.#file, this.#patienceMs)
      for (const [index, { resolve, reject }] of group.entries()) {
        const outcome = outcomes[index]
        if (outcome !== undefined && 'revisions' in outcome) resolve(outcome.revisions)
        else reject(outcome?.error)
      }
    } catch (error) {
      for (const { reject } of group) reject(error)
    }
  }

  #applyGroup(group: readonly Waiting[]): Outcome[] {
    this.#run('BEGIN IMMEDIATE')
    try {
      const before = Number(this.#statements.get('SELECT revision FROM store').get()?.['revision'])
      const counter = { next: before + 1 }
      const outcomes = group.map(({ writes }) => this.#applyOne(writes, counter))
      if (counter.next > before + 1) this.#statements.get('UPDATE store SET revision = ?').run(counter.next - 1)
      this.#run('COMMIT')
      return outcomes
    } catch (error) {
      // SQLite has already rolled back by itself after some storage failures.
      if (this.#database.isTransaction) this.#run('ROLLBACK')
      throw error
    }
  }

  #applyOne(writes: readonly PreparedWrite[], counter: { next: number }): Outcome {
    this.#run('SAVEPOINT one')
    try {
      const revisions = writes.map((write) => this.#write(write, counter))
      this.#run('RELEASE one')
      return { revisions }
    } catch (error) {
      if (isStorageFailure(error) || !this.#database.isTransaction) throw error
      this.#run('ROLLBACK TO one')
      this.#run('RELEASE one')
      return { error }
    }
  }

  #write({ op, kind, id, json, revision }: PreparedWrite, counter: { next: number }): Revision | null {
    if (op === 'delete') {
      this.#statements.get(SQL.delete(kind)).run(id)
      return null
    }
    const next = counter.next++
    const statement = this.#statements.get(SQL[op](kind))
    const { changes } = op === 'replace' ? statement.run(next, json, id, revision) : statement.run(next, json, id)
    if (changes !== 1) throw new StaleWrite(kind, id)
    return String(next) as Revision
  }

  #run(sql: string): void {
    this.#statements.get(sql).run()
  }
}

function prepare(write: Write): PreparedWrite {
  const { op, kind, id } = write
  return {
    op,
    kind,
    id,
    json: op === 'delete' ? '' : rowJson(write.row, `${kind}/${id}`),
    revision: op === 'replace' ? Number(write.revision) : null,
  }
}
