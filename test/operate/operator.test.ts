/** The frame around every verb: what is done is what was shown, once, whatever happens between preview and confirmation. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Book } from '#book/book.ts'
import { BookUnavailable, StaleWrite } from '#book/errors.ts'
import { withCommit } from '#book/with-commit.ts'
import { createOperator } from '#operate/operator.ts'
import { openOperateDesk } from './operate-desk.ts'

const HALT = { verb: 'halt', scope: { kind: 'all' } } as const
const RESUME = { verb: 'resume', scope: { kind: 'all' } } as const
const QUARANTINE = { verb: 'quarantine', account: 'alpha' } as const

test('a preview changes nothing', async () => {
  await using desk = await openOperateDesk()
  await desk.preview(HALT)
  assert.deepEqual([await desk.book.list('control', {}), await desk.records('global')], [[], []])
})

test('the same confirmation again, also at once, changes nothing more and hears the same answer', async () => {
  await using desk = await openOperateDesk()
  const shown = await desk.preview(HALT)
  const [first, beside] = await Promise.all([desk.confirm(shown), desk.confirm(shown)])
  desk.now += 1000
  const later = await desk.confirm(shown, 'another reason')
  assert.equal(first.kind, 'done')
  assert.deepEqual([beside, later], [first, first])
  assert.equal((await desk.records('global')).length, 1)
})

test('what changed between preview and confirmation refuses, does nothing, and shows what it would do now', async () => {
  await using desk = await openOperateDesk()
  await desk.confirm(await desk.preview(HALT))
  const shown = await desk.preview(RESUME)
  const stored = await desk.book.load('accounts', 'beta')
  assert.ok(stored !== null)
  const locks = { 'BTC-PERP': { reason: 'size-drift', since: 1, alertId: null } }
  await desk.book.commit([
    { op: 'replace', kind: 'accounts', id: 'beta', row: { ...stored.row, locks }, revision: stored.revision },
  ])
  const answer = await desk.confirm(shown)
  assert.ok(answer.kind === 'changed' && answer.because === 'other')
  assert.ok(answer.preview.radius.against.includes('beta: entries on BTC-PERP are locked (size-drift).'))
  assert.equal((await desk.book.load('control', 'global'))?.row.tradingEnabled, false)
  assert.equal((await desk.confirm(answer.preview)).kind, 'done')
})

test('a late confirmation refuses with a new preview', async () => {
  await using desk = await openOperateDesk()
  const shown = await desk.preview(HALT)
  desk.now = shown.expiresAt + 1
  const answer = await desk.confirm(shown)
  assert.ok(answer.kind === 'changed' && answer.because === 'expired')
  assert.equal((await desk.confirm(answer.preview)).kind, 'done')
})

test('another caller and another installation cannot use a confirmation, even of what was done already', async () => {
  await using desk = await openOperateDesk()
  const shown = await desk.preview(HALT)
  assert.equal((await desk.confirm(shown, 'x', 'olga')).kind, 'changed')
  const elsewhere = createOperator(desk.tools)
  const { action, confirm: token } = shown
  assert.equal((await elsewhere.confirm(action, { token, why: 'x', caller: 'ada' })).kind, 'changed')
  await desk.confirm(shown)
  assert.equal((await desk.confirm(shown, 'x', 'olga')).kind, 'changed')
  assert.equal((await desk.records('global')).length, 1)
})

/** A book whose next commits meet `failures` first, one each. */
function failing(failures: Error[]): (book: Book) => Book {
  return (book) =>
    withCommit(book, async (writes) => {
      const failure = failures.shift()
      if (failure !== undefined) throw failure
      return await book.commit(writes)
    })
}

test('a row that moved meanwhile is read again; one that always moves ends in "ask again", with nothing done', async () => {
  const failures = [new StaleWrite('accounts', 'alpha'), new StaleWrite('accounts', 'alpha')]
  await using desk = await openOperateDesk(failing(failures))
  assert.equal((await desk.confirm(await desk.preview(QUARANTINE))).kind, 'done')
  failures.push(...Array.from({ length: 100 }, () => new StaleWrite('accounts', 'alpha')))
  const shown = await desk.preview({ verb: 'release', account: 'alpha' })
  assert.equal((await desk.confirm(shown)).kind, 'busy')
  failures.length = 0
  assert.equal((await desk.confirm(shown)).kind, 'done')
})

test('a book that is away throws; the same confirmation acts once it is back, once', async () => {
  await using desk = await openOperateDesk(failing([new BookUnavailable('away')]))
  const shown = await desk.preview(QUARANTINE)
  await assert.rejects(desk.confirm(shown), BookUnavailable)
  assert.equal((await desk.confirm(shown)).kind, 'done')
  assert.equal((await desk.confirm(shown)).kind, 'done')
  assert.equal((await desk.records('alpha')).length, 1)
})
