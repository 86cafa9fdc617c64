/**
 * Gives protective children their client order id. At some venues a stop that rode in its entry's request is known by its parent
 * alone; the entry's intent says which id the child has in the book.
 */
import type { Book } from '#book/book.ts'
import type { ClientOrderId } from '#domain/ids.ts'

/** A row of the venue that may be such a child's. */
interface ChildRow {
  readonly clientOrderId: ClientOrderId | null
  readonly attachedTo?: ClientOrderId | null
}

/** Children of entries, for good: an intent's command never changes. */
const known = new WeakMap<Pick<Book, 'loadMany'>, Map<ClientOrderId, ClientOrderId>>()
const KNOWN_MAX = 10_000

/** The rows with the ids of our children; a parent that the book does not know leaves its child without one. @throws BookUnavailable */
export async function nameChildren<Row extends ChildRow>(
  book: Pick<Book, 'loadMany'>,
  rows: readonly Row[],
): Promise<Row[]> {
  const children = known.get(book) ?? new Map<ClientOrderId, ClientOrderId>()
  known.set(book, children)
  if (children.size > KNOWN_MAX) children.clear()
  const parents = rows.flatMap(({ clientOrderId, attachedTo }) =>
    clientOrderId === null && attachedTo !== undefined && attachedTo !== null && !children.has(attachedTo)
      ? [attachedTo]
      : [],
  )
  const intents = parents.length === 0 ? [] : await book.loadMany('intents', [...new Set(parents)])
  for (const stored of intents) {
    if (stored === null || stored.row.command.type !== 'new-order') continue
    const child = stored.row.command.attachedStop?.clientOrderId
    if (child !== undefined) children.set(stored.row.intentId, child)
  }
  return rows.map((row) =>
    row.clientOrderId === null && row.attachedTo !== undefined && row.attachedTo !== null
      ? { ...row, clientOrderId: children.get(row.attachedTo) ?? null }
      : row,
  )
}
