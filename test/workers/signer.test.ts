/** Nonces of one key: each is given out once, whoever asks, whatever the clock does, and also after a restart (A17). */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import type { Book } from '#book/book.ts'
import { openEmbeddedBook } from '#book/embedded/open.ts'
import { commitWithNonce } from '#workers/signer.ts'

const NOW = 1_800_000_000_000

/** Opens one book file as a process of its own would. */
async function processes(t: TestContext): Promise<() => Promise<Book>> {
  const folder = await mkdtemp(join(tmpdir(), 'truebook-signer-'))
  const books: Book[] = []
  t.after(async () => {
    await Promise.all(books.map(async (book) => await book.close()))
    await rm(folder, { recursive: true })
  })
  return async () => {
    const book = await openEmbeddedBook({ file: join(folder, 'book.sqlite'), durability: 'normal' })
    books.push(book)
    return book
  }
}

async function sign(book: Book, now: number): Promise<number> {
  let given = 0
  await commitWithNonce(
    book,
    'key',
    () => now,
    async (nonce) => {
      given = nonce
      return []
    },
  )
  return given
}

test('A17: tasks and processes that sign at once, by a clock that stands still, never share a nonce', async (t) => {
  const open = await processes(t)
  const books = [await open(), await open(), await open()]
  const given = await Promise.all(books.flatMap((book) => Array.from({ length: 10 }, () => sign(book, NOW))))
  assert.deepEqual(
    given.toSorted((a, b) => a - b),
    Array.from({ length: 30 }, (_, index) => NOW + index),
  )
})

test('A17: after a restart, and by a clock that was set back, nonces go on above the last one', async (t) => {
  const open = await processes(t)
  const first = await open()
  assert.equal(await sign(first, NOW), NOW)
  assert.equal(await sign(first, NOW - 60_000), NOW + 1)
  assert.equal(await sign(await open(), NOW - 60_000), NOW + 2)
})
