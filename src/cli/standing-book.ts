/** The book itself, for commands that need no running Truebook and change nothing. */
import type { Book } from '#book/book.ts'
import { openStandingBook } from '#compose/open-book.ts'
import type { BookConfig } from '#config/config.ts'
import { CommandFailed, EXIT } from './failure.ts'

/** @throws CommandFailed where none was ever made, BookUnavailable */
export async function standingBook(place: BookConfig): Promise<Book> {
  const book = await openStandingBook(place)
  if (book !== null) return book
  const file = place.type === 'embedded' ? place.file : place.projectId
  throw new CommandFailed(
    `Expected a book at ${file}, saw no such file. The first "truebook start" makes it; --config names another.`,
    EXIT.unavailable,
  )
}
