/** Pulled signals that can never be accepted: people hear of them, and a sender in a loop hides nothing else. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openEmbeddedBook } from '#book/embedded/open.ts'
import { raiseRefused } from '#compose/refused-signal-alert.ts'
import { NOW } from '#test/domain/samples.ts'

test('one mistake is one alert however often it comes; thousands of them are few, and hide nothing', async () => {
  const book = await openEmbeddedBook({ file: ':memory:' })
  const queue = { enqueue: async () => {} }
  const tools = { book, queue, onEnqueueFailed: () => {}, subscription: 'signals', sender: 'desk', now: () => NOW }
  const refused = (text: string) => ({ messageId: '1', signalId: null, source: null, text, reason: 'no JSON' })
  const standing = async () =>
    await book.list('alerts', { where: { active: true }, orderBy: { field: 'raisedAt', direction: 'descending' } })
  for (let n = 0; n < 3; n += 1) await raiseRefused(tools, refused('the same'))
  assert.equal((await standing()).length, 1)
  for (let n = 0; n < 500; n += 1) await raiseRefused(tools, refused(`mistake ${n}`))
  assert.equal((await standing()).length, 51)
  assert.equal((await standing()).filter(({ row }) => row.title.startsWith('Many')).length, 1)
  await book.close()
})
