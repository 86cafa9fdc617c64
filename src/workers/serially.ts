/**
 * Takes turns within this process (one book) for one key (a signer, an account), so that compare-and-set meets only other
 * processes. It spares lost races; it proves nothing: the revisions in the book do.
 */
import type { Book } from '#book/book.ts'

const turnsOf = new WeakMap<Book, Map<string, Promise<unknown>>>()

/** Runs a task after every earlier task of its key has ended. @throws what the task throws */
export async function serially<Result>(book: Book, key: string, task: () => Promise<Result>): Promise<Result> {
  const turns = turnsOf.get(book) ?? new Map<string, Promise<unknown>>()
  turnsOf.set(book, turns)
  const turn = (turns.get(key) ?? Promise.resolve()).then(task)
  const settled = turn.then(
    () => undefined,
    () => undefined,
  )
  turns.set(key, settled)
  try {
    return await turn
  } finally {
    if (turns.get(key) === settled) turns.delete(key)
  }
}
