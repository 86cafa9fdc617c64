/** A book that is another one in everything but its commits: for whoever counts them, notes them or stands in their way. */
import type { Book } from './book.ts'

export function withCommit(book: Book, commit: Book['commit']): Book {
  return {
    load: (kind, id) => book.load(kind, id),
    loadMany: (kind, ids) => book.loadMany(kind, ids),
    list: (kind, query) => book.list(kind, query),
    commit,
    close: () => book.close(),
  }
}
