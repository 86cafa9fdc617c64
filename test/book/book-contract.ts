/**
 * The contract of the port Book, run against every implementation: what a resolved, a refused and an interrupted commit
 * mean, and that a read is either complete or an error. Queries have a contract of their own beside this one.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import fc from 'fast-check'
import type { Book, Revision, Write } from '#book/book.ts'
import { BookUnavailable, StaleWrite } from '#book/errors.ts'
import { audit, createAudit, createSigner, cursor, put, signer } from './rows.ts'
import type { StoreSpec } from './store-spec.ts'
import { openStore } from './store-spec.ts'

/** Gives a new, empty store at every call. */
export type StoreFactory = () => StoreSpec

/** The cases that need one process only. */
export function bookContract(freshStore: StoreFactory): void {
  describe('rows', () => rowContract(freshStore))
  describe('commits', () => commitContract(freshStore))
}

function useBook(freshStore: StoreFactory): () => Book {
  let book: Book
  before(async () => {
    book = await openStore(freshStore())
  })
  after(() => book.close())
  return () => book
}

function rowContract(freshStore: StoreFactory): void {
  const use = useBook(freshStore)

  test('a created row is loaded as it was, with the revision that the commit answered', async () => {
    const [revision] = await use().commit([createSigner('loaded', 7)])
    assert.deepEqual(await use().load('signers', 'loaded'), { id: 'loaded', row: signer(7), revision })
  })

  test('a row that does not exist is null', async () => {
    assert.equal(await use().load('signers', 'nobody'), null)
  })

  test('loadMany is aligned with the ids, also for missing and repeated ones', async () => {
    await use().commit([createSigner('many-1', 1), createSigner('many-2', 2)])
    const found = await use().loadMany('signers', ['many-2', 'missing', 'many-1', 'many-2'])
    assert.deepEqual(
      found.map((stored) => stored?.row.lastNonce ?? null),
      [2, null, 1, 2],
    )
    assert.deepEqual(await use().loadMany('signers', []), [])
  })

  test('the same id in two kinds is two rows', async () => {
    await use().commit([createSigner('twin', 1), put('cursors', 'twin', cursor(2))])
    assert.deepEqual((await use().load('signers', 'twin'))?.row, signer(1))
    assert.deepEqual((await use().load('cursors', 'twin'))?.row, cursor(2))
  })

  test('ids of any text name their own row', async () => {
    const ids = ['a/b', 'a%2Fb', '.', '..', '__x__', '%', 'ü-漢', ' ', "'; drop table signers", 'hl:main', '*', '🦀']
    await use().commit(ids.map((id, index) => createSigner(id, index)))
    const found = await use().loadMany('signers', ids)
    assert.deepEqual(
      found.map((stored) => [stored?.id, stored?.row.lastNonce]),
      ids.map((id, index) => [id, index]),
    )
  })

  test('any JSON survives, also what a store cannot hold natively', async () => {
    const examples: Record<string, unknown>[] = [
      { nested: [[1, [2]], []] },
      { '~json': '1' },
      { __proto__x__: 1, '': 2, __name__: 3 },
      JSON.parse('{"__proto__":{"a":[[]]}}') as Record<string, unknown>,
      { deep: JSON.parse(`${'{"a":['.repeat(30)}1${']}'.repeat(30)}`) as unknown },
      { 'a.b': { 'c d': '*' }, '`': null },
      { text: '\u0000\ud800', number: 1e300, small: 5e-324, large: Number.MAX_SAFE_INTEGER, long: 2 ** 60 },
    ]
    const inputs = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 6 })).map(throughJson)
    let tries = 0
    await fc.assert(
      fc.asyncProperty(inputs, async (value) => {
        const id = `any-${(tries += 1)}`
        await use().commit([createAudit(id, value)])
        assert.deepEqual((await use().load('audit', id))?.row.inputs, value)
      }),
      { examples: examples.map((example): [Record<string, unknown>] => [example]), numRuns: 60 },
    )
  })

  test('what JSON would change silently is refused, and nothing of the commit is written', async () => {
    for (const [index, value] of [Number.NaN, Infinity, 1n, new Date(0), new Map(), () => 1, [undefined]].entries()) {
      const id = `unfit-${index}`
      await assert.rejects(
        use().commit([
          createSigner(id, 1),
          { ...createAudit(id, {}), row: { ...audit({}), inputs: { value } } } as Write,
        ]),
        TypeError,
      )
      assert.equal(await use().load('signers', id), null)
    }
  })

  test('an empty or oversized id is refused by reads and commits', async () => {
    for (const id of ['', 'x'.repeat(481), '\ud800']) {
      await assert.rejects(use().load('signers', id), TypeError)
      await assert.rejects(use().commit([createSigner(id, 1)]), TypeError)
    }
  })

  test('a row is stored as it was when commit was called', async () => {
    const row = { ...signer(1) }
    const committed = use().commit([{ op: 'create', kind: 'signers', id: 'snapshot', row }])
    row.lastNonce = 2
    await committed
    assert.equal((await use().load('signers', 'snapshot'))?.row.lastNonce, 1)
  })
}

function throughJson(value: Record<string, unknown>): Record<string, unknown> {
  return JSON.parse(JSON.stringify(value)) as Record<string, unknown>
}

function isStale(kind: string, id: string): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof StaleWrite, String(error))
    assert.deepEqual([error.kind, error.id], [kind, id])
    return true
  }
}

function commitContract(freshStore: StoreFactory): void {
  const use = useBook(freshStore)

  test('audit records are created and never replaced, put or deleted: nothing of such a commit is written', async () => {
    const [revision] = await use().commit([createAudit('once', { kept: true })])
    const row = audit({ kept: false })
    const attempts: Write[] = [
      { op: 'replace', kind: 'audit', id: 'once', row, revision: revision as Revision },
      { op: 'put', kind: 'audit', id: 'once', row },
      { op: 'put', kind: 'audit', id: 'never-seen', row },
      { op: 'delete', kind: 'audit', id: 'once' },
    ]
    for (const attempt of attempts)
      await assert.rejects(use().commit([createSigner('beside-audit', 1), attempt]), /audit records are immutable/)
    await assert.rejects(use().commit([createSigner('beside-audit', 1), createAudit('once', {})]), StaleWrite)
    assert.deepEqual((await use().load('audit', 'once'))?.row, audit({ kept: true }))
    assert.equal(await use().load('signers', 'beside-audit'), null)
  })

  test('create of an existing row is stale and changes nothing', async () => {
    await use().commit([createSigner('create', 1)])
    await assert.rejects(use().commit([createSigner('create', 2)]), isStale('signers', 'create'))
    assert.equal((await use().load('signers', 'create'))?.row.lastNonce, 1)
  })

  test('replace works on the current revision once, and leaves nothing of the old row', async () => {
    const [first] = await use().commit([put('accounts', 'replace', { account: 'a', locks: { BTC: 1, ETH: 2 } })])
    assert.ok(first)
    const replacement = { account: 'a', locks: { ETH: 3 } }
    const replace = {
      op: 'replace',
      kind: 'accounts',
      id: 'replace',
      row: replacement,
      revision: first,
    } as unknown as Write
    const [second] = await use().commit([replace])
    assert.notEqual(second, first)
    const stored = await use().load('accounts', 'replace')
    assert.deepEqual(stored, { id: 'replace', row: replacement, revision: second })
    await assert.rejects(use().commit([replace]), isStale('accounts', 'replace'))
  })

  test('replacing a row by the same content makes a new revision', async () => {
    const [first] = await use().commit([createSigner('same', 1)])
    assert.ok(first)
    const [second] = await use().commit([
      { op: 'replace', kind: 'signers', id: 'same', row: signer(1), revision: first },
    ])
    assert.notEqual(second, first)
  })

  test('replace of a missing row is stale', async () => {
    const [revision] = await use().commit([createSigner('elsewhere', 1)])
    assert.ok(revision)
    const replace: Write = { op: 'replace', kind: 'signers', id: 'absent', row: signer(2), revision }
    await assert.rejects(use().commit([replace]), isStale('signers', 'absent'))
    assert.equal(await use().load('signers', 'absent'), null)
  })

  test('a row deleted and created again does not accept its old revision', async () => {
    const [revision] = await use().commit([createSigner('again', 1)])
    assert.ok(revision)
    await use().commit([{ op: 'delete', kind: 'signers', id: 'again' }])
    await use().commit([createSigner('again', 1)])
    const replace: Write = { op: 'replace', kind: 'signers', id: 'again', row: signer(2), revision }
    await assert.rejects(use().commit([replace]), isStale('signers', 'again'))
  })

  test('put twice is put once', async () => {
    const write = put('fills', 'put', { fillId: 'put', account: 'a', instrument: 'b', time: 5 })
    await use().commit([write])
    const [revision] = await use().commit([write])
    const stored = await use().load('fills', 'put')
    assert.deepEqual([stored?.row.time, stored?.revision], [5, revision])
  })

  test('delete removes a row, and deleting a missing one is no error', async () => {
    await use().commit([createSigner('gone', 1)])
    const remove: Write = { op: 'delete', kind: 'signers', id: 'gone' }
    assert.deepEqual(await use().commit([remove]), [null])
    assert.equal(await use().load('signers', 'gone'), null)
    assert.deepEqual(await use().commit([remove]), [null])
  })

  test('a stale write anywhere in a commit leaves nothing of it', async () => {
    await use().commit([createSigner('taken', 1), createSigner('kept', 1)])
    const others: Write[] = [
      createSigner('fresh', 1),
      put('cursors', 'fresh', cursor(1)),
      { op: 'delete', kind: 'signers', id: 'kept' },
    ]
    for (const place of [0, 1, 3]) {
      const writes = others.toSpliced(place, 0, createSigner('taken', 2))
      await assert.rejects(use().commit(writes), isStale('signers', 'taken'))
      assert.deepEqual(
        (await use().loadMany('signers', ['taken', 'fresh', 'kept'])).map((stored) => stored?.row.lastNonce ?? null),
        [1, null, 1],
      )
      assert.equal(await use().load('cursors', 'fresh'), null)
    }
  })

  test('commits made at once succeed and fail each on its own', async () => {
    await use().commit([createSigner('crowd-3', 0)])
    const commits = Array.from({ length: 8 }, (_, index) =>
      use().commit([createSigner(`crowd-${index}`, 1), put('cursors', `crowd-${index}`, cursor(1))]),
    )
    const results = await Promise.allSettled(commits)
    assert.deepEqual(
      results.map(({ status }) => status),
      results.map((_, index) => (index === 3 ? 'rejected' : 'fulfilled')),
    )
    const cursors = await use().loadMany(
      'cursors',
      results.map((_, index) => `crowd-${index}`),
    )
    assert.deepEqual(
      cursors.map((stored) => stored !== null),
      results.map((_, index) => index !== 3),
    )
  })

  test('a commit that writes a row twice is refused; an empty one answers nothing', async () => {
    const twice = [createSigner('twice', 1), put('signers', 'twice', { ...signer(2) })]
    await assert.rejects(use().commit(twice), TypeError)
    assert.equal(await use().load('signers', 'twice'), null)
    assert.deepEqual(await use().commit([]), [])
  })

  test('a commit of six hundred rows is applied whole', async () => {
    const writes = Array.from({ length: 600 }, (_, index) => createSigner(`bulk-${index}`, index))
    assert.equal(new Set(await use().commit(writes)).has(null), false)
    const found = await use().loadMany(
      'signers',
      writes.map(({ id }) => id),
    )
    assert.ok(found.every((stored, index) => stored?.row.lastNonce === index))
  })

  test('a closed book says unavailable, not empty', async () => {
    const book = await openStore(freshStore())
    const pending = book.commit([createSigner('last', 1)])
    await book.close()
    assert.equal((await pending).length, 1)
    await assert.rejects(book.load('signers', 'last'), BookUnavailable)
    await assert.rejects(book.loadMany('signers', ['last']), BookUnavailable)
    await assert.rejects(book.list('cursors', {}), BookUnavailable)
    await assert.rejects(book.commit([createSigner('late', 1)]), BookUnavailable)
    await book.close()
  })
}
