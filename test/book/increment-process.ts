/** A process of its own that raises one signer row's nonce by compare-and-set: argv = store spec, row id, how often. */
import type { Book } from '#book/book.ts'
import { StaleWrite } from '#book/errors.ts'
import { type StoreSpec, openStore } from './store-spec.ts'

/** Raises the nonce of a signer row by one, reloading after every lost race. Returns how many races were lost. */
export async function increment(book: Book, id: string): Promise<number> {
  for (let lost = 0; ; lost++) {
    const stored = await book.load('signers', id)
    if (stored === null) throw new Error(`Expected the row signers/${id} to exist.`)
    const row = { ...stored.row, lastNonce: stored.row.lastNonce + 1 }
    try {
      await book.commit([{ op: 'replace', kind: 'signers', id, row, revision: stored.revision }])
      return lost
    } catch (error) {
      if (!(error instanceof StaleWrite)) throw error
    }
  }
}

if (import.meta.main) {
  const [spec = '', id = '', times = ''] = process.argv.slice(2)
  const book = await openStore(JSON.parse(spec) as StoreSpec)
  for (let done = 0; done < Number(times); done++) await increment(book, id)
  await book.close()
}
