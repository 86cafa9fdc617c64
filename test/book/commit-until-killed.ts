/**
 * A process of its own that commits three rows with one number, again and again, and writes the number to its output
 * after each acknowledged commit, until somebody kills it: argv = store spec, first number.
 */
import type { Revision } from '#book/book.ts'
import { cursor, put, signer } from './rows.ts'
import { type StoreSpec, openStore } from './store-spec.ts'

const [spec = '', first = ''] = process.argv.slice(2)
const book = await openStore(JSON.parse(spec) as StoreSpec)
let revisions: (Revision | null)[] = [
  (await book.load('signers', 'one'))?.revision ?? null,
  (await book.load('signers', 'two'))?.revision ?? null,
]
for (let number = Number(first); ; number++) {
  const [one, two] = revisions
  revisions = await book.commit([
    one == null
      ? { op: 'create', kind: 'signers', id: 'one', row: signer(number) }
      : { op: 'replace', kind: 'signers', id: 'one', row: signer(number), revision: one },
    two == null
      ? { op: 'create', kind: 'signers', id: 'two', row: signer(number) }
      : { op: 'replace', kind: 'signers', id: 'two', row: signer(number), revision: two },
    put('cursors', 'three', cursor(number)),
  ])
  process.stdout.write(`${number}\n`)
}
