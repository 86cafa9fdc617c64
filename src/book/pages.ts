/** All rows of a query, however many: read in pages, so that no reader holds more than one of them. */
import type { Book, Kind, Query, Rows, Stored } from './book.ts'

/** Rows of one read. */
const PAGE = 200

/** In the query's order; the query must order by a field that bounds can be put on. @throws BookUnavailable */
export async function* pagesOf<K extends Kind>(
  book: Book,
  kind: K,
  query: Query<K> & { readonly orderBy: NonNullable<Query<K>['orderBy']> },
): AsyncGenerator<Stored<Rows[K]>[], void, undefined> {
  const { field } = query.orderBy
  let from = query.from
  let limit = PAGE
  let seen: ReadonlySet<string> = new Set()
  for (;;) {
    const page = await book.list(kind, { ...query, ...(from !== undefined && { from }), limit })
    yield page.filter(({ id }) => !seen.has(id))
    const last = page.at(-1)
    if (last === undefined || page.length < limit) return
    const bound = last.row[field] as number | string
    // Ties are read whole: a page of nothing else is read again, larger.
    limit = bound === from ? limit * 2 : PAGE
    from = bound
    seen = new Set(page.filter(({ row }) => row[field] === bound).map(({ id }) => id))
  }
}
