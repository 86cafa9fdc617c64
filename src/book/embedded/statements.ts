/** The SQL of the embedded book, prepared once per connection. */
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import type { Kind, Write } from '../book.ts'
import type { CheckedQuery } from '../validate.ts'

/** Prepared statements of one connection by their text. */
export class Statements {
  readonly #database: DatabaseSync
  readonly #prepared = new Map<string, StatementSync>()

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  get(sql: string): StatementSync {
    const known = this.#prepared.get(sql)
    if (known !== undefined) return known
    const statement = this.#database.prepare(sql)
    this.#prepared.set(sql, statement)
    return statement
  }
}

/** Statements of one kind. The ids of `loadMany` travel as one JSON array, so any number of them is one statement. */
export const SQL: Readonly<Record<'load' | 'loadMany' | Write['op'], (kind: Kind) => string>> = {
  load: (kind: Kind) => `SELECT id, revision, row FROM "${kind}" WHERE id = ?`,
  loadMany: (kind: Kind) => `SELECT id, revision, row FROM "${kind}" WHERE id IN (SELECT value FROM json_each(?))`,
  create: (kind: Kind) => `INSERT INTO "${kind}" (revision, row, id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`,
  replace: (kind: Kind) => `UPDATE "${kind}" SET revision = ?, row = ? WHERE id = ? AND revision = ?`,
  put: (kind: Kind) =>
    `INSERT INTO "${kind}" (revision, row, id) VALUES (?, ?, ?) ` +
    'ON CONFLICT (id) DO UPDATE SET revision = excluded.revision, row = excluded.row',
  delete: (kind: Kind) => `DELETE FROM "${kind}" WHERE id = ?`,
}

/** A checked query as SQL; ties of the order are broken by id, in the same direction, as Firestore does. */
export function listSql(kind: Kind, query: CheckedQuery): { sql: string; parameters: SQLInputValue[] } {
  const conditions = query.shape.where.map((field) => `"${field}" IS ?`)
  const parameters: SQLInputValue[] = query.values.map((value) => (typeof value === 'boolean' ? Number(value) : value))
  const { orderBy } = query
  for (const [bound, comparison] of [
    [query.from, '>='],
    [query.to, '<='],
  ] as const) {
    if (bound === null || orderBy === null) continue
    conditions.push(`"${orderBy.field}" ${comparison} ?`)
    parameters.push(bound)
  }
  const direction = orderBy?.descending === true ? 'DESC' : 'ASC'
  const order = [...(orderBy === null ? [] : [`"${orderBy.field}" ${direction}`]), `id ${direction}`].join(', ')
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`
  const limit = query.limit === null ? '' : ' LIMIT ?'
  if (query.limit !== null) parameters.push(query.limit)
  return { sql: `SELECT id, revision, row FROM "${kind}"${where} ORDER BY ${order}${limit}`, parameters }
}
