/** Which store a test works on, as plain JSON, so that a test and its child processes open the same one. */
import type { Book } from '#book/book.ts'
import { openEmbeddedBook } from '#book/embedded/open.ts'
import { openFirestoreBook } from '#book/firestore/open.ts'

export type StoreSpec =
  | { readonly store: 'embedded'; readonly file: string }
  | { readonly store: 'firestore'; readonly emulatorHost: string; readonly projectId: string; readonly prefix: string }

/** A new connection to the store. */
export async function openStore(spec: StoreSpec): Promise<Book> {
  return spec.store === 'embedded' ? openEmbeddedBook({ file: spec.file }) : openFirestoreBook(spec)
}
