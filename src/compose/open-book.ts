/** Opens the book that the configuration names. Only the chosen implementation is loaded. */
import { existsSync } from 'node:fs'
import type { Book } from '#book/book.ts'
import type { BookConfig } from '#config/config.ts'

/** @throws BookUnavailable */
export async function openBook(config: BookConfig): Promise<Book> {
  if (config.type === 'embedded') {
    const { openEmbeddedBook } = await import('#book/embedded/open.ts')
    return await openEmbeddedBook({ file: config.file })
  }
  const { openFirestoreBook } = await import('#book/firestore/open.ts')
  // The variable that every Firestore client and emulator agrees on.
  const emulatorHost = process.env['FIRESTORE_EMULATOR_HOST'] ?? ''
  return await openFirestoreBook({
    projectId: config.projectId,
    prefix: config.prefix,
    ...(config.databaseId !== null && { databaseId: config.databaseId }),
    ...(emulatorHost !== '' && { emulatorHost }),
  })
}

/** The same, for whoever only reads; null where an embedded book was never made: opening it would make one. @throws BookUnavailable */
export async function openStandingBook(config: BookConfig): Promise<Book | null> {
  return config.type === 'embedded' && !existsSync(config.file) ? null : await openBook(config)
}
