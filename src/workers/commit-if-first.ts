/** Commits where a lost race is no failure: whoever was first has done the same, or has made it needless. */
import type { Book, Write } from '#book/book.ts'
import { StaleWrite } from '#book/errors.ts'

/** False when somebody else was first and nothing was written. @throws BookUnavailable */
export async function commitIfFirst(book: Pick<Book, 'commit'>, writes: readonly Write[]): Promise<boolean> {
  if (writes.length === 0) return true
  try {
    await book.commit(writes)
    return true
  } catch (error) {
    if (error instanceof StaleWrite) return false
    throw error
  }
}
