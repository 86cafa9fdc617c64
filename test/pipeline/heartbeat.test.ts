/** A whole process says in the book that it lives and what it hears, and is gone from there when it has ended in order. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openEmbeddedBook } from '#book/embedded/open.ts'
import { STAGES } from '#domain/message.ts'
import { openDesk } from '#test/support/desk.ts'
import { eventually } from '#test/support/eventually.ts'

test('a running process has one heartbeat with its stages and feeds; an ended one has none', async () => {
  await using desk = await openDesk()
  const { book: place } = desk.config
  assert.ok(place.type === 'embedded')
  const book = await openEmbeddedBook({ file: place.file })
  try {
    const rows = async () => (await book.list('heartbeats', {})).map(({ row }) => row)
    const [row] = await eventually(async () => {
      const found = await rows()
      return found.length > 0 && found
    })
    assert.deepEqual([row?.site, row?.stages], [null, STAGES])
    assert.deepEqual(
      row?.accounts.map(({ account }) => account),
      ['desk'],
    )
    await desk.truebook.close()
    assert.deepEqual(await rows(), [])
  } finally {
    await book.close()
  }
})
