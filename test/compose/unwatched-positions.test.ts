/** Positions of an account that the configuration names no more are said at start, once, until the account is back. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openEmbeddedBook } from '#book/embedded/open.ts'
import { raiseUnwatched } from '#compose/unwatched-positions.ts'
import type { Envelope } from '#domain/message.ts'
import { NOW, aPosition } from '#test/domain/samples.ts'

test('D3: positions of an account that the configuration names no more are a critical alert until it is back', async (t) => {
  const book = await openEmbeddedBook({ file: ':memory:' })
  t.after(() => book.close())
  const queued: Envelope[] = []
  const queue = { enqueue: async (envelope: Envelope) => void queued.push(envelope) }
  const start = async (...accounts: readonly string[]): Promise<(string | null)[][]> => {
    await raiseUnwatched({ book, queue, config: { accounts: accounts.map((id) => ({ id })) }, now: () => NOW })
    const rows = await book.list('alerts', {
      where: { active: true },
      orderBy: { field: 'raisedAt', direction: 'ascending' },
    })
    return rows.map(({ row }) => [row.severity, row.kind, row.account])
  }
  const row = aPosition({ account: 'retired' })
  await book.commit([{ op: 'create', kind: 'positions', id: row.positionId, row }])
  for (let again = 0; again < 2; again++) {
    assert.deepEqual(await start('main'), [['critical', 'account-unconfigured', 'retired']])
    assert.equal(queued.length, 1)
  }
  assert.deepEqual(await start('main', 'retired'), [])
  assert.deepEqual(await start('main'), [['critical', 'account-unconfigured', 'retired']])
  assert.deepEqual(await start('main', 'retired'), [])
})
